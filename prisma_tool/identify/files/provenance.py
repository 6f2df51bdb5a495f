"""Which database and platform a file seems to come from; proposed in a message, never put in place of the label that was given.

The platform is what PRISMA-S asks for beside the database ("Embase via Ovid"); it is kept with the run. A wrong label matters most
for the two services that are also fetched: their records meet only under their own names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.formats.text.cell_values import squeezed
from prisma_tool.model.record.keys import CLINICALTRIALS, EUROPEPMC, PUBMED, slug
from prisma_tool.model.text import fold, one_line
from prisma_tool.model.vocabulary import SourceKind

Value = TypeVar("Value", bound=Hashable)

MOSTLY = 0.8
"""The share of entries that must agree before a file is said to come from somewhere."""
DATABASE_TAGS = frozenset({"DB", "DP", "DATABASE", "DATABASEPROVIDER", "REMOTEDATABASENAME"})
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a file seems to come from: the database as it names itself, and the platform that wrote the file; either may be empty."""

    database: str = ""
    platform: str = ""

    def __str__(self) -> str:
        same = not self.platform or fold(self.platform) == fold(self.database)
        return self.database or self.platform if same or not self.database else f"{self.database} via {self.platform}"


_BY_FORMAT = {
    "ctgov-json": Provenance(CLINICALTRIALS, CLINICALTRIALS),
    "ctgov-csv": Provenance(CLINICALTRIALS, CLINICALTRIALS),
    "ctgov-classic": Provenance(CLINICALTRIALS, CLINICALTRIALS),
    "ctgov-xml": Provenance(CLINICALTRIALS, CLINICALTRIALS),
    "europepmc-json": Provenance(EUROPEPMC, EUROPEPMC),
    "ictrp": Provenance("ICTRP", "ICTRP Search Portal"),
    "ictrp-xml": Provenance("ICTRP", "ICTRP Search Portal"),
    "ictrp-csv": Provenance("ICTRP", "ICTRP Search Portal"),
    "pubmed-xml": Provenance(PUBMED, PUBMED),
}
_BY_HEADERS: tuple[tuple[frozenset[str], Provenance], ...] = tuple(
    (frozenset(map(squeezed, headers)), provenance)
    for headers, provenance in (
        (("Journal/Book", "NIHMS ID"), Provenance(PUBMED, PUBMED)),
        (("EID", "Source title"), Provenance("Scopus", "Scopus")),
        (("UT (Unique WOS ID)",), Provenance("", "Web of Science")),
        (("NCT Number", "Study Title"), Provenance(CLINICALTRIALS, CLINICALTRIALS)),
        (("NCT Number", "Title", "Conditions"), Provenance(CLINICALTRIALS, CLINICALTRIALS)),
        (("TrialID", "Public title"), Provenance("ICTRP", "ICTRP Search Portal")),
        (("Document Title", "IEEE Terms"), Provenance("IEEE Xplore", "IEEE Xplore")),
        (("Lens ID",), Provenance("", "The Lens")),
        (("Dimensions URL",), Provenance("Dimensions", "Dimensions")),
        (("Embase Accession ID",), Provenance("Embase", "Embase.com")),
        (("PUI", "Emtree drug index terms"), Provenance("Embase", "Embase.com")),
        (("Covidence #",), Provenance("", "Covidence")),
        (("asreview_label",), Provenance("", "ASReview")),
    )
)
_BY_ADDRESS = (
    (re.compile(r"ovidsp\.|ovid\.com|OVIDLinks", re.IGNORECASE), "Ovid"),
    (re.compile(r"ebscohost\.com|ebsco\.com", re.IGNORECASE), "EBSCOhost"),
    (re.compile(r"proquest\.com", re.IGNORECASE), "ProQuest"),
    (re.compile(r"scopus\.com", re.IGNORECASE), "Scopus"),
    (re.compile(r"webofscience\.com|webofknowledge\.com", re.IGNORECASE), "Web of Science"),
    (re.compile(r"embase\.com", re.IGNORECASE), "Embase.com"),
    (re.compile(r"cochranelibrary\.com|cochrane\.org/o/cochrane", re.IGNORECASE), "Cochrane Library"),
    (re.compile(r"ieeexplore\.ieee\.org", re.IGNORECASE), "IEEE Xplore"),
    (re.compile(r"jstor\.org", re.IGNORECASE), "JSTOR"),
    (re.compile(r"eric\.ed\.gov", re.IGNORECASE), "ERIC"),
    (re.compile(r"rayyan", re.IGNORECASE), "Rayyan"),
)
_BY_ACCESSION = (
    (re.compile(r"CN-\d{8}"), Provenance("CENTRAL", "Cochrane Library")),
    (re.compile(r"WOS:\w+"), Provenance("", "Web of Science")),
    (re.compile(r"2-s2\.0-\d+"), Provenance("Scopus", "Scopus")),
    (re.compile(r"(?:EJ|ED)\d{6,}"), Provenance("ERIC", "ERIC")),
    (re.compile(r"rayyan-\d+"), Provenance("", "Rayyan")),
)
_OF_PROVIDER = {"nlm": PUBMED}
"""The database of a provider who stands in place of it: EndNote's filter for PubMed names the library, which is none."""
_ADDRESS_TAGS = frozenset({"L1", "L2", "L3", "L4", "UR", "LK", "AN", "ID", "N1"})
_REGISTERS = re.compile(
    r"\b(?:ictrp|isrctn|anzctr|eudract|ctis|eu ?ctr|drks|jrct|umin|chictr|ctri|irct|rebec|clinical ?trials? (?:gov|register|registry)"
    r"|trials? (?:register|registry)|register|registry)\b"
)
_CITATION_SEARCH = re.compile(r"\b(?:citation|reference lists?|references of|snowball\w*|citationchaser|bibliograph\w+)\b")
_WEBSITE = re.compile(r"\bweb ?sites?\b|\bwww\b")


