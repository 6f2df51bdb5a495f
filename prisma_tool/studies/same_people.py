"""Pairs of publications by the same people under like titles, sought without comparing all with all. Pure.

Invariant: the pairs are those that comparing every publication with every other would find. Both have the same first surname and at least
`SHARED_NAMES` names in common, so wherever names are ordered alike, the two share one of the names that remain when each leaves out its last
`SHARED_NAMES - 1`. Ordered by rarity these tell most, and a block holds few.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations

from rapidfuzz import fuzz

from prisma_tool.dedupe.normalise import Comparable

LIKE_TITLES = 55.0
"""Set ratio (0-100) of the titles' words: reports of one trial share its drug, disease and design."""
SHARED_NAMES = 3


def pairs_by_same_people(publications: Sequence[Comparable]) -> Iterator[tuple[int, int]]:
    """Positions (`i < j`, in order) of the pairs; two different registry numbers speak against a pair."""
    for i, j in sorted(meeting(publications)):
        if speak_for_one_study(publications[i], publications[j]):
            yield i, j


def speak_for_one_study(a: Comparable, b: Comparable) -> bool:
    """Whether two publications are by the same people, under like titles, and of no two trials."""
    return _same_people(a, b) and not _other_trials(a, b) and _like_titles(a, b)


def _same_people(a: Comparable, b: Comparable) -> bool:
    return bool(a.surname) and a.surname == b.surname and len(a.names & b.names) >= SHARED_NAMES


def _like_titles(a: Comparable, b: Comparable) -> bool:
    return fuzz.token_set_ratio(a.title, b.title, score_cutoff=LIKE_TITLES) >= LIKE_TITLES


def _other_trials(a: Comparable, b: Comparable) -> bool:
    return bool(a.registry and b.registry) and a.registry.isdisjoint(b.registry)


def meeting(publications: Sequence[Comparable]) -> set[tuple[int, int]]:
    """The pairs of positions that share their first surname and one of the rarer names."""
    frequency = Counter(chain.from_iterable(publication.names for publication in publications))
    blocks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position, publication in enumerate(publications):
        if publication.surname:
            for name in _rarer(publication, frequency):
                blocks[publication.surname, name].append(position)
    return {
        (i, j)
        for block in blocks.values()
        for i, j in combinations(block, 2)
        if len(publications[i].names & publications[j].names) >= SHARED_NAMES
    }


def _rarer(publication: Comparable, frequency: Mapping[str, int]) -> list[str]:
    ordered = sorted(publication.names, key=lambda name: (frequency[name], name))
    return ordered[: max(0, len(ordered) - SHARED_NAMES + 1)]
