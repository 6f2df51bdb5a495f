"""One row of a table as a citation. Invariant: a cell under an unknown header, and a spare one of a known field, is kept in `extra`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from prisma_tool.formats.text import cell_values as values_of
from prisma_tool.formats.text.author_lists import are_registrations
from prisma_tool.formats.text.dates import year_in
from prisma_tool.formats.text.html_text import readable_text, unmarked
from prisma_tool.formats.text.missing_values import PLACEHOLDERS, is_missing
from prisma_tool.formats.text.tidy import line, lines, paragraphs, with_type
from prisma_tool.model.record.citation import REGISTER_TYPE, Author, Citation, Section
from prisma_tool.model.record.identifiers import (
    CENTRAL,
    normal_doi,
    normal_pmcid,
    normal_pmid,
    normal_registry_number,
    registry_numbers,
)

Cells = dict[str, tuple[str, ...]]
"""The filled cells of a row by field, best first."""


def _pmid(cell: str) -> str:
    """PubMed's number; Ovid puts an address behind it."""
    return normal_pmid(values_of.number(cell.partition("[")[0]))


_OWN = frozenset({"key", "cluster", "representative"})
"""Headers that together only our own tables have."""
_ISSN = re.compile(r"(?<![\d-])(\d{4})-?(\d{3}[\dXx])(?![\dXx-])")
_IDENTITY = ("accession", "id", "key")
_LISTED = frozenset({"keywords", "mesh", "issn", "url", "nct"})
"""Fields that take all their columns; of the others the first filled one counts."""
_IDENTIFIERS: dict[str, Callable[[str], str]] = {
    "doi": normal_doi,
    "pmid": _pmid,
    "pmcid": normal_pmcid,
}
_WORDED = ("authors", "abstract", "pages")
"""Fields that have words of their own for a missing value."""
_BARE_ISSN = re.compile(r"\d{5,7}[\dXx]")
_ISSN_LENGTH = 8
_PMID_LINE = re.compile(r"\bPMID: ?0*([1-9]\d{0,7})(?!\d)")


class RowReader:
    """Reads the rows under one header: what each column means is worked out once.

    `amend` completes the cells as their platform means them.
    """

    def __init__(
        self,
        header: list[str],
        positions: Mapping[str, tuple[int, ...]],
        *,
        given_first: bool = False,
        amend: Callable[[list[str], Cells], Cells] | None = None,
    ) -> None:
        self._names = [line(name) for name in header]
        # Our own exports leave a cell empty where there is no value: what looks like a placeholder there is a word.
        self._own = set(self._names) >= _OWN
        self._plain = str if self._own else values_of.plain
        self._positions = positions
        self._given_first = given_first
        self._amend = amend
        taken = {places[0] for field, places in positions.items() if field not in _IDENTITY}
        taken |= {place for field in _LISTED for place in positions.get(field, ())}
        self._taken = sorted(taken)
        self._spare = [place for place in range(len(header)) if place not in taken and self._names[place]]
        self._later = {place: places for field, places in positions.items() if field not in _LISTED for place in places[1:]}

    def read(self, values: list[str]) -> tuple[Citation, Cells]:
        """The citation in the cells of one row, and its filled cells by field."""
        cells = self._cells(values)
        extra = (*self._unread(values, cells), *self._extra(values))
        citation = _citation(cells, given_first=self._given_first, extra=extra)
        return _as_registration(citation) if are_registrations(citation.authors) else citation, cells

    def _unread(self, values: list[str], cells: Cells) -> Iterable[tuple[str, str]]:
        """Identifiers that are none, and words for a missing value ("NA", "No abstract available"): they fill no field but stay under their header."""
        for field, normal in _IDENTIFIERS.items():
            if field in cells and not normal(cells[field][0]):
                yield self._names[self._positions[field][0]], line(cells[field][0])
        for place in () if self._own else self._taken:
            if values[place].strip() in PLACEHOLDERS:
                yield self._names[place], values[place].strip()
        for field in _WORDED:
            for place in self._positions.get(field, ())[:1]:
                if self._says_none(field, values[place].strip()):
                    yield self._names[place], line(values[place])

    def _says_none(self, field: str, cell: str) -> bool:
        return field in _WORDED and not self._own and cell not in PLACEHOLDERS and is_missing(cell, field)

    def _cells(self, values: list[str]) -> Cells:
        cells = {
            field: filled
            for field, places in self._positions.items()
            if (
                filled := tuple(
                    cell for place in places if (cell := self._plain(values[place]).strip()) and not self._says_none(field, cell)
                )
            )
        }
        return self._amend(values, cells) if self._amend else cells

    def _extra(self, values: list[str]) -> Iterable[tuple[str, str]]:
        """Unknown columns, and later columns of a field that an earlier one filled; a column that filled the field itself is not spare."""
        for place in self._spare:
            text = line(values[place])
            if text and not (place in self._later and self._filled(values, place)):
                yield self._names[place], text

    def _filled(self, values: list[str], place: int) -> bool:
        first = next((one for one in self._later[place] if self._plain(values[one]).strip()), None)
        return first == place


