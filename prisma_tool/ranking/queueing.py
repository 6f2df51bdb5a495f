"""From scores to a queue: the most relevant first, a few by chance in between.

Pure. Invariant: whether a place is drawn by chance depends on the seed and the number of records shown before it alone, never on a score, so
that the drawn records are an even sample of what was open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from prisma_tool.ranking.features import Floats
from prisma_tool.ranking.model import Rows, best_first


class Why(StrEnum):
    """Why a record is shown."""

    RELEVANCE = "relevance"
    CHANCE = "chance"


@dataclass(frozen=True, slots=True)
class Turn:
    """A row of the pool and why its turn has come."""

    row: int
    why: Why


AHEAD = 200
"""How many places are mixed with chance; before they are used up the queue has been made anew."""


def turns(scores: Floats, waiting: Rows, seed: int, shown: int, share: float) -> list[Turn]:
    """The waiting rows in the order of their turn, when `shown` records were shown before."""
    best: list[int] = best_first(scores, waiting, seed).tolist()
    gone: set[int] = set()
    queue: list[Turn] = []
    by_relevance = iter(best)
    for place in range(min(AHEAD, len(best))):
        chance = np.random.default_rng([seed, shown + place])
        drawn = bool(chance.random() < share)
        row = _drawn(chance, best, gone) if drawn else next(row for row in by_relevance if row not in gone)
        gone.add(row)
        queue.append(Turn(row, Why.CHANCE if drawn else Why.RELEVANCE))
    return [*queue, *(Turn(row, Why.RELEVANCE) for row in best if row not in gone)]


def _drawn(chance: np.random.Generator, rows: list[int], gone: set[int]) -> int:
    """One of the rows that are not gone, each as likely as the others."""
    while (row := rows[int(chance.integers(len(rows)))]) in gone:
        pass
    return row
