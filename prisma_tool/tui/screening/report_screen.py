"""Going through the reports of a desk one after the other: painting, moving, and deeds that are about what is on the screen.

Invariant: the next record is painted only after the store has confirmed the decision about the one before, and a decision is
always about the record that is on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.text_page import ReadingScreen
from prisma_tool.tui.screening.end_page import end_page, unreadable_page
from prisma_tool.tui.screening.position_line import standing_line
from prisma_tool.tui.screening.side_panel import PANEL_WIDTH, SidePanel, panel_text
from prisma_tool.tui.sessions.change_feed import News
from prisma_tool.tui.sessions.report_on_screen import Shown
from prisma_tool.tui.sessions.workspace import Workplace
from prisma_tool.tui.widgets.highlight import terms
from prisma_tool.tui.widgets.progress_line import Heading
from prisma_tool.tui.widgets.record_text import QUIET, Page, page
from prisma_tool.tui.widgets.record_view import RecordView

WIDE = 120
"""From this many columns on, the panel has room beside a record."""
_MODAL_WIDTH = 68


class SittingScreen(PlaceScreen):
    """Shows where the desk stands, and moves."""

    CSS_PATH = "report_screen.tcss"
    STAGE: ClassVar[Stage]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self.desk = desk = workplace.desk(self.STAGE)
        self.shown: Shown | None = None
        self.page = unreadable_page()
        self.said, self.panel = "", Content("")
        self.terms = terms(desk.protocol.highlight_include, desk.protocol.highlight_exclude)

    def compose(self) -> ComposeResult:
        """Heading, record with the panel beside it, keys."""
        yield Heading(self.desk)
        with Horizontal():
            with Vertical():
                with Vertical(id="above"):
                    yield Static(id="standing")
                    yield Static(id="said")
                yield RecordView()
            yield SidePanel()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin at the first record that waits."""
        self.paint()

    def paint(self, said: str = "") -> None:
        """Show the report at the desk's place; `said` is a word on what has just happened."""
        try:
            self.shown = self.desk.read()
        except PrismaError as error:
            self.shown, self.page = None, unreadable_page()
            self.trouble("The next record could not be read", error)
        else:
            self.page = self._page()
        self.query_one(RecordView).show(self.page)
        self.query_one("#standing", Static).update(standing_line(self.desk, self.shown), layout=False)
        self.paint_word(said)
        self._show_progress()

    def _show_progress(self) -> None:
        self.query_one(Heading).show(self.desk.progress())
        panel = self._panel(PANEL_WIDTH)
        if not panel.is_same(self.panel):
            self.panel = panel
            self.query_one(SidePanel).show(panel)

    def _page(self) -> Page:
        return page(self.shown, self.terms) if self.shown else end_page(self.desk.progress(), self.desk.stage)

    def _panel(self, width: int) -> Content:
        return panel_text(self.desk.protocol, self.desk.stage, self.desk.progress(), self.desk.pace(), self.page.marks, width)

    def paint_word(self, said: str) -> None:
        """Show a word on what has just happened."""
        self.said = said
        self.query_one("#said", Static).update(Content.styled(said, QUIET), layout=False)

    def _do_here(self, failed: str, deed: Callable[[], str | None]) -> None:
        """Do a deed about the report that is on the screen, or show which one the desk stands at now."""
        if self._on_screen():
            self._do(failed, deed)
        elif self.shown is not None:
            self.paint("the queue has moved meanwhile; nothing was stored")

    def _do(self, failed: str, deed: Callable[[], str | None]) -> None:
        """Do a deed and paint what follows from it; a refusal is shown and changes nothing. The deed may return a word on itself."""
        try:
            said = deed()
        except PrismaError as error:
            self.trouble(failed, error)
        else:
            self.paint(said or "")

    def action_step(self, by: int) -> None:
        """Go to a neighbouring record."""
        self.desk.step(by)
        self.paint()

    def action_skip(self) -> None:
        """Go to the next record that waits."""
        self.paint("back at the first that waits" if self.desk.skip() else "")

    def action_scroll(self, lines: int) -> None:
        """Move the record's text by lines."""
        self.query_one(RecordView).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the record's text by pages."""
        view = self.query_one(RecordView)
        view.scroll_relative(y=pages * max(1, view.size.height - 2), animate=False)

    def action_criteria(self) -> None:
        """Show the panel: over the record where it does not fit beside it, else show or hide it."""
        if self.app.size.width < WIDE:
            self.app.push_screen(ReadingScreen("Criteria, highlights, progress", self._panel(_MODAL_WIDTH)))
        else:
            panel = self.query_one(SidePanel)
            panel.set_class(not panel.has_class("-hidden"), "-hidden")

    def search_ended(self) -> None:
        """New records may have come; a reviewer who waits at the end of the list is shown them."""
        if self.desk.current is None:
            self.come_back()

    def hear(self, news: News) -> None:
        """Another window may have decided: the counts follow, and the record is painted anew where it is not as it was."""
        self._show_progress()
        here = {record.key for record in self.shown.records} if self.shown else set()
        if self.shown and self._on_screen() and not news.whole and not here & news.spoken_of:
            return
        try:
            now = self.desk.read()
        except PrismaError as error:
            self.paint_word(one_line(error.message))
            return
        if now is None or now != self.shown:
            self.paint("changed in another window" if now and now.item.key in here else self.said)

    def _on_screen(self) -> bool:
        """Whether the desk still stands at the report that is on the screen: what happens elsewhere may move it."""
        return self.shown is not None and self.desk.current == self.shown.item.key

    def come_back(self) -> None:
        """Much may have happened meanwhile; the report that is shown stays."""
        self._do("The queue could not be read", self._came_back)

    def _came_back(self) -> str:
        self.desk.refresh()
        return ""
