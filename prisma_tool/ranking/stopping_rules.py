"""When a prioritised screening may stop.

Two rules have a stated error. That of `sampling` is valid under any order. The hypergeometric test of Callaghan & Müller-Hansen (Syst
Rev 9:273, 2020) is valid where the order is never worse than random: were the recall below the target, at least `missing` relevant
records would be left; how likely is it that so many records after the last relevant one held none of them? Each relevant record begins
the test anew, and `ErrorBudget` keeps the error of all of them together at the level. The other rules are known to stop too early and
are marked as advisory.
Pure. Invariant: labels are in the order in which records were shown; a rule looks at nothing but them and the size of the pool.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from prisma_tool.model.protocol.stopping import Rule, RuleName
from prisma_tool.ranking.error_budget import ErrorBudget, Stretch

Flags = NDArray[np.bool_]


@dataclass(slots=True)
class _Trace:
    """What the hypergeometric test has come to, one stretch after each relevant record; kept, since each look adds little to the last."""

    target: float
    level: float
    known: int
    """How many relevant records were known before the first of these records was met."""
    ranks: list[int] = field(default_factory=list)
    """After how many records each relevant one was met."""
    budget: ErrorBudget = field(init=False)
    stretch: Stretch | None = None
    """The one that goes on."""

    def __post_init__(self) -> None:
        self.budget = ErrorBudget(self.target, self.level)

    def follow(self, ranks: list[int], pool: int) -> None:
        """Take in all stretches that have ended; a history that is not the one known so far is followed from its beginning."""
        if ranks[: len(self.ranks)] != self.ranks:
            self.ranks, self.stretch, self.budget = [], None, ErrorBudget(self.target, self.level)
        if self.stretch is None and self.known:
            self.stretch = self.budget.stretch(self.known, pool)
        for rank in ranks[len(self.ranks) :]:
            if self.stretch is not None:
                self.budget.relevant_drawn(self.stretch, rank - self.last)
            self.ranks.append(rank)
            self.stretch = self.budget.stretch(self.known + len(self.ranks), pool - rank)

    @property
    def last(self) -> int:
        """After how many records the last relevant one was met; 0 where none was."""
        return self.ranks[-1] if self.ranks else 0

    def p_value(self, screened: int) -> float:
        """Of "recall is below the target" after so many records; 1 before anything relevant was found."""
        return 1.0 if self.stretch is None else self.budget.p_value(self.stretch, screened - self.last)


@lru_cache(maxsize=8)
def _trace(pool: int, target: float, level: float, known: int) -> _Trace:  # noqa: ARG001 - each pool has a trace of its own
    """The trace of a pool; whoever follows it holds `_FOLLOWING`, since several threads may look."""
    return _Trace(target, level, known)


def p_target(rule: Rule, labels: Flags, pool: int, known: int = 0) -> float:
    """The p value of the hypothesis that recall is still below a rule's target, corrected for all earlier looks.

    Between two relevant records it only falls; stop when it is at most 1 - confidence. 1 before anything relevant was found.

    Args:
        rule: target and confidence.
        labels: whether each screened record is relevant, of shape (screened,), in the order shown.
        pool: how many records there are, screened and unscreened together.
        known: how many relevant records were known before; they are no part of the pool.
    """
    ranks = (np.flatnonzero(labels) + 1).tolist()
    if ranks and len(labels) >= pool:
        return 0.0  # with nothing left nothing is missing, whatever the stretches before came to
    with _FOLLOWING:
        trace = _trace(pool, rule.target, _level(rule), known)
        trace.follow(ranks, pool)
        return trace.p_value(len(labels))


_FOLLOWING = Lock()


def _level(rule: Rule) -> float:
    return 1 - rule.confidence


_ROUNDING = 1e-12
"""A p value of exactly the level does not speak against anything, however its last digit was rounded."""


def holds(rule: Rule, labels: Flags, pool: int) -> bool:
    """Whether a rule would stop here: after these labels, of shape (screened,), of a pool that nothing was added to."""
    if len(labels) >= pool:
        return True
    if rule.name is RuleName.HYPERGEOMETRIC:
        return speaks_for_stopping(rule, p_target(rule, labels, pool))
    if rule.name is RuleName.ANY_ORDER:
        return False  # labels alone do not say what was drawn at random; `sampling` does
    if rule.name is RuleName.CONSECUTIVE:
        return since_relevant(labels) >= rule.count
    return past_knee(labels)


def speaks_for_stopping(rule: Rule, p_value: float) -> bool:
    """Whether a p value is small enough for the rule's confidence."""
    return p_value <= _level(rule) + _ROUNDING


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
