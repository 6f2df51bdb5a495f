"""Records that somebody should look at: each can be opened, gone to in its queue, or acknowledged, until none is left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from prisma_tool.flow.report_outcome import outcome_texts
from prisma_tool.records.browse import RecordListing
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.home.to_do import ListedWarning, waiting_keys
from prisma_tool.tui.record_browser.keys import NUMBER
from prisma_tool.tui.record_browser.number_screen import NumberScreen
from prisma_tool.tui.sessions.count_members import CountMembers
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.updates.acknowledgement import acknowledge, open_items

WARNING: Groups = (
    (
        NUMBER[0][0],
        (
            *NUMBER[0][1],
            Binding(
                "A",
                "acknowledge",
                "Acknowledge",
                id="warning.acknowledge",
                tooltip="Note that you have looked and that the decision stands: the record leaves this list",
            ),
        ),
    ),
    *NUMBER[1:],
)


class WarningScreen(NumberScreen):
    """Lies over Home."""

    CSS_PATH: ClassVar[str] = "../record_browser/number_screen.tcss"
    KEYS = WARNING
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(WARNING)

    def __init__(self, workspace: Workspace, warning: ListedWarning) -> None:
        super().__init__(workspace, _members(workspace, warning), "Home")
        self.warning = warning
        failed = partial(self.show_error, "It was not acknowledged")
        self._acknowledger = BackgroundQuery[str, frozenset[str]](self, self._acknowledge, self._acknowledged, failed)

    def action_acknowledge(self) -> None:
        """Acknowledge the marked record; the list ends with the last."""
        if self.list.marked is not None and not self._acknowledger.is_busy:
            self._acknowledger.ask(self.list.marked.key)

    def _acknowledge(self, key: str, _: Callable[[], bool]) -> frozenset[str]:
        review = self.workspace.review
        acknowledge(review, [key], self.workspace.reviewer)
        with review.store.read() as transaction:
            return waiting_keys(open_items(transaction))

    def _acknowledged(self, _: str, waiting: frozenset[str]) -> None:
        self._show_left(self.warning.among(waiting))

    def _show_left(self, left: ListedWarning) -> None:
        self.warning, self.members = left, _members(self.workspace, left)
        if not left.keys:
            self.app.notify("All of these are acknowledged.", markup=False)
            self.dismiss()
            return
        self.query_one("#number", Static).update(Content.styled(left.words, "bold"))
        self.list.show(self.members.listed, self.list.mark)


def _members(workspace: Workspace, warning: ListedWarning) -> CountMembers:
    return CountMembers(warning.words, RecordListing(workspace.review, warning.keys, outcome_texts))
