"""What MEDLINE tags mean. The result is the same citation that PubMed's XML gives for the record, as far as the text goes.

Tags: National Library of Medicine, "MEDLINE/PubMed Data Element (Field) Descriptions". Tags without a field stay in `extra`.
"""

from __future__ import annotations

import re
from typing import Any

from prisma_tool.formats.data_banks import data_banks
from prisma_tool.formats.dates import year_in
from prisma_tool.formats.names import read_medline_author
from prisma_tool.formats.prose import line, lines
from prisma_tool.model.citation import Author, Citation, Link, Section
from prisma_tool.model.identifiers import normal_doi, normal_pmcid, normal_pmid, registry_numbers

LINKS = {
    "CIN": "CommentIn",
    "CON": "CommentOn",
    "CRF": "CorrectedandRepublishedFrom",
    "CRI": "CorrectedandRepublishedIn",
    "ECF": "ExpressionOfConcernFor",
    "ECI": "ExpressionOfConcernIn",
    "EFR": "ErratumFor",
    "EIN": "ErratumIn",
    "ORI": "OriginalReportIn",
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "RPF": "RepublishedFrom",
    "RPI": "RepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
    "RRI": "RetractedandRepublishedIn",
    "SPIN": "SummaryForPatientsIn",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
}
_TAKEN = re.compile(
    r"PMID|TI|TT|BTI|FAU|AU|CN|DP|JT|TA|VI|IP|PG|IS|ISSN|LA|AB|OAB|PT|MH|OT|LID|AID|PMC|SI|STAT|PB|SO|PHST|CRDT|EDAT|MHDA|OID"
)
_FIELD = re.compile(r"[A-Z]{2,4} *-")
_LABEL = re.compile(r"(?:^|(?<=\. )|(?<=\n))([A-Z][A-Z /&,-]{3,50}): ")
_ISSN = re.compile(r"\d{4}-\d{3}[\dX]")


def medline_citation(raw: str) -> Citation:
    """The citation in the text of one entry."""
    record = _record(raw)
    title, abstract = line(_one(record, "TI") or _one(record, "BTI")), _sections(_one(record, "AB"))
    registered, banks = data_banks(_bank(value) for value in _many(record, "SI"))
    mentioned = registry_numbers("\n".join((title, *(part.text for part in abstract))))
    locations = (*_many(record, "LID"), *_many(record, "AID"))
    return Citation(
        title=title,
        vernacular_title=line(_one(record, "TT")),
        authors=_authors(record),
        year=year_in(_one(record, "DP")),
        published=line(_one(record, "DP")),
        journal=line(_one(record, "JT") or (_one(record, "BTI") if _one(record, "TI") else "")),
        journal_abbreviation=line(_one(record, "TA")),
        volume=line(_one(record, "VI")),
        issue=line(_one(record, "IP")),
        pages=line(_one(record, "PG")),
        issn=tuple(dict.fromkeys(_ISSN.findall(" ".join((*_many(record, "IS"), *_many(record, "ISSN")))))),
        publisher=line(_one(record, "PB")),
        languages=lines(_many(record, "LA")),
        abstract=abstract,
        other_abstracts=tuple(Section("", line(text)) for text in _many(record, "OAB") if line(text)),
        publication_types=lines(_many(record, "PT")),
        mesh=lines(_many(record, "MH")),
        keywords=lines([word.lstrip("*") for word in _many(record, "OT")]),
        doi=_doi(locations),
        pmid=normal_pmid(_one(record, "PMID")),
        pmcid=normal_pmcid(_one(record, "PMC")),
        registry_numbers=registered,
        mentioned_numbers=tuple(number for number in mentioned if number not in registered),
        links=tuple(_link(kind, text) for tag, kind in LINKS.items() for text in _many(record, tag)),
        urls=tuple(value for value in lines(locations) if value.startswith(("http://", "https://"))),
        status=line(_one(record, "STAT")),
        extra=banks
        + tuple((tag, line(value)) for tag in record if not _is_taken(tag) for value in _many(record, tag) if line(value)),
    )


def accession(raw: str, citation: Citation) -> str:
    """The PMID, else the accession of ERIC (OID) or PMC."""
    return citation.pmid or line(_one(_record(raw), "OID")) or citation.pmcid


def _record(raw: str) -> dict[str, Any]:
    """The tags of one entry; empty and stray lines are left out first, as they end a record or become tags for Bio.Medline."""
    from Bio import Medline

    kept = [row for row in raw.split("\n") if _FIELD.match(row) or (row.startswith("      ") and row.strip())]
    return dict(Medline.read(iter(kept)))  # type: ignore[no-untyped-call]


def _is_taken(tag: str) -> bool:
    return tag in LINKS or bool(_TAKEN.fullmatch(tag))


def _one(record: dict[str, Any], tag: str) -> str:
    return next(iter(_many(record, tag)), "")


def _many(record: dict[str, Any], tag: str) -> list[str]:
    value = record.get(tag, [])
    return [value] if isinstance(value, str) else list(value)


def _authors(record: dict[str, Any]) -> tuple[Author, ...]:
    people = map(read_medline_author, _many(record, "FAU") or _many(record, "AU"))
    groups = (Author(line(name), collective=True) for name in _many(record, "CN"))
    return tuple(author for author in (*people, *groups) if author.family)


def _sections(abstract: str) -> tuple[Section, ...]:
    """PubMed prints headings in capitals before a colon; they become sections when the abstract begins with one."""
    text = line(abstract)
    if not _LABEL.match(text):
        return (Section("", text),) if text else ()
    _, *parts = _LABEL.split(text)
    return tuple(Section(label, body.strip()) for label, body in zip(parts[::2], parts[1::2], strict=True) if body.strip())


def _doi(locations: tuple[str, ...]) -> str:
    marked = [value for value in locations if value.endswith("[doi]")]
    addresses = [value for value in locations if "doi.org/" in value]
    return next(filter(None, map(normal_doi, (*marked, *addresses))), "")


def _bank(value: str) -> tuple[str, str]:
    """`ClinicalTrials.gov/NCT01234567` as bank and number."""
    name, _, number = line(value).partition("/")
    return name, number


def _link(kind: str, text: str) -> Link:
    reference, _, pmid = line(text).partition(" PMID: ")
    return Link(kind, normal_pmid(pmid), reference)
