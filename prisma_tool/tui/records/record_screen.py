"""One record whole: its text, the records of its report, where it stands, and what was done.

Invariant: it shows what its viewer may see and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Footer

from prisma_tool.errors import PrismaError
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.records.keys import RECORD
from prisma_tool.tui.records.record_page import opened_page
from prisma_tool.tui.sessions.record_page_data import read_opened
from prisma_tool.tui.sessions.workspace import Workplace
from prisma_tool.tui.widgets.highlight import terms
from prisma_tool.tui.widgets.record_view import RecordView
from prisma_tool.tui.widgets.title_line import TitleLine


class RecordScreen(PlaceScreen):
    """Lies over the list from which it was opened; `step` marks a neighbour there and names it, or nothing beyond the ends."""

    CSS_PATH: ClassVar[str] = "record_screen.tcss"
    KEYS = RECORD
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(RECORD)

    def __init__(self, workplace: Workplace, key: str, step: Callable[[int], str] = lambda _: "") -> None:
        super().__init__(workplace)
        self.key, self.step = key, step

    def compose(self) -> ComposeResult:
        """Heading, the record, keys."""
        yield TitleLine(self.workplace.review.protocol.title, f"One record · {self.workplace.reviewer}")
        yield RecordView()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Show the record."""
        self.paint()

    def paint(self) -> None:
        """Read the record and show it from its top."""
        protocol = self.workplace.review.protocol
        try:
            opened = read_opened(self.workplace.review, self.key, self.workplace.reviewer)
        except PrismaError as error:
            self.trouble("The record could not be read", error)
            return
        highlighted = terms(protocol.highlight_include, protocol.highlight_exclude)
        self.query_one(RecordView).show(opened_page(opened, protocol, highlighted))

    def action_step(self, by: int) -> None:
        """Go to a neighbour in the list."""
        try:
            key = self.step(by)
        except PrismaError as error:
            self.trouble("The record could not be read", error)
            return
        if key:
            self.key = key
            self.paint()
        else:
            self.notify("This is the last one." if by > 0 else "This is the first one.", markup=False, timeout=2)

    def action_scroll(self, lines: int) -> None:
        """Move the text by lines."""
        self.query_one(RecordView).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the text by pages."""
        view = self.query_one(RecordView)
        view.scroll_relative(y=pages * max(1, view.size.height - 2), animate=False)

    def action_go_to_queue(self) -> None:
        """Go to the report in its queue."""
        self.application.show_report(self.key)

    def action_close(self) -> None:
        """Back to the list."""
        self.dismiss()
