"""One look for a verdict wherever it is shown: a sign that needs no colour, and a colour that follows the theme. Pure.

Invariant: no two signs are alike, and each is one cell wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from prisma_tool.model.vocabulary import Verdict
from prisma_tool.reports.state import Phase
from prisma_tool.screening.queue import MARK_OF_VERDICT, QueueMark


@dataclass(frozen=True, slots=True)
class Appearance:
    """How something looks: its sign, its style in running text, and its style in the rows of a list."""

    sign: str
    style: str
    piece: str


class Look(Enum):
    """What a report can look like."""

    INCLUDE = Appearance("✓", "$text-success", "good")
    EXCLUDE = Appearance("✗", "$text-error", "bad")
    MAYBE = Appearance("?", "$text-warning", "doubt")
    CONFLICT = Appearance("≠", "bold $text-warning", "clash")
    ONGOING = Appearance("~", "$text-accent", "other")
    AWAITING = Appearance("…", "$text-accent", "other")
    WAITS = Appearance("·", "dim", "")
    SETTLED = Appearance("=", "dim", "quiet")
    NOT_RETRIEVED = Appearance("∅", "dim", "quiet")
    OTHERS = Appearance("-", "dim", "quiet")
    REMOVED = Appearance("×", "dim", "quiet")

    @property
    def sign(self) -> str:
        """The sign."""
        return self.value.sign

    @property
    def style(self) -> str:
        """The style in running text."""
        return self.value.style

    @property
    def piece(self) -> str:
        """The style in the rows of a list."""
        return self.value.piece


OF_VERDICT = {verdict: Look[verdict.name] for verdict in Verdict}
OF_MARK = {
    **{mark: OF_VERDICT[verdict] for verdict, mark in MARK_OF_VERDICT.items()},
    QueueMark.WAITS: Look.WAITS,
    QueueMark.SETTLED: Look.SETTLED,
    QueueMark.NOT_RETRIEVED: Look.NOT_RETRIEVED,
    QueueMark.OTHERS: Look.OTHERS,
    QueueMark.NOT_AT_STAGE: Look.REMOVED,
}
OF_PHASE = {
    Phase.REMOVED_AUTOMATIC: Look.REMOVED,
    Phase.REMOVED_OTHER: Look.REMOVED,
    Phase.SCREENING: Look.WAITS,
    Phase.SCREENING_CONFLICT: Look.CONFLICT,
    Phase.SCREENED_OUT: Look.EXCLUDE,
    Phase.SEEKING: Look.WAITS,
    Phase.NOT_RETRIEVED: Look.NOT_RETRIEVED,
    Phase.ASSESSING: Look.WAITS,
    Phase.ASSESSMENT_CONFLICT: Look.CONFLICT,
    Phase.EXCLUDED: Look.EXCLUDE,
    Phase.ONGOING: Look.ONGOING,
    Phase.AWAITING: Look.AWAITING,
    Phase.INCLUDED: Look.INCLUDE,
}
"""The looks of what a reviewer's own mark, and of what has become of a report, say."""


def look_of(verdict: str) -> Look:
    """The look of a verdict's value as an event holds it."""
    return OF_VERDICT[Verdict(verdict)]


def message_style(message: str) -> str:
    """A message that begins with the sign of a verdict has its colour; all others are quiet."""
    return next((look.style for look in OF_VERDICT.values() if message.startswith(f"{look.sign} ")), "dim")
