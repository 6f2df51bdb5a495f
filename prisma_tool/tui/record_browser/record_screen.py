"""One record whole: its text, the records of its report, where it stands, and what was done.

Invariants: it shows what its viewer may see and changes nothing; `key` is the record on the screen, also while another one is being read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.record_browser.citing import offer_citing
from prisma_tool.tui.record_browser.keys import RECORD
from prisma_tool.tui.record_browser.record_page import record_details_page
from prisma_tool.tui.sessions.record_page_data import RecordDetails, read_record_details
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.highlight import terms
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_view import RecordView
from prisma_tool.tui.widgets.title_line import TitleLine

ReadKey = Callable[[], str]


class RecordScreen(PlaceScreen):
    """Lies over the list from which it was opened.

    `step` marks a neighbour there and returns what reads its key (in a thread), or None beyond the ends.
    """

    CSS_PATH: ClassVar[str] = "record_screen.tcss"
    KEYS = RECORD
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(RECORD)

    def __init__(self, workspace: Workspace, key: str, step: Callable[[int], ReadKey | None] = lambda _: None) -> None:
        super().__init__(workspace)
        self.key, self.step = key, step
        failed = partial(self.show_error, "The record could not be read")
        self._reader = BackgroundQuery[ReadKey, RecordDetails](self, self._read, self._show, failed)

    def compose(self) -> ComposeResult:
        """Heading, the record, keys."""
        yield TitleLine(self.workspace.review.protocol.title, "One record", self.workspace.reviewer)
        yield RecordView()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show the record."""
        self._reader.ask(lambda: self.key)

    def _read(self, read_key: ReadKey, _: Callable[[], bool]) -> RecordDetails:
        return read_record_details(self.workspace.review, read_key(), self.workspace.reviewer)

    def _show(self, _: ReadKey, details: RecordDetails) -> None:
        """Show the record from its top."""
        self.key = details.key
        protocol = self.workspace.review.protocol
        highlighted = terms(protocol.highlight_include, protocol.highlight_exclude)
        self.query_one(RecordView).show(record_details_page(details, protocol, highlighted))

    def action_step(self, by: int) -> None:
        """Go to a neighbour in the list."""
        read_key = self.step(by)
        if read_key is None:
            self.notify("This is the last one." if by > 0 else "This is the first one.", markup=False, timeout=2)
        else:
            self._reader.ask(read_key)

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

    def action_cite(self) -> None:
        """Search by citation from this record."""
        offer_citing(self, (self.key,))

    def action_close(self) -> None:
        """Back to the list."""
        self.dismiss()
