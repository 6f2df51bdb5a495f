"""DOIs and pages that several distinct titles bear: a supplement's, or a volume's, which say nothing about one report.

No pair can know this by itself, so it is marked on the records before they are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations, islice

from rapidfuzz import fuzz

from prisma_tool.dedupe.judging.findings import UNLIKE_TITLE, contained
from prisma_tool.dedupe.normalise import Comparable

_LOOKED_AT = 200
"""So many pairs of titles of one DOI are looked at: the first few of a supplement's thousand tell."""


_ON_ONE_PAGE = 3
"""Two short letters may share a page; three are the abstracts of a meeting."""


def mark_shared(records: Sequence[Comparable]) -> list[Comparable]:
    """The records in the same order, `doi_shared` and `page_shared` set where others with the same DOI or page have other titles.

    A translated title is no other title: the pair of a translation and its original keeps its DOI.
    """
    dois = _shared(records, _doi)
    pages = {page for page, bearing in _bearers(records, _single_page).items() if _many(bearing)}
    if not (dois or pages):
        return [*records]
    return [_marked(record, doi=_doi(record) in dois, page=_single_page(record) in pages) for record in records]


def _marked(record: Comparable, *, doi: bool, page: bool) -> Comparable:
    return replace(record, doi_shared=doi, page_shared=page) if doi or page else record


def _doi(record: Comparable) -> Hashable:
    return record.doi


def _single_page(record: Comparable) -> Hashable:
    """Year, volume and page of an entry that fills no range of several pages: abstracts share such a page, papers do not."""
    placed = record.volume and record.first_page and not record.printed.several
    return (record.year, record.volume, record.printed.series, record.first_page) if placed else None


def _bearers(records: Iterable[Comparable], name_of: Callable[[Comparable], Hashable]) -> dict[Hashable, list[Comparable]]:
    bearers: dict[Hashable, list[Comparable]] = defaultdict(list)
    for record in records:
        name = name_of(record)
        if name and record.title:
            bearers[name].append(record)
    return {name: bearing for name, bearing in bearers.items() if len(bearing) > 1}


def _shared(records: Iterable[Comparable], name_of: Callable[[Comparable], Hashable]) -> set[Hashable]:
    return {name for name, bearing in _bearers(records, name_of).items() if _distinct(bearing)}


def _many(records: Sequence[Comparable]) -> bool:
    """True where so many titles stand on one page that are wholly different, each from every other."""
    apart: list[Comparable] = []
    for record in sorted((record for record in records if not record.translated), key=lambda record: record.title)[:_LOOKED_AT]:
        if all(_unlike(record, other) for other in apart):
            apart.append(record)
        if len(apart) == _ON_ONE_PAGE:
            return True
    return False


def _distinct(records: Iterable[Comparable]) -> bool:
    titles = {record.title: record for record in records if not record.translated}
    pairs = combinations((titles[title] for title in sorted(titles)), 2)
    return any(_unlike(a, b) for a, b in islice(pairs, _LOOKED_AT))


def _unlike(a: Comparable, b: Comparable) -> bool:
    return fuzz.token_sort_ratio(a.title, b.title) < UNLIKE_TITLE and not contained(a, b)
