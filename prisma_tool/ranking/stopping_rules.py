"""When a prioritised screening may stop, and what stopping would risk.

The one rule that kept its promise in all measured screenings is the test of Callaghan & Müller-Hansen (Syst Rev 9:273, 2020): were the
recall below the target, at least `missing` relevant records would be left; how likely is it that the latest stretch of the screening
met so few of them? The stretch counts as a random sample of what was open when it began, which is cautious, since records are shown most
promising first. The other rules are known to stop too early and are marked as advisory.
Pure. Invariant: labels are in the order in which records were shown; a rule looks at nothing but them and the size of the pool.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from prisma_tool.model.protocol.stopping import CONFIDENCE, Rule, RuleName

Flags = NDArray[np.bool_]
Doubles = NDArray[np.float64]

_TINY = 1e-18


def missing_for(relevant_found: int, target: float) -> int:
    """The least number of relevant records that must be left if recall is below `target` (0 to 1) with so many found."""
    return math.floor(relevant_found / target + 1e-9) + 1 - relevant_found


def p_missing(labels: Flags, pool: int, missing: int) -> float:
    """The p value of the hypothesis that at least `missing` relevant records are left unscreened.

    Of all stretches that end now the one that speaks most clearly counts; each begins right after a relevant record, since a longer
    one without a further relevant record says more.

    Args:
        labels: whether each screened record is relevant, of shape (screened,), in the order shown.
        pool: how many records there are, screened and unscreened together.
        missing: the number of relevant records that the hypothesis leaves unscreened.
    """
    screened = len(labels)
    left = pool - screened
    if missing > left:
        return 0.0
    if missing <= 0:
        return 1.0
    begins = np.concatenate([[0], np.flatnonzero(labels) + 1])
    begins = begins[begins < screened]
    if not len(begins):
        return 1.0
    met = labels.sum() - np.arange(len(begins))
    return float(_upper_tail(pool - begins, met + missing, left, missing).min())


def _upper_tail(urns: NDArray[np.intp], relevant: NDArray[np.intp], drawn: int, least: int) -> Doubles:
    """P(Y >= least) for hypergeometric Y: `drawn` from an urn of which so many are relevant. One value for each urn."""
    totals, marked = urns.astype(float), relevant.astype(float)
    others = totals - marked - drawn
    sure = others + least <= 0
    others = np.where(sure, 0.0, others)
    term = np.exp(
        _log_choose(marked, least) + _log_choose(others + drawn, drawn - least) - _log_choose(others + drawn + marked, drawn)
    )
    total = term.copy()
    for hits in range(least, int(min(relevant.max(), drawn))):
        term = term * np.maximum(marked - hits, 0) * (drawn - hits) / ((hits + 1) * np.maximum(others + hits + 1, 1))
        total += term
        if term.max() < _TINY:
            break
    return np.where(sure, 1.0, np.minimum(total, 1.0))


def _log_choose(of: Doubles, some: float) -> Doubles:
    logs = _log_factorials(1 << int(max(of.max(), 1)).bit_length())
    result: Doubles = logs[of.astype(np.intp)] - logs[int(some)] - logs[(of - some).astype(np.intp)]
    return result


@lru_cache(maxsize=4)
def _log_factorials(most: int) -> Doubles:
    """Log n! for n from 0 to `most`."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])


def p_target(labels: Flags, pool: int, target: float) -> float:
    """The p value of the hypothesis that recall is still below a target; stop when it is below 1 - confidence.

    Args:
        labels: whether each screened record is relevant, of shape (screened,), in the order shown.
        pool: how many records there are, screened and unscreened together.
        target: the recall, 0 to 1.
    """
    return p_missing(labels, pool, missing_for(int(labels.sum()), target))


_ROUNDING = 1e-12
"""A p value of exactly the level does not speak against anything, however its last digit was rounded."""


def plausibly_missed(labels: Flags, pool: int, confidence: float = CONFIDENCE) -> int:
    """The largest number of relevant records that may be left without the same test speaking against it.

    Args:
        labels: whether each screened record is relevant, of shape (screened,), in the order shown.
        pool: how many records there are, screened and unscreened together.
        confidence: of the test, between 0 and 1.
    """
    low, high = 0, pool - len(labels)
    while low < high:
        middle = (low + high + 1) // 2
        if p_missing(labels, pool, middle) >= 1 - confidence - _ROUNDING:
            low = middle
        else:
            high = middle - 1
    return low


def holds(rule: Rule, labels: Flags, pool: int) -> bool:
    """Whether a rule would stop here: after these labels, of shape (screened,), of a pool of so many records."""
    if len(labels) >= pool:
        return True
    if rule.name is RuleName.HYPERGEOMETRIC:
        return bool(labels.any()) and p_target(labels, pool, rule.target) < 1 - rule.confidence - _ROUNDING
    if rule.name is RuleName.CONSECUTIVE:
        return since_relevant(labels) >= rule.count
    return past_knee(labels)


def since_relevant(labels: Flags) -> int:
    """How many irrelevant records were shown since the last relevant one; all where none was. `labels`: shape (screened,)."""
    relevant = np.flatnonzero(labels)
    return len(labels) - (int(relevant[-1]) + 1 if len(relevant) else 0)


_STEEPEST = 156
_LEAST_SCREENED = 100


def past_knee(labels: Flags) -> bool:
    """The knee method (Cormack & Grossman, SIGIR 2016): after the knee the curve is so much flatter than before it.

    The knee is the point farthest above the line from the start to here; the slopes before and after it must differ by the factor
    156 - min(relevant at the knee, 150).
    """
    screened, relevant = len(labels), int(labels.sum())
    if screened < _LEAST_SCREENED or not relevant:
        return False
    curve = np.cumsum(labels)
    ranks = np.arange(1, screened + 1)
    knee = int(np.argmax(curve - relevant * ranks / screened))
    before = curve[knee] / (knee + 1)
    after = (relevant - curve[knee] + 1) / max(screened - knee - 1, 1)
    return bool(before / after >= _STEEPEST - min(int(curve[knee]), _STEEPEST - 6))


def first_stop(rule: Rule, labels: Flags) -> int:
    """After how many records of a whole screening the rule would have stopped; the size of the pool where it never would.

    `labels`, of shape (pool,), say of each record in the order shown whether it is relevant.
    Between two relevant records a rule that begins to hold goes on holding, so each such stretch is searched by halving.
    """
    pool = len(labels)
    ends = [*np.flatnonzero(labels).tolist(), pool - 1]
    begin = 1
    for end in ends:
        if end >= begin and holds(rule, labels[:end], pool):
            return _bisect(rule, labels, begin, end)
        begin = end + 1
    return pool


def _bisect(rule: Rule, labels: Flags, low: int, high: int) -> int:
    while low < high:
        middle = (low + high) // 2
        if holds(rule, labels[:middle], len(labels)):
            high = middle
        else:
            low = middle + 1
    return low
