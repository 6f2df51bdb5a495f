"""One look for a verdict wherever it is shown: a sign that needs no colour, and a colour that follows the theme. Pure.

Invariant: no two signs are alike, and each is one cell wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from textual.content import Content

from prisma_tool.history.activity import LogEntry
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Verdict
from prisma_tool.reports.state import Phase
from prisma_tool.screening.queue import MARK_OF_VERDICT, QueueMark


@dataclass(frozen=True, slots=True)
class SignAndStyle:
    """How something looks: its sign, its style in running text, and its style in the rows of a list."""

    sign: str
    style: str
    piece: str


class VerdictLook(Enum):
    """What a report can look like."""

    INCLUDE = SignAndStyle("✓", "$text-success", "good")
    EXCLUDE = SignAndStyle("✗", "$text-error", "bad")
    MAYBE = SignAndStyle("?", "$text-warning", "doubt")
    CONFLICT = SignAndStyle("≠", "bold $text-warning", "clash")
    ONGOING = SignAndStyle("~", "$text-accent", "other")
    AWAITING = SignAndStyle("…", "$text-accent", "other")
    WAITS = SignAndStyle("·", "dim", "")
    SETTLED = SignAndStyle("=", "dim", "quiet")
    NOT_RETRIEVED = SignAndStyle("∅", "dim", "quiet")
    OTHERS = SignAndStyle("-", "dim", "quiet")
    REMOVED = SignAndStyle("×", "dim", "quiet")

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


OF_VERDICT = {verdict: VerdictLook[verdict.name] for verdict in Verdict}
OF_MARK = {
    **{mark: OF_VERDICT[verdict] for verdict, mark in MARK_OF_VERDICT.items()},
    QueueMark.WAITS: VerdictLook.WAITS,
    QueueMark.SETTLED: VerdictLook.SETTLED,
    QueueMark.NOT_RETRIEVED: VerdictLook.NOT_RETRIEVED,
    QueueMark.OTHERS: VerdictLook.OTHERS,
    QueueMark.NOT_AT_STAGE: VerdictLook.REMOVED,
}
OF_PHASE = {
    Phase.REMOVED_AUTOMATIC: VerdictLook.REMOVED,
    Phase.REMOVED_OTHER: VerdictLook.REMOVED,
    Phase.SCREENING: VerdictLook.WAITS,
    Phase.SCREENING_CONFLICT: VerdictLook.CONFLICT,
    Phase.SCREENED_OUT: VerdictLook.EXCLUDE,
    Phase.SEEKING: VerdictLook.WAITS,
    Phase.NOT_RETRIEVED: VerdictLook.NOT_RETRIEVED,
    Phase.ASSESSING: VerdictLook.WAITS,
    Phase.ASSESSMENT_CONFLICT: VerdictLook.CONFLICT,
    Phase.EXCLUDED: VerdictLook.EXCLUDE,
    Phase.ONGOING: VerdictLook.ONGOING,
    Phase.AWAITING: VerdictLook.AWAITING,
    Phase.INCLUDED: VerdictLook.INCLUDE,
}
"""The looks of what a reviewer's own mark, and of what has become of a report, say."""


_VERDICTS = frozenset({EventKind.DECISION, EventKind.ADJUDICATION})


def look_of(verdict: str) -> VerdictLook:
    """The look of a verdict's value as an event holds it."""
    return OF_VERDICT[Verdict(verdict)]


def standing(phase: Phase, words: str = "") -> Content:
    """Where a report stands, with sign and colour; in these words, or in those of the phase."""
    look = OF_PHASE[phase]
    return Content.styled(f"{look.sign} {one_line(words or phase.value)}", look.style)


def verdict_in(entry: LogEntry) -> VerdictLook | None:
    """The look of the verdict that an entry tells of, if it tells of one."""
    verdict = dict(entry.details).get("verdict", "") if entry.kind in _VERDICTS and not entry.held_back else ""
    return look_of(verdict) if verdict in frozenset(Verdict) else None


def message_style(message: str) -> str:
    """A message that begins with the sign of a verdict has its colour; all others are quiet."""
    return next((look.style for look in OF_VERDICT.values() if message.startswith(f"{look.sign} ")), "dim")
