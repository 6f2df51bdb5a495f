"""Saying yes to what is about to be done."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.tui.widgets.seen_first import SeenFirst
from prisma_tool.tui.words.hint import Hint


class ConfirmDialog(SeenFirst[bool]):
    """Shows what is about to be done; true where Enter agrees."""

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(False)", "No", id="confirm.no"),
        Binding("enter,y", "dismiss(True)", "Yes", id="confirm.yes"),
        Binding("j,down", "scroll(1)", "Down", show=False),
        Binding("k,up", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, heading: str, text: Content, consequence: str) -> None:
        super().__init__()
        self.heading, self.text, self.consequence = heading, text, consequence

    def compose(self) -> ComposeResult:
        """What will be done, and how to say yes or no."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.heading, "bold"))
            with VerticalScroll(can_focus=False):
                yield Static(self.text)
            yield Hint(f"Enter {self.consequence} · Esc does not")

    def action_scroll(self, lines: int) -> None:
        """Move the text by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
