"""Which candidates deserve a comparison: the same question that `compare` asks first, for a million pairs in one call.

Invariant: a pair is dropped here exactly where `compare` finds it hopeless at a glance, so that looking ahead changes no result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prisma_tool.dedupe.blocking import candidate_pairs
from prisma_tool.dedupe.judging.findings import SPELT_OTHERWISE
from prisma_tool.dedupe.record_table import RecordTable

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PromisingPairs:
    """Pairs of positions (`i < j`), sorted, each once; `seen` is how many candidates were glanced at to find them."""

    pairs: list[Pair]
    seen: int


def promising_pairs(table: RecordTable, fresh: Sequence[bool]) -> PromisingPairs:
    """The candidates (see `blocking.candidate_pairs`) that are not hopeless; `fresh` tells of each record whether it is new."""
    import numpy as np

    kept, seen = [np.empty(0, dtype=np.int64)], 0
    for first, second in candidate_pairs(table, np.array(fresh, dtype=bool)):
        seen += len(first)
        hopeful = promising(table, first, second)
        kept.append(first[hopeful] * len(table) + second[hopeful])
    codes = np.unique(np.concatenate(kept))
    size = max(1, len(table))
    return PromisingPairs(list(zip((codes // size).tolist(), (codes % size).tolist(), strict=True)), seen)


def promising(table: RecordTable, first: Any, second: Any) -> Any:
    """For each pair of positions, whether any rule could join or doubt it (see `compare`)."""
    titles = table.column("title")
    hopeful = (titles[first] == 0) | (titles[second] == 0) | (titles[first] == titles[second])
    for name in ("page", "doi", "pmid"):
        hopeful |= _equal(table.column(name), first, second)
    for question in (_share_a_number, _contained, _similar):
        open_pairs = (~hopeful).nonzero()[0]
        hopeful[open_pairs] = question(table, first[open_pairs], second[open_pairs])
    return hopeful


def _equal(column: Any, first: Any, second: Any) -> Any:
    return (column[first] == column[second]) & (column[first] != 0)


def _share_a_number(table: RecordTable, first: Any, second: Any) -> Any:
    import numpy as np

    numbered = np.zeros(len(table), dtype=bool)
    numbered[list(table.registry)] = True
    both = numbered[first] & numbered[second]
    pairs = zip(first[both].tolist(), second[both].tolist(), strict=True)
    both[both] = [not table.registry[a].isdisjoint(table.registry[b]) for a, b in pairs]
    return both


def _contained(table: RecordTable, first: Any, second: Any) -> Any:
    """Whether one title is the other without its subtitle; few begin with the same words."""
    same_opening = _equal(table.column("opening"), first, second)
    pairs = zip(first[same_opening].tolist(), second[same_opening].tolist(), strict=True)
    words = ((table.words_of(a), table.words_of(b)) for a, b in pairs)
    same_opening[same_opening] = [all(x == y for x, y in zip(a, b, strict=False)) for a, b in words]
    return same_opening


def _similar(table: RecordTable, first: Any, second: Any) -> Any:
    """Whether the titles are as like as a title spelt otherwise, whatever the order of words."""
    import numpy as np
    from rapidfuzz import fuzz, process

    left, right = (list(map(table.sorted_titles.__getitem__, side.tolist())) for side in (first, second))
    likeness = process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=SPELT_OTHERWISE, dtype=np.float64)
    return likeness >= SPELT_OTHERWISE
