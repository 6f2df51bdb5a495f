"""From scores to a queue: the most relevant first, a few by chance in between.

Pure. Invariant: whether a place is drawn by chance depends on the seed and the number of records shown before it alone, never on a score, so
that the drawn records are an even sample of what was open.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import numpy as np

from prisma_tool.ranking.features import Floats
from prisma_tool.ranking.model import Rows, best_first

AHEAD = 200
"""How many places are mixed with chance; before they are used up the queue has been made anew."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Rows of the pool in the order of their turn, and those whose turn was drawn by chance."""

    rows: Rows
    drawn: frozenset[int]


def turns(scores: Floats, waiting: Rows, seed: int, shown: int, share: float) -> Turns:
    """The waiting rows in the order of their turn.

    Args:
        scores: the score of each record of the pool, of shape (records,); higher is more likely relevant.
        waiting: the rows that nobody has screened.
        seed: decides every chance.
        shown: how many records were shown before.
        share: the probability (0 to 1) with which a turn is drawn by chance.
    """
    best = best_first(scores, waiting, seed)
    first_rows, drawn = dict[int, None](), set[int]()
    by_relevance = iter(best.tolist())
    for position in range(min(AHEAD, len(best))):
        chance = np.random.default_rng([seed, shown + position])
        if chance.random() < share:
            row = _drawn(chance, best, first_rows)
            drawn.add(row)
        else:
            row = next(row for row in by_relevance if row not in first_rows)
        first_rows[row] = None
    first = np.fromiter(first_rows, dtype=np.intp, count=len(first_rows))
    rest = best[~np.isin(best, first)] if drawn else best[len(first) :]
    return Turns(np.concatenate([first, rest]), frozenset(drawn))


def _drawn(chance: np.random.Generator, rows: Rows, taken: Container[int]) -> int:
    """One of the rows that are not gone, each as likely as the others."""
    while (row := int(rows[int(chance.integers(len(rows)))])) in taken:
        pass
    return row