def _citation(cells: Cells, *, given_first: bool, extra: tuple[tuple[str, str], ...]) -> Citation:
    def cell(field: str) -> str:
        return cells[field][0] if field in cells else ""

    title, abstract = readable_text(cell("title")), paragraphs(unmarked(cell("abstract")))
    numbers = (number for text in cells.get("nct", ()) for number in _registered(text))
    registered = tuple(dict.fromkeys((*numbers, *registry_numbers(cell("accession")))))
    mentioned = registry_numbers(f"{title}\n{abstract}")
    persons, early = values_of.authors(cell("authors"), given_first=given_first), line(cell("early_access"))
    year, published = values_of.date_text(cell("year")), values_of.date_text(cell("published"))
    return Citation(
        title=title,
        vernacular_title=readable_text(cell("vernacular_title")),
        authors=(*persons, *_groups(cell("group_authors"), persons)),
        year=year_in(year) or year_in(published) or year_in(early),
        published=_published(year, published) or early,
        journal=readable_text(cell("journal")),
        journal_abbreviation=readable_text(cell("journal_abbreviation")),
        volume=values_of.number(cell("volume")),
        issue=values_of.number(cell("issue")),
        pages=_pages(cell("pages"), cell("first_page"), cell("last_page")) or values_of.number(cell("article_number")),
        issn=_issn(cells.get("issn", ())),
        publisher=line(cell("publisher")),
        languages=values_of.listed(cell("language")),
        abstract=(Section("", abstract),) if abstract else (),
        publication_types=values_of.listed(cell("publication_types")),
        mesh=_listed(cells.get("mesh", ())),
        keywords=_listed(cells.get("keywords", ())),
        doi=normal_doi(cell("doi")) or _addressed_doi(cells.get("url", ())),
        pmid=_pmid(cell("pmid")) or _noted_pmid(extra),
        pmcid=normal_pmcid(cell("pmcid")),
        registry_numbers=registered,
        mentioned_numbers=tuple(number for number in mentioned if number not in registered),
        urls=_urls(cells.get("url", ())),
        extra=extra,
    )


def _as_registration(citation: Citation) -> Citation:
    """A register's entry as CENTRAL lists it: its number stands as the author and is kept beside the citation."""
    numbers = tuple(author.family for author in citation.authors)
    registered = (*citation.registry_numbers, *map(normal_registry_number, numbers))
    return replace(
        citation,
        authors=(),
        publication_types=with_type(citation.publication_types, REGISTER_TYPE.capitalize()),
        registry_numbers=tuple(dict.fromkeys(registered)),
        extra=(*citation.extra, *(("authors", number) for number in numbers)),
    )


def _groups(cell: str, persons: tuple[Author, ...]) -> tuple[Author, ...]:
    """The groups in a column of their own, unless the authors name them already."""
    named = {str(author).rstrip(",") for author in persons}
    return tuple(Author(name, collective=True) for name in values_of.listed(cell) if name not in named)


def _noted_pmid(extra: Iterable[tuple[str, str]]) -> str:
    """Zotero keeps the PMID among the lines of its field "Extra"."""
    lines_of_extra = " ".join(value for name, value in extra if name == "Extra")
    noted = _PMID_LINE.search(lines_of_extra) if lines_of_extra else None
    return noted[1] if noted else ""


def _published(year: str, published: str) -> str:
    return (
        published
        if published and (not year or year in published or year_in(published))
        else " ".join(filter(None, (year, published)))
    )


def _registered(text: str) -> tuple[str, ...]:
    known = registry_numbers(text)
    return known or tuple(map(normal_registry_number, lines(re.split(r"[;,|\s]+", text))))


def _pages(whole: str, first: str, last: str) -> str:
    ends = "-".join(dict.fromkeys(filter(None, (values_of.number(first), values_of.number(last)))))
    return values_of.pages(whole) if whole else ends


def _issn(cells: Iterable[str]) -> tuple[str, ...]:
    """ISSNs in any spelling; a spreadsheet drops the zeros at the beginning of one without hyphen."""
    texts = [number.zfill(_ISSN_LENGTH) if _BARE_ISSN.fullmatch(number) else number for number in map(values_of.number, cells)]
    return tuple(dict.fromkeys(f"{a}-{b.upper()}" for text in texts for a, b in _ISSN.findall(text)))


def _listed(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for cell in cells for word in values_of.words(cell)))


def _addressed_doi(urls: Iterable[str]) -> str:
    """The DOI in an address that says it holds one: of doi.org, a publisher or a link resolver."""
    dois = (normal_doi(url) for url in urls if "10." in url and "doi" in url.lower())
    return next((doi for doi in dois if doi and not doi.startswith(CENTRAL)), "")


def _urls(cells: Iterable[str]) -> tuple[str, ...]:
    return lines([url.strip(";,") for cell in cells for url in cell.split() if url.startswith(("http://", "https://"))])
