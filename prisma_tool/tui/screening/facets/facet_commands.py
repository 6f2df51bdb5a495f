"""The facets of a queue: the reviewer's own decisions, labels and sources with counts, one of which narrows the queue.

Invariant: nothing of others' votes is counted (counting rule 25): decisions are the marks of the reviewer's own queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from prisma_tool.records.facets import FACETS, FacetCount, FacetCounts, Facets
from prisma_tool.screening.queue import QueueMark
from prisma_tool.screening.queue_filter import STATES, has_condition, with_condition
from prisma_tool.store.index import arrival_order
from prisma_tool.tui.record_browser.facet_list import FacetList, FacetTable
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.find_commands import FindCommands
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.queue_cursor import QueueFilter
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.verdict_look import OF_MARK, VerdictLook
from prisma_tool.tui.words.refusal_words import refusal

_COUNTED = ("label", "source")
"""What is counted in the background; the marks stand in the queue."""
_SET = "unique"
"""Of a report, all of its records are meant."""


def _look(field: str, value: str) -> VerdictLook | None:
    return OF_MARK[STATES[value]] if field == "is" else None


OF_QUEUE = FacetTable({"is": "Your decision", **{name: FACETS[name] for name in _COUNTED}}, has_condition, _look)


class FacetCommands(CommandGroup):
    """Keeps the facets as the queue is, where there is room for them."""

    NAME = "facets"

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__(screen)
        self._facets = Facets(screen.workspace.review)
        self._counts: FacetCounts = {}
        self._counted: tuple[int, QueueFilter | None] | None = None
        self._asker = BackgroundQuery[Sequence[str], FacetCounts](
            screen, self._count, self._show_counts, lambda error: screen.show_message(refusal(error))
        )

    @property
    def _list(self) -> FacetList:
        return self.screen.query_one(FacetList)

    def focus(self) -> None:
        """Go to the facets, and back."""
        if self._list.has_focus:
            self.screen.set_focus(None)
        elif self._list.display:
            self._list.focus()
            if self._list.highlighted is None:
                self._list.action_first()
        else:
            self.screen.show_message("the facets stand beside the queue where the terminal has 160 columns")

    def choose(self, field: str, value: str) -> None:
        """Narrow the queue to a value, or no longer; the keys are about the record again."""
        self.screen.set_focus(None)
        typed = self.session.filter.typed if self.session.filter else ""
        find = self.screen.commands[FindCommands.NAME]
        assert isinstance(find, FindCommands)
        find.narrow(with_condition(typed, field, value))

    def painted(self) -> None:
        """Show the marks as they are, and count the rest anew where the queue is another one."""
        if not self._list.display:
            return
        here = (len(self.session.path), self.session.filter)
        if here != self._counted:
            self._counted = here
            self.count()
        self.show()

    def confirmed(self) -> None:
        """A decision was stored."""
        self.painted()

    def changed_elsewhere(self, changes: Changes) -> None:  # noqa: ARG002 - labels and sources may have come for any of them
        """Count anew."""
        self._counted = None
        self.painted()

    def count(self) -> None:
        """Count labels and sources."""
        self._list.outdate()
        self._asker.ask([self.session.queue.keys[place] for place in self.session.path])

    def _count(self, keys: Sequence[str], is_awaited: Callable[[], bool]) -> FacetCounts:
        with self.session.review.store.read() as transaction:
            positions = arrival_order.positions_of(transaction, keys)
        counts = self._facets.counts(_SET, positions, lambda _: is_awaited())
        # No line of a filter can ask for a value with a quotation mark in it.
        return {name: [one for one in counts.get(name, ()) if '"' not in one.value] for name in _COUNTED}

    def _show_counts(self, _: Sequence[str], counts: FacetCounts) -> None:
        self._counts = counts
        self.show()

    def show(self) -> None:
        """Show the facets."""
        session = self.session
        marks = Counter(QueueMark(session.queue.marks[place]) for place in session.path)
        own = [FacetCount(state, marks[mark]) for state, mark in STATES.items() if marks[mark]]
        self._list.show({"is": own, **self._counts}, session.filter.typed if session.filter else "")
