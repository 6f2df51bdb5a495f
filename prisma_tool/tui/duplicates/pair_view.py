"""The middle of the duplicates screen: one pair, or a calm page where there is none. Redrawn for the width it gets."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.tui.duplicates.pair_text import pair_text
from prisma_tool.tui.sessions.duplicates_session import Pair


class PairView(VerticalScroll, can_focus=False):
    """Shows a pair, or a page of text, from its top."""

    shown: Pair | Content = Content("")

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static()

    def show(self, what: Pair | Content) -> None:
        """Replace what is shown."""
        self.shown = what
        self._draw()
        self.scroll_home(animate=False, immediate=True)

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    def _draw(self) -> None:
        text = pair_text(self.shown, self.scrollable_content_region.width) if isinstance(self.shown, Pair) else self.shown
        self.query_one(Static).update(text)
