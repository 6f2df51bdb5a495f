"""The middle of the screen: one report, or a calm sentence where there is none. Scrolls; never cuts without a scroll bar."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.tui.widgets.record_text import Page


class RecordView(VerticalScroll, can_focus=False):
    """Shows a `Page` from its top."""

    def compose(self) -> ComposeResult:
        """Notices above, the text below."""
        yield Static(id="notices")
        yield Static(id="text")

    def show(self, page: Page) -> None:
        """Replace what is shown."""
        notices = self.query_one("#notices", Static)
        notices.display = bool(page.notices)
        notices.update(Content("\n").join([Content(f"! {line}") for line in page.notices]))
        self.query_one("#text", Static).update(page.content)
        self.scroll_home(animate=False, immediate=True)
