"""The facets of a queue: the reviewer's own decisions and what the records have, with counts, one of which narrows the queue.

Invariant: nothing of others' votes is counted (counting rule 25); `screening.queue_values` says what is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from prisma_tool.model.vocabulary import Stage
from prisma_tool.records.facets import FacetCounts
from prisma_tool.screening.queue import Queue
from prisma_tool.screening.queue_filter import has_value, with_queue_value
from prisma_tool.screening.queue_values import FIELDS, STATES, QueueReading
from prisma_tool.tui.record_browser.facet_list import FacetList, FacetTable
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.find_commands import FindCommands
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.queue_cursor import QueueFilter
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.verdict_look import OF_MARK, VerdictLook
from prisma_tool.tui.words.refusal_words import refusal


def _look(field: str, value: str) -> VerdictLook | None:
    return OF_MARK[STATES[value]] if field == "is" else None


OF_QUEUE = FacetTable(FIELDS, has_value, _look)


class _QueuePath(NamedTuple):
    """A queue and the places of it that are walked along."""

    queue: Queue
    places: Sequence[int]


class _Counted(NamedTuple):
    """What was read of a queue, and counted along its path; states are counted when they are shown, for each vote changes them."""

    reading: QueueReading
    counts: FacetCounts


class FacetCommands(CommandGroup):
    """Keeps the facets as the queue is, where there is room for them."""

    NAME = "facets"

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__(screen)
        self._counted = _Counted(QueueReading(screen.STAGE), {})
        self._asked_for: tuple[int, QueueFilter | None] | None = None
        self._asker = BackgroundQuery[_QueuePath, _Counted](
            screen, self._count, self._show_counts, lambda error: screen.show_message(refusal(error))
        )

    @property
    def _list(self) -> FacetList:
        return self.screen.query_one(FacetList)

    def focus(self) -> None:
        """Go to the facets, and back."""
        if not self._list.go_to_or_leave():
            self.screen.show_message("the facets stand beside the queue where the terminal has 160 columns")

    def choose(self, field: str, value: str) -> None:
        """Narrow the queue to a value, or no longer; the keys are about the record again."""
        self.screen.set_focus(None)
        typed = self.session.filter.typed if self.session.filter else ""
        find = self.screen.commands[FindCommands.NAME]
        assert isinstance(find, FindCommands)
        find.narrow(with_queue_value(typed, field, value))

    def painted(self) -> None:
        """Show the states as they are, and count the rest anew where the queue is another one."""
        if not self._list.display:
            return
        here = (len(self.session.path), self.session.filter)
        if here != self._asked_for:
            self._asked_for = here
            self.count()
        self.show()

    def confirmed(self) -> None:
        """A decision was stored; at full text, with its reason."""
        if self.session.stage is Stage.FULL_TEXT:
            self._asked_for = None
        self.painted()

    def changed_elsewhere(self, changes: Changes) -> None:  # noqa: ARG002 - labels and sources may have come for any of them
        """Count anew."""
        self._asked_for = None
        self.painted()

    def count(self) -> None:
        """Count all but the states."""
        self._list.outdate()
        self._asker.ask(_QueuePath(self.session.queue, tuple(self.session.path)))

    def _count(self, asked: _QueuePath, is_awaited: Callable[[], bool]) -> _Counted:
        reading = self.session.reader.read(FIELDS.keys(), lambda _: is_awaited())
        return _Counted(reading, reading.counts(*asked))

    def _show_counts(self, _: _QueuePath, counted: _Counted) -> None:
        self._counted = counted
        self.show()

    def show(self) -> None:
        """Show the facets."""
        session = self.session
        states = self._counted.reading.states(session.queue, session.path)
        self._list.show({"is": states, **self._counted.counts}, session.filter.typed if session.filter else "")
