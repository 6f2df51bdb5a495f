"""The full-text workbench: the reports, the text of one of them or its record, and the reasons and criteria."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from prisma_tool.fulltext.inbox_folder import INBOX
from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.screening.decision_commands import DecisionCommands
from prisma_tool.tui.screening.facets.facet_commands import FacetCommands
from prisma_tool.tui.screening.facets.faceted_screen import FacetedScreen
from prisma_tool.tui.screening.full_text_commands import FullTextCommands
from prisma_tool.tui.screening.keys import FULL_TEXT
from prisma_tool.tui.screening.record_commands import RecordCommands
from prisma_tool.tui.screening.report_screen import WIDE, WIDEST
from prisma_tool.tui.screening.side_panel import PANEL_WIDTH, panel_text
from prisma_tool.tui.screening.workbench.document_pane import DocumentPane
from prisma_tool.tui.screening.workbench.inbox_commands import InboxCommands
from prisma_tool.tui.screening.workbench.reasons_text import reasons_text
from prisma_tool.tui.screening.workbench.report_list import ListCommands, ReportList
from prisma_tool.tui.screening.workbench.text_commands import TextCommands, TextFindCommands
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.record_view import RecordView
from prisma_tool.tui.widgets.text_columns import fitted

_AROUND = 6
"""Cells around what is said below a text: the margins, and the blanks between its halves."""
_SLIM_PANEL = 26
"""Columns of text in the panel where the terminal is not among the widest; screen.tcss makes room for them."""


class FullTextScreen(FacetedScreen):
    """Assessing full texts: exclusion needs a reason, and there are retrievals and two more verdicts."""

    CSS_PATH: ClassVar[list[str]] = ["../report_screen.tcss", "screen.tcss"]  # type: ignore[assignment] # as Textual reads it
    STAGE = Stage.FULL_TEXT
    PANEL_FROM = WIDE
    GROUPS = (
        TextFindCommands,
        FacetCommands,
        DecisionCommands,
        RecordCommands,
        FullTextCommands,
        InboxCommands,
        ListCommands,
        TextCommands,
    )
    KEYS = FULL_TEXT
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(FULL_TEXT)

    @property
    def text(self) -> TextCommands:
        """What shows the text."""
        return cast("TextCommands", self.commands[TextCommands.NAME])

    def queue_list(self) -> Widget:
        """The reports with what each waits for."""
        return ReportList()

    def compose_report(self) -> ComposeResult:
        """The record, the text, and where one is in it."""
        yield RecordView()
        yield DocumentPane()
        yield Static(id="part")

    def on_unmount(self) -> None:
        """Give back what reads."""
        self.text.close()

    @on(DocumentPane.Moved)
    def show_part(self) -> None:
        """Say where one is in the text."""
        page, pane = self.text.page, self.query_one(DocumentPane)
        self.text.moved(pane)
        if page is not None and page.parts:
            words = " · ".join(filter(None, (page.part_at(pane.top), f"{share(pane)} %", "Tab shows the record")))
            room = max(0, pane.size.width - len(words) - _AROUND)
            line = Content.assemble((fitted(page.title, room), "bold"), ("  " + words, QUIET))
            self.query_one("#part", Static).update(line, layout=False)

    @on(ReportList.Opened)
    def go_to_marked(self, message: ReportList.Opened) -> None:
        """Go to the report that was clicked on."""
        place = message.list.mark
        if place != self.session.position and self.is_painted:
            self.session.jump(place + 1)
            self.paint()

    def take_documents(self, files: Sequence[Path]) -> None:
        """Match what came into the inbox with the reports; what lies elsewhere is for the report on the screen."""
        if all(file.parent == self.session.review.folder / INBOX for file in files):
            cast("InboxCommands", self.commands[InboxCommands.NAME]).show()
        else:
            cast("FullTextCommands", self.commands[FullTextCommands.NAME]).offer(tuple(files))

    def action_scroll(self, lines: int) -> None:
        """Move the text, or the record, by lines."""
        if self.text.is_shown:
            self.query_one(DocumentPane).scroll_relative(y=lines, animate=False)
        else:
            super().action_scroll(lines)

    def action_page(self, pages: int) -> None:
        """Move the text, or the record, by pages."""
        if self.text.is_shown:
            pane = self.query_one(DocumentPane)
            pane.scroll_relative(y=pages * max(1, pane.size.height - 2), animate=False)
        else:
            super().action_page(pages)

    def _panel(self, width: int) -> Content:
        """The reasons first, then what stands beside every report, with the highlights of what is shown."""
        session = self.session
        if width == PANEL_WIDTH and self.app.size.width < WIDEST:
            width = _SLIM_PANEL
        shown = self.text.page if self.text.is_shown else None
        marks = shown.matches if shown else self.page.marks
        vote = self.report.item.vote if self.report else None
        parts = [
            reasons_text(session.protocol, vote, width),
            panel_text(session.protocol, session.stage, session.progress(), session.pace(), marks, width),
        ]
        return Content("\n\n").join([part for part in parts if part])


def share(pane: DocumentPane) -> int:
    """How much of a text has been in sight, of 100."""
    last = pane.scroll_offset.y + pane.size.height
    return min(100, round(100 * last / max(1, len(pane.lines))))
