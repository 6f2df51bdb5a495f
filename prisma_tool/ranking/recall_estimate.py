"""An honest estimate of recall from the records that were shown by chance.

Each such record was drawn evenly from all that were open at that moment, so it is relevant with the probability
(T - found before) / open, T being the unknown number of relevant records. T is estimated by the method of moments; the interval
holds every T under which neither so many nor so few relevant draws would be unlikely (Poisson-binomial, each tail 2.5 %).
Pure. Invariant: found <= T <= found + open, whatever the draws say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Draw:
    """A record shown by chance: how many records were open (it among them), how many relevant ones were known, and what it was."""

    open: int
    relevant_found: int
    relevant: bool


@dataclass(frozen=True, slots=True)
class Recall:
    """The share (0 to 1) of the relevant records that is found: estimate and interval; from how many chance draws."""

    estimate: float
    low: float
    high: float
    draws: int


def recall(draws: Sequence[Draw], relevant_found: int, unscreened: int, confidence: float = 0.95) -> Recall | None:
    """The estimate, or None where nothing was drawn by chance or nothing relevant is known.

    Args:
        draws: the records that were shown by chance.
        relevant_found: how many relevant records were found in all, by chance or not.
        unscreened: how many records nobody has screened.
        confidence: of the interval, between 0 and 1.
    """
    if not draws or not relevant_found:
        return None
    opened = np.array([draw.open for draw in draws], dtype=float)
    known = np.array([draw.relevant_found for draw in draws], dtype=float)
    hits = sum(draw.relevant for draw in draws)
    total = (hits + (known / opened).sum()) / (1 / opened).sum()
    total = min(max(total, relevant_found), relevant_found + unscreened)
    tail = (1 - confidence) / 2
    least = _first(lambda t: _at_least(hits, t, opened, known) > tail, relevant_found, relevant_found + unscreened)
    most = _first(lambda t: _at_most(hits, t, opened, known) <= tail, least, relevant_found + unscreened + 1) - 1
    most = min(max(most, least), relevant_found + unscreened)
    return Recall(relevant_found / total, relevant_found / most, relevant_found / least, len(draws))


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The smallest number from `low` on for which it holds; `high` where there is none below."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _at_least(hits: int, total: int, opened: Doubles, known: Doubles) -> float:
    return 1 - _below(hits, total, opened, known)


def _at_most(hits: int, total: int, opened: Doubles, known: Doubles) -> float:
    return _below(hits + 1, total, opened, known)


def _below(hits: int, total: int, opened: Doubles, known: Doubles) -> float:
    """P(fewer than `hits` of the draws are relevant), each with its own probability."""
    chances = np.clip((total - known) / opened, 0, 1)
    spread = np.zeros(hits + 1)
    spread[0] = 1.0
    for chance in chances:
        spread[1:] = spread[1:] * (1 - chance) + spread[:-1] * chance
        spread[0] *= 1 - chance
    return float(spread[:hits].sum())
