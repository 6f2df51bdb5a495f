"""DOIs that several distinct titles bear: a supplement's, or a volume's, which say nothing about one report.

No pair can know this by itself, so it is marked on the records before they are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, islice

from rapidfuzz import fuzz

from prisma_tool.dedupe.judging.findings import UNLIKE_TITLE, contained
from prisma_tool.dedupe.normalise import Comparable

_LOOKED_AT = 200
"""So many pairs of titles of one DOI are looked at: the first few of a supplement's thousand tell."""


def mark_shared_dois(records: Sequence[Comparable]) -> list[Comparable]:
    """The records in the same order, `doi_shared` set where another with the same DOI has a wholly different title.

    A translated title is no other title: the pair of a translation and its original keeps its DOI.
    """
    bearers: dict[str, list[Comparable]] = defaultdict(list)
    for record in records:
        if record.doi and record.title:
            bearers[record.doi].append(record)
    shared = {doi for doi, bearing in bearers.items() if len(bearing) > 1 and _distinct(bearing)}
    return [replace(record, doi_shared=True) if record.doi in shared else record for record in records] if shared else [*records]


def _distinct(records: Iterable[Comparable]) -> bool:
    titles = {record.title: record for record in records if not record.translated}
    pairs = combinations((titles[title] for title in sorted(titles)), 2)
    return any(_unlike(a, b) for a, b in islice(pairs, _LOOKED_AT))


def _unlike(a: Comparable, b: Comparable) -> bool:
    return fuzz.token_sort_ratio(a.title, b.title) < UNLIKE_TITLE and not contained(a, b)
