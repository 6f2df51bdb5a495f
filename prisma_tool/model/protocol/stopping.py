"""The rule by which a prioritised screening may stop, as the protocol states it.

What a rule computes is `ranking.stopping_rules`'s work; here it is data and words. Invariant: the words name every parameter that matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

TARGET, CONFIDENCE, COUNT = 0.95, 0.95, 50
RANDOM_SHARE = 0.02
"""A few records in a hundred cost little, and give an interval after some hundred decisions."""
ADVISORY = (
    "advisory only: in measured screenings rules like this stopped with far less than the wanted recall, at worst with 13 % of the "
    "relevant records found"
)


class RuleName(StrEnum):
    """The stopping rules that a protocol may name."""

    HYPERGEOMETRIC = "hypergeometric"
    """Assumes that the order is never worse than random."""
    ANY_ORDER = "any-order"
    """Assumes nothing about the order: the last part of the queue is drawn at random."""
    CONSECUTIVE = "consecutive"
    KNEE = "knee"


@dataclass(frozen=True, slots=True)
class Rule:
    """A stopping rule with its parameters; `count` belongs to `consecutive`, target and confidence to the two rules with a stated error."""

    name: RuleName = RuleName.HYPERGEOMETRIC
    target: float = TARGET
    confidence: float = CONFIDENCE
    count: int = COUNT

    @property
    def is_advisory(self) -> bool:
        """True for rules that were measured to stop too early."""
        return self.name in {RuleName.CONSECUTIVE, RuleName.KNEE}

    @property
    def words(self) -> str:
        """The rule and its parameters in a sentence's words."""
        aim = f"for a recall of {self.target:.4g} with confidence {self.confidence:.4g}"
        if self.name is RuleName.HYPERGEOMETRIC:
            return (
                f"hypergeometric test of Callaghan & Müller-Hansen 2020, corrected for repeated looks, {aim}, on the assumption that the "
                "order was never worse than random"
            )
        if self.name is RuleName.ANY_ORDER:
            return f"hypergeometric test on records drawn at random after the ranked ones, {aim}, valid under any order"
        if self.name is RuleName.CONSECUTIVE:
            return f"{self.count} consecutive irrelevant records"
        return "knee of the recall curve (Cormack & Grossman 2016)"

    def as_payload(self) -> dict[str, Any]:
        """The rule as an event keeps it."""
        return {"rule": self.name.value, "target": self.target, "confidence": self.confidence, "count": self.count}


@dataclass(frozen=True, slots=True)
class Sampled:
    """A stretch of draws at random: what was `known` and `left` when it began, how many were drawn, and whether the last was relevant."""

    known: int
    left: int
    draws: int
    relevant: bool

    def as_payload(self) -> list[int]:
        """The stretch as an event keeps it."""
        return [self.known, self.left, self.draws, int(self.relevant)]


_NUMBERS = 4
MOST_REPORTS = 1 << 22
"""More than any review screens; what a stretch is computed from grows with it."""


def could_be_sampled(row: Any) -> bool:
    """Whether a row of a log could be a stretch: as many numbers as `as_payload` makes, none of them impossible beside the others."""
    if not isinstance(row, list) or not all(type(value) is int for value in row) or len(row) != _NUMBERS:
        return False
    known, left, draws, relevant = row
    return 0 <= known <= MOST_REPORTS and relevant in {0, 1} and relevant <= draws <= left <= MOST_REPORTS
