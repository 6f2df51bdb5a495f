"""A text to read and close again: the panel on narrow terminals, the help, a sentence about what went wrong.

Invariant: where text lies below the last line, a mark says so.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.tui.widgets.seen_first import SeenFirst
from prisma_tool.tui.words.hint import Hint

_ROWS_AROUND = 6
"""The frame, the heading with the blank row below it, the mark and the way to close; text_page.tcss draws them."""
_MORE = "▼ more below: Space or PgDn"


class TextPage(SeenFirst[None]):
    """Shows a text under a heading; `grave` marks a failure, by its frame as well as by its words."""

    CSS_PATH = "text_page.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark,c", "dismiss(None)", "Close", id="reading.close"),
        Binding("j,down", "scroll(1)", "Down", show=False),
        Binding("k,up", "scroll(-1)", "Up", show=False),
        Binding("space,pagedown", "page(1)", "Page down", show=False),
        Binding("b,pageup", "page(-1)", "Page up", show=False),
        Binding("home", "edge(0)", "Beginning", show=False),
        Binding("end", "edge(1)", "End", show=False),
    ]

    def __init__(self, heading: str, text: Content, *, grave: bool = False) -> None:
        super().__init__(classes="-grave" if grave else "")
        self.heading, self.text = heading, text

    def compose(self) -> ComposeResult:
        """Heading, text, the mark, and how to close it."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.heading, "bold"), id="heading")
            with VerticalScroll(can_focus=False):
                yield Static(self.text, id="page-text")
            yield Static(id="more")
            yield Hint("Esc closes")

    def on_mount(self) -> None:
        """Keep the mark true wherever the text moves and whatever room it gets."""
        view = self.query_one(VerticalScroll)
        for moves in ("scroll_y", "virtual_size", "container_size"):
            self.watch(view, moves, self._mark_soon)

    def on_resize(self, event: events.Resize) -> None:
        """Give the text all the room there is."""
        self.query_one(VerticalScroll).styles.max_height = max(1, event.size.height - _ROWS_AROUND)
        self._mark_soon()

    def _mark_soon(self) -> None:
        """Of a text that has grown, the room for it is known only after the layout."""
        self.call_after_refresh(self._mark)

    def _mark(self) -> None:
        view = self.query_one(VerticalScroll)
        below = view.max_scroll_y - view.scroll_y > 0
        self.query_one("#more", Static).update(_MORE if below else "")

    def action_scroll(self, lines: int) -> None:
        """Move the text by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the text by pages, with a line in common."""
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=pages * max(1, view.size.height - 1), animate=False)

    def action_edge(self, share: int) -> None:
        """Go to the beginning (0) or the end (1)."""
        view = self.query_one(VerticalScroll)
        view.scroll_to(y=share * view.max_scroll_y, animate=False)
