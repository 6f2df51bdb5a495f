"""How good a deduplication is, against labels: pure counting, no records.

A cell is what one cluster holds of one distinct record; the counts follow from the cells, so they do not depend on which record of
a cluster is kept: `kept == distinct - lost + left` always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

FIRST = (20, 50)
"""The lengths at which a queue is looked into."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How a result differs from the labels.

    At record level `lost` are distinct records in a cluster of another (FP), `left` surplus records that remain (FN), `removed`
    those that went (TP); at pair level right, wrong and missed pairs. `queue` and `found`: see `count`.
    """

    records: int
    lost: int
    left: int
    removed: int
    right_pairs: int
    wrong_pairs: int
    missed_pairs: int
    queue: int = 0
    found: tuple[int, ...] = ()

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall at record level."""
        return _ratio(2 * self.removed, 2 * self.removed + self.lost + self.left)

    @property
    def pair_precision(self) -> float:
        """Of the pairs joined, how many are right."""
        return _ratio(self.right_pairs, self.right_pairs + self.wrong_pairs)

    @property
    def pair_recall(self) -> float:
        """Of the right pairs, how many are joined."""
        return _ratio(self.right_pairs, self.right_pairs + self.missed_pairs)

    def __add__(self, other: Counts) -> Counts:
        """Two sets together; the parts of their queues add up as well."""
        return Counts(
            self.records + other.records,
            self.lost + other.lost,
            self.left + other.left,
            self.removed + other.removed,
            self.right_pairs + other.right_pairs,
            self.wrong_pairs + other.wrong_pairs,
            self.missed_pairs + other.missed_pairs,
            self.queue + other.queue,
            tuple(a + b for a, b in zip(self.found, other.found, strict=True)),
        )


def count(gold: Sequence[Hashable], labels: Sequence[Hashable], queue: Sequence[tuple[int, int]] = ()) -> Counts:
    """Compare found clusters with the labels; `queue` holds the uncertain pairs of positions in the order shown.

    `found` of the result tells how many surplus records left a person would remove who answers the first 20, the first 50, and all
    pairs of the queue correctly.
    """
    cells = Counter(zip(labels, gold, strict=True))
    clusters, distinct = Counter(labels), Counter(gold)
    right = sum(map(_pairs, cells.values()))
    left = len(cells) - len(distinct)
    return Counts(
        records=len(gold),
        lost=len(cells) - len(clusters),
        left=left,
        removed=len(gold) - len(distinct) - left,
        right_pairs=right,
        wrong_pairs=sum(map(_pairs, clusters.values())) - right,
        missed_pairs=sum(map(_pairs, distinct.values())) - right,
        queue=len(queue),
        found=tuple(_recovered(gold, labels, queue[:first]) for first in (*FIRST, len(queue))),
    )


def _recovered(gold: Sequence[Hashable], labels: Sequence[Hashable], queue: Iterable[tuple[int, int]]) -> int:
    """How many cells of one distinct record the right answers to `queue` bring together."""
    group: dict[Hashable, set[Hashable]] = {}
    joined = 0
    for i, j in queue:
        if gold[i] != gold[j]:
            continue
        a, b = (group.setdefault(cell, {cell}) for cell in ((labels[i], gold[i]), (labels[j], gold[j])))
        if a is not b:
            joined += 1
            a |= b
            group.update(dict.fromkeys(b, a))
    return joined


def _pairs(size: int) -> int:
    return size * (size - 1) // 2


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
