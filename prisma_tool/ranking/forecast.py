"""What screening on would bring: figures for the reviewer that no stopping rule goes by. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

HUNDRED = 100
_FADES = 0.5
"""On the development sets a hundred records by rank bring, on the median, less than half as many relevant ones as the hundred before."""
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the `next` records (a hundred, or all that are left) would bring: about so many relevant ones, and at most (90 %) so many.

    `before` is what the last `window` records brought.
    """

    next: int
    about: int
    at_most: int
    window: int
    before: int


def forecast(labels: Flags, left: int, *, at_random: bool = False) -> Forecast | None:
    """What the next hundred would bring; None where nothing was screened or nothing is left.

    Args:
        labels: whether each screened record is relevant, of shape (screened,), in the order shown.
        left: how many records are open.
        at_random: whether the next ones are drawn at random, so that they bring no fewer than the last.
    """
    window, coming = min(HUNDRED, len(labels)), min(HUNDRED, left)
    if not window or not coming:
        return None
    before = int(labels[-window:].sum())
    about = round(before * coming / window * (1 if at_random else _FADES))
    return Forecast(coming, min(about, coming), min(_at_most(before, window, coming), coming), window, before)


def _at_most(before: int, window: int, coming: int) -> int:
    """What is not exceeded in nine of ten cases if relevant records come no more often than in the last `window`.

    The predictive distribution of a Poisson count given another (Jeffreys' prior): negative binomial, before + 1/2.
    """
    chance, shape, most = window / (window + coming), before + 0.5, 0
    term = total = chance**shape
    while total < _SURE and most < coming:
        term *= (1 - chance) * (most + shape) / (most + 1)
        most, total = most + 1, total + term
    return most


def yields(labels: Flags, parts: int) -> tuple[int, ...]:
    """How many relevant records each of so many equal parts of the screening brought; fewer parts where fewer were screened."""
    return tuple(int(part.sum()) for part in np.array_split(labels, min(parts, len(labels)) or 1))
