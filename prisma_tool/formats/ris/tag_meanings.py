"""What RIS tags hold, for all exporters at once, by the tables in `formats.dialects`: every value that no field takes goes to `extra`.

Values come tidied (`formats.text.tag_values`): on one line, without HTML. Accessions stand in `formats.ris.accession`.
"""

from __future__ import annotations

import re

from prisma_tool.formats.platforms.ris_dialect import ris_dialect
from prisma_tool.formats.ris.accession import entry_pmid
from prisma_tool.formats.text.author_lists import are_registrations, read_authors
from prisma_tool.formats.text.dates import is_month_of_year, year_in
from prisma_tool.formats.text.page_ranges import joined_pages
from prisma_tool.formats.text.tag_values import Fields, Pair, all_of
from prisma_tool.model.record.citation import REGISTER_TYPE, Author, Citation, Section
from prisma_tool.model.record.identifiers import (
    normal_doi,
    normal_dois,
    normal_issns,
    normal_pmcid,
    normal_registry_number,
    registry_numbers,
)

_DIALECT = ris_dialect()
SINGLE, MANY = _DIALECT.single, _DIALECT.many
AUTHORS, TYPE_NAMES = _DIALECT.authors, _DIALECT.kinds
REGISTRATION_NOTE = "Trial registration: "
_TITLES_OF_JOURNALS = ("JF", "T2")
_FIELDS_OF = {tag: tuple(field for field, tags in SINGLE.items() if tag in tags) for tags in SINGLE.values() for tag in tags}
_LISTED = frozenset(tag for tags in MANY.values() for tag in tags) | {*AUTHORS, "DO", "PM"}
_DOI_VALUE = re.compile(r"(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}\S*/\S+", re.IGNORECASE)
_DOI_ADDRESS = re.compile(r"https?://(?:dx\.)?doi\.org/\S+", re.IGNORECASE)
_WORD_PARTS = re.compile(r"\n|;\s|[;；](?=[^\x00-\x7f])")
_DATE_END = re.compile(r"/+$")
_LONGEST_DOI, _ISSN_LENGTH = 300, 9


def is_plainly_filled(fields: Fields) -> bool:
    """True where the citation cannot be empty, without making it."""
    return "TI" in fields or "T1" in fields


def ris_citation(fields: Fields, also: tuple[Pair, ...] = ()) -> Citation:
    """The citation in one entry's tidied tags; `also` are further pairs to keep (no tags of RIS, or values that say nothing)."""
    firsts = {field: _first(fields, tags) for field, tags in SINGLE.items()}
    title, journal, registered = firsts["title"], firsts["journal"], _registered(fields)
    abstract = _abstract(fields)
    year, authors = _year(fields), _authors(fields)
    if are_registrations(authors):
        return ris_citation(*_as_registration(fields, also))
    return Citation(
        title=title,
        vernacular_title=firsts["translated"],
        authors=authors,
        year=year,
        published=_published(year, firsts["date"] or _early_access(fields)),
        journal=_not_address(journal),
        journal_abbreviation="" if firsts["abbreviation"] == journal else _not_address(firsts["abbreviation"]),
        volume=firsts["volume"],
        issue=firsts["issue"],
        pages=joined_pages(firsts["first_page"], firsts["last_page"]),
        issn=normal_issns(" ".join(fields["SN"])) if "SN" in fields else (),
        publisher=firsts["publisher"],
        languages=tuple(dict.fromkeys(fields["LA"])) if "LA" in fields else (),
        abstract=abstract,
        publication_types=_types(fields),
        keywords=_keywords(fields["KW"]) if "KW" in fields else (),
        doi=_doi(fields),
        pmid=entry_pmid(fields),
        pmcid=next(filter(None, map(normal_pmcid, fields["C2"])), "") if "C2" in fields else "",
        registry_numbers=registered,
        mentioned_numbers=_mentioned(fields, title, abstract, registered),
        urls=_urls(fields),
        extra=(*_extra(fields, firsts), *also),
    )


def _as_registration(fields: Fields, also: tuple[Pair, ...]) -> tuple[Fields, tuple[Pair, ...]]:
    """The fields of a register's entry as CENTRAL gives it: its number stands as the author, the official title as the journal.

    Both are kept beside the citation; the number counts as an identifier in any case.
    """
    misplaced = tuple((tag, value) for tag in (*AUTHORS, *_TITLES_OF_JOURNALS) for value in fields.get(tag, ()))
    types = fields.get("M3", [])
    named = types if any(kind.casefold() == REGISTER_TYPE for kind in types) else [*types, REGISTER_TYPE.capitalize()]
    numbers = [value for tag in AUTHORS for value in fields.get(tag, ())]
    rest = {tag: values for tag, values in fields.items() if tag not in {*AUTHORS, *_TITLES_OF_JOURNALS}}
    return rest | {"M3": named, "C3": [*fields.get("C3", ()), *numbers]}, (*also, *misplaced)


def _mentioned(fields: Fields, title: str, abstract: tuple[Section, ...], registered: tuple[str, ...]) -> tuple[str, ...]:
    texts = [title, *[part.text for part in abstract], *fields.get("N1", ())]
    numbers = registry_numbers("\n".join(texts))
    return tuple(number for number in numbers if number not in registered) if registered else numbers


