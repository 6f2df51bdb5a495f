"""A text to read and close again: the panel on narrow terminals, the help, a sentence about what went wrong."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class ReadingScreen(ModalScreen[None]):
    """Shows a text under a heading; `grave` marks a failure, by its frame as well as by its words."""

    CSS_PATH = "reading.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark,c", "dismiss(None)", "Close", id="reading.close"),
        Binding("j,down", "scroll(1)", "Down", show=False),
        Binding("k,up", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, heading: str, text: Content, *, grave: bool = False) -> None:
        super().__init__(classes="-grave" if grave else "")
        self.heading, self.text = heading, text

    def compose(self) -> ComposeResult:
        """Heading, text, and how to close it."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.heading, "bold"), id="heading")
            with VerticalScroll(can_focus=False):
                yield Static(self.text)
            yield Static("Esc closes", markup=False, classes="hint")

    def action_scroll(self, lines: int) -> None:
        """Move the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
