"""Which platform a table is from, shown by its headers, and what is particular in its cells.

Invariant: a platform is named only where headers stand together that no other one uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from prisma_tool.formats.tables.columns import is_web_of_science, squeezed
from prisma_tool.formats.tables.register_row import CTGOV, ICTRP, Register
from prisma_tool.formats.tables.row import Cells
from prisma_tool.formats.text.tidy import line

Amend = Callable[[str, Cells], Cells]

_EMBASE_SOURCE = re.compile(r"(.+?)\s*\((\d{4})\)\s*([^\s:(.]*)(?::\s?([^\s(.]+))?(?:\s*\((?!no pag)([^)]*)\))?")
_PUBMED_CITATION = re.compile(r";\s*([^;:(]+)(?:\(([^)]*)\))?:\s*([\w.+-]+?)\.?(?:\s|$)")
_EMBASE_ID = re.compile(r"[?&]id=(L\d{6,})")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A platform's tables: headers (squeezed) that all stand in them, whether authors are "John Smith", the column to take apart."""

    platform: str
    headers: frozenset[str]
    given_first: bool = False
    column: str = ""
    amend: Amend | None = None


def _embase(source: str, cells: Cells) -> Cells:
    """The parts of "Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014"; Embase's number from an address."""
    match = _EMBASE_SOURCE.match(line(source))
    parts = zip(("journal", "year", "volume", "issue", "pages"), match.groups(), strict=True) if match else ()
    numbers = [number for cell in cells.get("url", ()) for number in _EMBASE_ID.findall(cell)]
    read = {field: (text,) for field, text in parts if text} | ({"accession": (numbers[0],)} if numbers else {})
    return read | cells


def _pubmed(citation: str, cells: Cells) -> Cells:
    """Volume, issue and pages, which PubMed's table has only in its printed citation."""
    match = _PUBMED_CITATION.search(line(citation))
    parts = zip(("volume", "issue", "pages"), match.groups(), strict=True) if match else ()
    return {field: (text,) for field, text in parts if text} | cells


def _sourced(source: str, cells: Cells) -> Cells:
    """The journal, where a platform calls its column "source"."""
    return {"journal": (source,)} | cells if source.strip() else cells


DIALECTS = (
    Dialect("Scopus", frozenset({"sourcetitle", "eid", "citedby"})),
    Dialect("Scopus", frozenset({"authorsid", "sourcetitle"})),
    Dialect("Web of Science", frozenset({"utuniquewosid"})),
    Dialect("Embase", frozenset({"authornames", "source", "emtreedrugindexterms"}), column="source", amend=_embase),
    Dialect("Embase", frozenset({"authornames", "source", "emtreemedicalindexterms"}), column="source", amend=_embase),
    Dialect("Embase", frozenset({"authornames", "source", "correspondenceaddress"}), column="source", amend=_embase),
    Dialect("Embase", frozenset({"embaseaccessionid"}), column="source", amend=_embase),
    Dialect("PubMed", frozenset({"pmid", "citation", "journalbook"}), column="citation", amend=_pubmed),
    Dialect("IEEE Xplore", frozenset({"documenttitle", "publicationtitle", "documentidentifier"}), given_first=True),
    Dialect("IEEE Xplore", frozenset({"documenttitle", "ieeeterms"}), given_first=True),
    Dialect("Dimensions", frozenset({"publicationid", "dimensionsurl"})),
    Dialect("Lens", frozenset({"lensid"}), given_first=True),
    Dialect("OpenAlex", frozenset({"authorshipsauthordisplayname"}), given_first=True),
    Dialect("ERIC", frozenset({"publicationdateyear"}), column="source", amend=_sourced),
    Dialect("Cochrane Library", frozenset({"cochranereviewid"})),
    Dialect("LILACS", frozenset({"fulltexturl", "entrydate", "descriptors"})),
)
_PLAIN = Dialect("", frozenset())


def dialect(header: list[str]) -> Dialect:
    """The platform whose headers these are, or one without a name."""
    if is_web_of_science(header):
        return Dialect("Web of Science", frozenset())
    names = {squeezed(cell) for cell in header}
    return next((one for one in DIALECTS if one.headers <= names), _PLAIN)


def register(header: list[str]) -> Register | None:
    """The register whose export has this header, or None."""
    names = {squeezed(cell) for cell in header}
    if "nctnumber" in names and names & {"conditions", "interventions", "studystatus", "studyresults"}:
        return CTGOV
    return ICTRP if "trialid" in names and names & {"publictitle", "scientifictitle"} else None
