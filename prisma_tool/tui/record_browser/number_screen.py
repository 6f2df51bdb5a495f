"""The records behind one number of the figure, each with what has become of it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.text import printable
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.record_browser.keys import NUMBER
from prisma_tool.tui.record_browser.list_screen import RecordListScreen
from prisma_tool.tui.record_browser.record_list import RecordList, about
from prisma_tool.tui.sessions.count_members import CountMembers
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.row_list import RowList
from prisma_tool.tui.widgets.title_line import TitleLine


class NumberScreen(RecordListScreen):
    """Lies over the place in which the number stands, which is called `where`."""

    CSS_PATH: ClassVar[str] = "number_screen.tcss"
    KEYS = NUMBER
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(NUMBER)

    def __init__(self, workspace: Workspace, members: CountMembers, where: str) -> None:
        super().__init__(workspace)
        self.members, self.where = members, where

    def compose(self) -> ComposeResult:
        """Heading, the number, what was entered by hand, the records, the marked one, keys."""
        by_hand = [Content.styled(printable(line), QUIET) for line in self.members.by_hand]
        yield TitleLine(self.workspace.review.protocol.title, self.where, self.workspace.reviewer)
        yield Static(Content("\n").join([Content.styled(self.members.heading, "bold"), *by_hand]), id="number")
        yield RecordList(explained=True)
        yield Static(id="about")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show the records."""
        self.list.show(self.members.listed)

    @on(RowList.Marked)
    def _show_marked(self) -> None:
        self.query_one("#about", Static).update(about(self.list.marked, self.size.width - 4))

    def action_close(self) -> None:
        """Back to where the number stands."""
        self.dismiss()
