"""What MEDLINE tags mean. The result is the same citation that PubMed's XML gives for the record, as far as the text goes.

Tags: National Library of Medicine, "MEDLINE/PubMed Data Element (Field) Descriptions". Tags without a field stay in `extra`.
"""

from __future__ import annotations

import re

from prisma_tool.formats.text.author_names import read_medline_author
from prisma_tool.formats.text.data_banks import data_banks
from prisma_tool.formats.text.dates import year_in
from prisma_tool.formats.text.missing_values import PLACEHOLDERS, is_missing
from prisma_tool.formats.text.printed_source import source_parts
from prisma_tool.formats.text.tag_values import Fields
from prisma_tool.formats.text.tidy import line, lines
from prisma_tool.model.record.citation import Author, Citation, Link, Section
from prisma_tool.model.record.identifiers import normal_doi, normal_issns, normal_pmcid, normal_pmid, registry_numbers

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
_MISSED = {"FAU": "authors", "AU": "authors", "AB": "abstract", "PG": "pages"}
"""Tags whose fields have words of their own for a missing value."""
_LONGEST_PLACEHOLDER = max(map(len, PLACEHOLDERS))
_SOURCE_PARTS = {"JN": "JT", "YR": "DP", "VO": "VI", "IP": "IP", "PG": "PG"}
_LABEL = re.compile(r"(?:^|(?<=\. )|(?<=\n))([A-Z][A-Z /&,-]{3,50}): ")


def medline_citation(record: Fields) -> Citation:
    """The citation in the tags of one entry."""
    record, missing = _filled(record)
    if "SO" in record and not record.keys() & {"JT", "TA", "DP"}:
        record = _with_source(record)
    title, abstract = line(_joined(record, "TI") or _one(record, "BTI")), _sections(_joined(record, "AB"))
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
        issn=normal_issns(" ".join((*_many(record, "IS"), *_many(record, "ISSN")))),
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
        + missing
        + tuple((tag, line(value)) for tag in record if not _is_taken(tag) for value in _many(record, tag) if line(value)),
    )


def _with_source(record: Fields) -> Fields:
    """Ovid's own MEDLINE display has journal, year and pages in the source only."""
    parts = ((_SOURCE_PARTS[tag], value) for tag, value in source_parts(_one(record, "SO")))
    return {tag: [value] for tag, value in parts} | record


def _filled(record: Fields) -> tuple[Fields, tuple[tuple[str, str], ...]]:
    """The tags without values that only say that there is none, and these values."""
    missing = tuple(
        (tag, value)
        for tag, values in record.items()
        for value in values
        if (tag in _MISSED or len(value) <= _LONGEST_PLACEHOLDER or value[:1] == "[")
        and is_missing(value.strip(), _MISSED.get(tag, ""))
    )
    if not missing:
        return record, ()
    filled = {tag: [value for value in values if (tag, value) not in missing] for tag, values in record.items()}
    return {tag: values for tag, values in filled.items() if values}, missing


def is_plainly_filled(record: Fields) -> bool:
    """True where the citation cannot be empty, without making it."""
    title = _one(record, "TI").strip()
    return bool(title) and not is_missing(title)


def accession(record: Fields) -> str:
    """The PMID, else the accession of ERIC (OID) or PMC, else the number under which Ovid and others gave the entry (UI, AN)."""
    pmid = normal_pmid(_one(record, "PMID"))
    return (
        pmid or line(_one(record, "OID")) or normal_pmcid(_one(record, "PMC")) or line(_one(record, "UI") or _one(record, "AN"))
    )


def _joined(record: Fields, tag: str) -> str:
    """Text that stands in several lines of the same tag."""
    return " ".join(_many(record, tag))


def _is_taken(tag: str) -> bool:
    return tag in LINKS or bool(_TAKEN.fullmatch(tag))


def _one(record: Fields, tag: str) -> str:
    return record[tag][0] if tag in record else ""


def _many(record: Fields, tag: str) -> list[str]:
    return record.get(tag, [])


def _authors(record: Fields) -> tuple[Author, ...]:
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