def _first(fields: Fields, tags: tuple[str, ...]) -> str:
    for tag in tags:
        if tag in fields:
            return fields[tag][0]
    return ""


def _authors(fields: Fields) -> tuple[Author, ...]:
    """All authors; some exporters give each under both tags."""
    first, second = fields.get("AU", ()), fields.get("A1", ())
    return read_authors((*first, *(value for value in second if value not in first)) if first and second else first or second)


def _abstract(fields: Fields) -> tuple[Section, ...]:
    texts = all_of(fields, MANY["abstract"])
    return tuple(Section("", text) for text in dict.fromkeys(texts)) if texts else ()


def _keywords(values: list[str]) -> tuple[str, ...]:
    """EndNote puts all keywords under one tag, a line each; others part them with semicolons."""
    words: dict[str, None] = {}
    for value in values:
        if "\n" in value or ";" in value or "；" in value:
            words.update(dict.fromkeys(filter(None, map(str.strip, _WORD_PARTS.split(value)))))
        else:
            words[value] = None
    return tuple(words)


def _types(fields: Fields) -> tuple[str, ...]:
    named = [value for value in all_of(fields, MANY["types"]) if not _is_doi(value)]
    if named:
        parts = [word.strip() for value in named for word in value.split(";")]
        return tuple(dict.fromkeys(filter(None, parts)))
    kind = TYPE_NAMES.get(_first(fields, ("TY",)), "")
    return (kind,) if kind else ()


def _year(fields: Fields) -> int | None:
    for tag in SINGLE["year"]:
        for value in fields.get(tag, ()):
            if year := year_in(value):
                return year
    return year_in(_early_access(fields))


def _early_access(fields: Fields) -> str:
    """The date on which an article without volume came out; the tags for it may hold anything else."""
    return next((value for value in all_of(fields, _DIALECT.early_access) if is_month_of_year(value)), "")


def _published(year: int | None, date: str) -> str:
    """The most exact date as printed; a day without its year ("AUG") is completed."""
    exact = _DATE_END.sub("", date).strip() if date.endswith("/") else date
    return exact if year is None or str(year) in exact else f"{year} {exact}".strip()


def _not_address(value: str) -> str:
    """CENTRAL puts a register's address where the journal stands."""
    return "" if value.startswith(("http://", "https://")) else value


def _urls(fields: Fields) -> tuple[str, ...]:
    urls = " ".join(all_of(fields, MANY["urls"])).split()
    return tuple(dict.fromkeys([url for url in urls if url.startswith(("http://", "https://"))]))


def _doi(fields: Fields) -> str:
    for tag in ("DO", "DI"):
        for value in fields.get(tag, ()):
            if doi := normal_doi(value):
                return doi
    elsewhere = [value for value in all_of(fields, ("M3", "L3", "N1", "M1", "AN")) if _is_doi(value)]
    addresses = [url for value in all_of(fields, ("UR", "LK", "L2", "L3")) for url in _DOI_ADDRESS.findall(value)]
    return next(filter(None, map(normal_doi, (*elsewhere, *addresses))), "")


def _is_doi(value: str) -> bool:
    return "10." in value and len(value) <= _LONGEST_DOI and bool(_DOI_VALUE.fullmatch(value))


def _registered(fields: Fields) -> tuple[str, ...]:
    identified = registry_numbers("\n".join(all_of(fields, _DIALECT.identifying)))
    noted = [note for note in fields.get("N1", ()) if note.startswith(REGISTRATION_NOTE)]
    if not noted:
        return identified
    numbers = [number for note in noted for number in note.removeprefix(REGISTRATION_NOTE).split("; ")]
    return tuple(dict.fromkeys((*map(normal_registry_number, numbers), *identified)))


def _extra(fields: Fields, firsts: dict[str, str]) -> tuple[Pair, ...]:
    """What no field took: unknown tags, and second values of tags that hold one."""
    rest: dict[Pair, None] = {}
    for tag, values in fields.items():
        if tag in _LISTED:
            continue
        named = _FIELDS_OF.get(tag)
        if named:
            if len(values) == 1 and values[0] == firsts[named[0]]:
                continue
            taken = [firsts[field] for field in named]
            values = [value for value in values if value not in taken]  # noqa: PLW2901 - the rest of the same values
        for value in values:
            rest[tag, value] = None
    for value in fields.get("SN", ()):
        if len(value) <= _ISSN_LENGTH and normal_issns(value):
            rest.pop(("SN", value), None)
    return _without_own_notes(rest, fields)


def _without_own_notes(rest: dict[Pair, None], fields: Fields) -> tuple[Pair, ...]:
    pairs = [pair for pair in rest if pair[0] != "N1" or not pair[1].startswith(REGISTRATION_NOTE)] if "N1" in fields else rest
    return (*pairs, *(("DO", other) for other in _other_dois(fields)))


def _other_dois(fields: Fields) -> tuple[str, ...]:
    """What DO holds beside the DOI that was taken: further DOIs, and values that are none."""
    values = fields.get("DO", [])
    if len(values) == 1 and values[0].count("10.") == 1:
        return ()
    dois = [doi for value in values for doi in normal_dois(value) or (value,)]
    return tuple(dict.fromkeys(dois))[1:] if dois and normal_doi(values[0]) else tuple(dois)
