"""How surely a stretch of records without a relevant one speaks against "more than allowed are still missing", over a whole screening.

A stretch begins with `known` relevant records and `left` open ones, and ends with the next relevant one. Were there `total`
relevant records in all, so many that recall is below the target, the stretch would bring none within n draws with the probability
C(left - x, n) / C(left, n), x being total - found. Between two relevant records that p value only falls, so looking often costs nothing;
each relevant record begins a new stretch, which is a new chance to err. For each total the budget therefore keeps how much error is
still allowed: the level at first, and after a relevant record so much less that the probability of ever stopping with too low a
recall is at most the level, whatever the total is. docs/stopping.md has the derivation.
Pure. Invariant: for every total, P(stretch brings none) + the mean of what is allowed afterwards <= what was allowed before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from prisma_tool.ranking.paying import missing_for

Doubles = NDArray[np.float64]
Counts = NDArray[np.intp]

_NEGLIGIBLE = 1e-13
_ROUNDING = 1e-12
"""A p value of exactly the level does not speak against anything, however its last digit was rounded."""


@lru_cache(maxsize=4)
def _log_factorials_to(most: int) -> Doubles:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])


def log_factorials(least: int) -> Doubles:
    """Log n! for n from 0 to at least `least`."""
    return _log_factorials_to(1 << max(least, 1).bit_length())


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of records that ends with the next relevant one.

    Attributes:
        known: Relevant records known when it began.
        left: Records that were open then.
        totals: The numbers of relevant records in all under which recall is too low, of shape (totals,); none where all is found.
        allowed: For each of them, how much error was still allowed, same shape.
        needed: After how many draws without a relevant record one may stop.
        spent: For each total the probability that so many bring no relevant record, same shape: what the stretch may cost.
    """

    known: int
    left: int
    totals: Counts
    allowed: Doubles
    needed: int
    spent: Doubles

    def none_within(self, draws: int) -> Doubles:
        """For each total the probability that so many draws bring no relevant record, of shape (totals,)."""
        return _none_within(self.totals - self.known, self.left, draws)


def _none_within(hidden: Counts, left: int, draws: int) -> Doubles:
    """The same for hidden ones that are counted up one by one, so that what is looked up for them lies side by side."""
    ratio = np.zeros(len(hidden))
    if not len(hidden):
        return ratio
    logs, after, least = log_factorials(left), left - draws, int(hidden[0])
    possible = min(max(after - least + 1, 0), len(hidden))
    before, then = (logs[number - least - possible + 1 : number - least + 1][::-1] for number in (left, after))
    ratio[:possible] = np.exp(logs[after] - then - logs[left] + before)
    return ratio


@dataclass(slots=True)
class ErrorBudget:
    """What error is still allowed, for each number of relevant records in all.

    `credit`, from 0 up to but not including 1: how much more is left after a stretch in which the relevant record came late. It takes
    for granted that the draws were at random, so it must be 0 where they are only assumed to be no worse than that.
    """

    target: float
    level: float
    credit: float = 0.0
    _left: Doubles = field(default_factory=lambda: np.zeros(0))
    """By total, as far as any stretch has reached; the level beyond."""

    def stretch(self, known: int, left: int) -> Stretch:
        """The stretch that begins here."""
        missing = missing_for(known, self.target)
        span = math.ceil(missing * math.log(_NEGLIGIBLE) / math.log(self.level)) + 20
        totals = np.arange(known + missing, known + min(missing + span, left) + 1, dtype=np.intp)
        allowed = self._allowed(totals)
        return Stretch(known, left, totals, allowed, *_needed(totals - known, allowed, left))

    def _allowed(self, totals: Counts) -> Doubles:
        if not len(totals):
            return np.zeros(0)
        if (more := int(totals[-1]) + 1 - len(self._left)) > 0:
            self._left = np.concatenate([self._left, np.full(more + len(self._left), self.level)])
        return self._left[totals[0] : totals[-1] + 1].copy()

    def p_value(self, stretch: Stretch, draws: int) -> float:
        """After so many draws without a relevant record; one may stop where it is at most the level."""
        if not len(stretch.totals):
            return 0.0
        chances = stretch.none_within(draws)
        ratios = np.divide(chances, stretch.allowed, out=np.where(chances > 0, np.inf, 0.0), where=stretch.allowed > 0)
        return float(min(1.0, self.level * ratios.max()))

    def relevant_drawn(self, stretch: Stretch, draw: int) -> None:
        """The draw of this number (from 1) brought a relevant record; what the stretch might have cost is taken off."""
        if not len(stretch.totals):
            return
        spent, after, exponent = stretch.spent, stretch.none_within(draw), 1 - self.credit
        rest = share = (stretch.allowed - spent) / np.maximum(1 - spent**exponent, _NEGLIGIBLE)
        if self.credit:
            rest = exponent * share * np.maximum(stretch.none_within(draw - 1), _NEGLIGIBLE) ** -self.credit
        # What is still allowed had this draw brought nothing; to be left with more than that would reward the worse order.
        most = (spent + share * np.maximum(after**exponent - spent**exponent, 0)) / np.maximum(after, _NEGLIGIBLE)
        rest = np.where(after > spent, np.minimum(rest, most), rest)
        self._left[stretch.totals[0] : stretch.totals[-1] + 1] = np.clip(rest, 0, 1)


def _needed(hidden: Counts, allowed: Doubles, left: int) -> tuple[int, Doubles]:
    """The least number of draws without a relevant record after which no total is more probable than is allowed, and how probable each is."""
    if not len(hidden):
        return 0, allowed
    draws = _needed_for(int(hidden[0]), float(allowed[0]), left)
    chances = _none_within(hidden, left, draws)
    while draws < left and bool((chances > allowed + _ROUNDING).any()):
        draws += 1
        chances = _none_within(hidden, left, draws)
    return draws, chances


def _needed_for(hidden: int, allowed: float, left: int) -> int:
    """The same for the smallest total alone, which nearly always decides."""
    logs = log_factorials(left)
    least = math.log(max(allowed, math.ulp(0.0))) + _ROUNDING + logs[left] - logs[left - hidden]
    low, high = 0, left - hidden + 1
    while low < high:
        middle = (low + high) // 2
        if logs[left - middle] - logs[left - middle - hidden] <= least:
            high = middle
        else:
            low = middle + 1
    return low
