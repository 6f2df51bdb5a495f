"""Which platform a table is from, shown by its headers, and what is particular in its cells.

Invariant: a platform is named only where headers stand together that no other one uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from prisma_tool.formats.account.register_row import CTGOV, REGISTERS, Register
from prisma_tool.formats.tables.columns import is_web_of_science
from prisma_tool.formats.tables.row import Cells
from prisma_tool.formats.text.cell_values import squeezed
from prisma_tool.formats.text.printed_source import source_parts
from prisma_tool.formats.text.tidy import line

Amend = Callable[[str, Cells], Cells]

_EMBASE_SOURCE = re.compile(r"(.+?)\s*\((\d{4})\)\s*([^\s:(.]*)(?::\s?([^\s(.]+))?(?:\s*\((?!no pag)([^)]*)\))?")
_PUBMED_CITATION = re.compile(r";\s*([^;:(]+)(?:\(([^)]*)\))?:\s*([\w.+-]+?)\.?(?:\s|$)")
_OVID_PARTS = {"JN": "journal", "YR": "year", "VO": "volume", "IP": "issue", "PG": "pages"}
_GLUED = re.compile(
    r"(?<=[^\W\d_A-Z.])(?<!Mc)(?<!Mac)(?<!De)(?<!La)(?<!Le)(?<!Di)(?<!Du)(?<!Van)(?<!Fitz)(?=[^\W\d_a-z])(?![a-zß-ÿ])"
)
"""Between a small letter and a capital, save inside a name such as McCoy."""
_EMBASE_ID = re.compile(r"[?&]id=(L\d{6,})")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A platform's tables: headers (squeezed) that all stand in them, whether authors are "John Smith", the column to take apart."""

    platform: str
    headers: frozenset[str]
    given_first: bool = False
    column: str = ""
    amend: Amend | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """Headers that mean another field here than elsewhere, or none (an empty text): they are kept in `extra`."""

    def placed(self, header: list[str], positions: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        """The positions of each field, as this platform means its headers."""
        names = [squeezed(cell) for cell in header]
        own = {names.index(name): field for name, field in self.columns.items() if name in names}
        others = {field: tuple(place for place in places if place not in own) for field, places in positions.items()}
        added = {field: tuple(place for place, name in own.items() if name == field) for field in own.values() if field}
        merged = {field: (*added.get(field, ()), *others.get(field, ())) for field in (*others, *added)}
        return {field: places for field, places in merged.items() if places}


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


def _ovid(source: str, cells: Cells) -> Cells:
    """The parts of Ovid's printed source; an address behind PubMed's number is left out."""
    parts = {_OVID_PARTS[tag]: (text,) for tag, text in source_parts(line(source))}
    pmid = {"pmid": tuple(cell.partition("[")[0].strip() for cell in cells["pmid"])} if "pmid" in cells else {}
    return parts | cells | pmid


def _europe_pmc(source: str, cells: Cells) -> Cells:
    """Europe PMC's number is PubMed's where the source is MEDLINE."""
    return {"pmid": cells["accession"]} | cells if source.strip() == "MED" and "accession" in cells else cells


def _springer(authors: str, cells: Cells) -> Cells:
    """SpringerLink writes names one behind the other ("Anna MarlowTom Browne")."""
    names = [line(name) for name in _GLUED.split(authors) if name.strip()]
    return cells | {"authors": ("; ".join(names),)} if len(names) > 1 and all(" " in name for name in names) else cells


DIALECTS = (
    Dialect(
        "Europe PMC",
        frozenset({"externalid", "pageinfo", "source"}),
        column="source",
        amend=_europe_pmc,
        columns={"externalid": "accession"},
    ),
    Dialect("SpringerLink", frozenset({"itemtitle", "itemdoi"}), given_first=True, column="authors", amend=_springer),
    Dialect(
        "Publish or Perish",
        frozenset({"gsrank", "querydate", "citesurl"}),
        given_first=True,
        column="source",
        amend=_sourced,
        columns={"type": ""},
    ),
    Dialect(
        "Ovid",
        frozenset({"vn", "db", "ti", "so"}),
        column="so",
        amend=_ovid,
        columns={"so": "", "ui": "accession", "is": "issn", "ip": "issue"},
    ),
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
    return next((one for one in REGISTERS if one.is_shown_by(names)), None)
