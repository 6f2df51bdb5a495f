"""Which keys of a screening queue do something as things stand, and which its footer names first. Pure.

Invariant: where no record is shown, no key about a record is named; the keys to the places that come next are.
"""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.widgets.key_footer import KeyUse

_MOST_USED = (
    "screening.exclude-for-reason",
    "screening.note",
    "screening.text",
    "screening.find-text",
    "screening.inbox",
    "screening.filter",
    "screening.facets",
    "screening.find",
    "record.labels",
    "screening.previous",
    "screening.next",
    "screening.skip",
    "record.open",
    "screening.order",
    "screening.why",
    "screening.duplicate",
    "screening.jump",
    "screening.criteria",
)
_MOST_USED_AFTERWARDS = ("screening.previous", "screening.filter", "screening.jump", "screening.inbox", "screening.order")
_ABOUT_A_RECORD = (
    "command('decision.",
    "command('record.",
    "command('find.find",
    "command('find.records",
    "command('full_text.retrieval",
    "command('relevance.why",
    "command('text.",
)
_ABOUT_NONE = ("command('decision.undo", "command('record.fetch_abstracts", "command('record.add_report")
"""How the actions begin that are about the record on the screen, and which of these need none."""
_NEXT = {
    Stage.TITLE_ABSTRACT: ("go.full-text", "go.home", "go.conflicts"),
    Stage.FULL_TEXT: ("go.studies", "go.flow", "go.home"),
}
_BEFORE = {Stage.TITLE_ABSTRACT: ("go.search", "go.duplicates"), Stage.FULL_TEXT: ("go.title-abstract",)}
"""The keys to the places that come next where all is decided, and to those that bring something to decide."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """What of a queue, and of the record on the screen, decides which keys are of use."""

    stage: Stage
    is_on_record: bool = False
    total: int = 0
    is_waiting: bool = False
    has_votes: bool = False
    votes_of_sitting: bool = False
    is_filtered: bool = False
    has_criteria: bool = False
    is_ordered: bool = False
    is_first: bool = False
    is_captured: bool = False
    lacks_results: bool = False
    has_changed: bool = False

    def is_useful(self, action: str) -> bool:
        """Whether an action does something."""
        if not self.is_on_record and action.startswith(_ABOUT_A_RECORD) and not action.startswith(_ABOUT_NONE):
            return False
        return {
            "step(1)": self.is_on_record,
            "criteria": self.is_on_record,
            "step(-1)": self.total > 0 and not self.is_first,
            "skip": self.is_waiting,
            "command('find.filter')": self.total > 0,
            "command('find.jump')": self.total > 0,
            "command('find.clear')": self.is_filtered,
            "command('decision.undo')": self.has_votes,
            "command('decision.undo_several')": self.votes_of_sitting,
            "command('decision.answer')": self.has_criteria,
            "command('decision.answer_in_order')": self.has_criteria,
            "command('decision.captured')": self.is_captured,
            "command('decision.no_results')": self.lacks_results,
            "command('decision.acknowledge')": self.has_changed,
            "command('relevance.order')": self.total > 0,
            "command('relevance.why')": self.is_ordered,
            "command('list.show_all')": self.total > 0,
        }.get(action, True)

    def key_use(self) -> KeyUse:
        """Which keys are named first, and how."""
        if self.is_on_record:
            return KeyUse(most_used=_MOST_USED)
        names = {"screening.previous": "Change a vote" if self.has_votes else "Back", "screening.skip": "Next to decide"}
        if self.is_waiting:
            return KeyUse(("screening.skip",), _MOST_USED_AFTERWARDS, names)
        return KeyUse((_NEXT if self.total else _BEFORE)[self.stage], _MOST_USED_AFTERWARDS, names)


def queue_state(session: ScreeningSession, report: ReportOnScreen | None) -> QueueState:
    """How things stand in a session that shows a report, or none."""
    progress = session.progress()
    return QueueState(
        session.stage,
        is_on_record=report is not None,
        total=progress.total,
        is_waiting=progress.waiting > 0,
        has_votes=any(progress.mine.values()),
        votes_of_sitting=bool(session.given),
        is_filtered=session.filter is not None,
        has_criteria=bool(session.protocol.criteria),
        is_ordered=bool(session.order),
        is_first=session.position == 0,
        is_captured=report is not None and bool(report.captured),
        lacks_results=report is not None and report.lacks_results,
        has_changed=report is not None and bool(report.raised),
    )
