"""Records that somebody should look at: each can be opened, gone to in its queue, or acknowledged, until none is left."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from prisma_tool.flow.report_outcome import outcome_texts
from prisma_tool.records.browse import RecordListing
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.home.to_do import ListedWarning
from prisma_tool.tui.record_browser.keys import NUMBER
from prisma_tool.tui.record_browser.number_screen import NumberScreen
from prisma_tool.tui.sessions.count_members import CountMembers
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.updates.acknowledgement import acknowledge

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

    def action_acknowledge(self) -> None:
        """Acknowledge the marked record; the list ends with the last."""
        row, workspace = self.list.marked, self.workspace
        if row is None:
            return
        if self.attempt("It was not acknowledged", lambda: acknowledge(workspace.review, [row.key], workspace.reviewer)):
            self._show_left(self.warning.without(row.key))

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