def recognised(file_format: str, header: Sequence[str], entries: Sequence[ParsedEntry], shown: str = "") -> Provenance:
    """Where a file seems to come from.

    Args:
        file_format: the name of the format in which it was read.
        header: the header of a table; empty for other formats.
        entries: the first entries of the file; nearly all of them must agree (`MOSTLY`).
        shown: the platform that the parser recognised, or empty.
    """
    names = frozenset(map(squeezed, header))
    by_header = next((provenance for needed, provenance in _BY_HEADERS if needed <= names), None)
    shown_by_entries = _agreed(map(_by_accession, entries), len(entries)) or _agreed(map(_by_owner, entries), len(entries))
    known = _BY_FORMAT.get(file_format) or by_header or shown_by_entries or Provenance()
    database = known.database or _agreed((_named(entry) for entry in entries), len(entries)) or ""
    platform = known.platform or _agreed(map(_by_address, entries), len(entries)) or shown or _own_platform(database)
    return Provenance(database, platform)


def _agreed(values: Iterable[Value | None], total: int) -> Value | None:
    """The value that nearly all entries have, or None."""
    counted = Counter(value for value in values if value)
    return next((value for value, times in counted.most_common(1) if times >= MOSTLY * total), None)


def _named(entry: ParsedEntry) -> str:
    """The database that an entry names; an address or a sentence is no name."""
    named = (value for tag, value in entry.citation.extra if squeezed(tag).upper() in DATABASE_TAGS)
    name = one_line(next(named, ""))
    return "" if len(name) > _LONGEST_NAME or "://" in name else _OF_PROVIDER.get(fold(name), name)


def _by_address(entry: ParsedEntry) -> str:
    spare = (value for tag, value in entry.citation.extra if tag in _ADDRESS_TAGS)
    text = " ".join((*entry.citation.urls, *spare))
    return next((platform for pattern, platform in _BY_ADDRESS if pattern.search(text)), "")


def _by_accession(entry: ParsedEntry) -> Provenance | None:
    return next((provenance for pattern, provenance in _BY_ACCESSION if pattern.fullmatch(entry.accession)), None)


def _by_owner(entry: ParsedEntry) -> Provenance | None:
    """PubMed alone writes both: its own number for each entry, and who keeps that; PMC writes the one, ERIC the other."""
    numbered = bool(entry.citation.pmid) and entry.accession == entry.citation.pmid
    return Provenance(PUBMED, PUBMED) if numbered and any(tag == "OWN" for tag, _ in entry.citation.extra) else None


def _own_platform(database: str) -> str:
    return database if fold(database) in {"pubmed", "scopus", "eric", "europe pmc"} else ""


def proposal(provenance: Provenance, label: str) -> str:
    """A sentence for the person who imports, where the file names another database than the label that was given; else empty."""
    name = provenance.database
    if not name or _same(name, label):
        return ""
    return f"The file seems to come from {provenance}; its records are kept under {label}, as you said."


def _same(name: str, label: str) -> bool:
    a, b = fold(name), fold(label)
    return slug(name) == slug(label) or a in b or b in a or {a, b} <= {"central", "cochrane library", "cochrane central"}


def shown_kind(label: str, provenance: Provenance) -> SourceKind:
    """What the source is, as its label says, else the file: a register, a citation search, a website, else a database.

    CENTRAL is a database, also where its rows are trial registry records: the source searched counts (counting rule 4).
    """
    folded = fold(label)
    if slug(label) == "ctgov" or (_REGISTERS.search(folded) and "central" not in folded.split()):
        return SourceKind.REGISTER
    if _CITATION_SEARCH.search(folded):
        return SourceKind.CITATION
    if _WEBSITE.search(folded):
        return SourceKind.WEBSITE
    from_register = provenance.database in {CLINICALTRIALS, "ICTRP"} and _same(provenance.database, label)
    return SourceKind.REGISTER if from_register else SourceKind.DATABASE
