"""The middle of the screen: one report, or a calm sentence where there is none. Scrolls; never cuts without a scroll bar."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Static

from prisma_tool.tui.widgets.record_text import ReportPage


class _RecordText(Static):
    """A text whose height changes with each record."""

    virtual_size = Reactive(Size(0, 0), repaint=False)
    """Textual lays the whole screen out once more when this changes; nothing depends on it that the first time did not see."""


class RecordView(VerticalScroll, can_focus=False):
    """Shows a `ReportPage` from its top."""

    # A scroll bar that comes or goes asks for a layout itself.
    virtual_size = Reactive(Size(0, 0), repaint=False)
    content: Content = Content("")
    _page: ReportPage | None = None

    def compose(self) -> ComposeResult:
        """Notices above, the text below."""
        yield _RecordText(id="notices")
        yield _RecordText(id="text")

    def show(self, page: ReportPage) -> None:
        """Replace what is shown; the very page that is shown already stays as it is."""
        if page is self._page:
            return
        self._page = page
        notices = self.query_one("#notices", Static)
        if page.notices or notices.display:
            notices.display = bool(page.notices)
            notices.update(Content("\n").join([Content(f"! {line}") for line in page.notices]))
        self.content = page.content
        self.query_one("#text", Static).update(page.content)
        self.scroll_home(animate=False, immediate=True)

    def mark(self, content: Content) -> None:
        """Show the same text with other marks; it stays where it is."""
        self.query_one("#text", Static).update(content)

    def show_offset(self, offset: int) -> None:
        """Scroll so that the line with this character is in sight, with two lines of context above it."""
        text = self.query_one("#text", Static)
        width = max(1, text.content_size.width)
        line = len(Content(self.content.plain[: offset + 1]).wrap(width)) - 1
        self.scroll_to(y=max(0, text.virtual_region.y + line - 2), animate=False, immediate=True)
