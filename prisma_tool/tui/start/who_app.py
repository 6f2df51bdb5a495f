"""Asking who works, before a review is opened for somebody.

Invariant: nobody is taken for anybody by a key that was sent before the question was on the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from prisma_tool.model.text import one_line
from prisma_tool.review.user_settings import USUAL, Settings
from prisma_tool.tui.start.start_app import ThemedApp
from prisma_tool.tui.widgets.choices import Choices
from prisma_tool.tui.widgets.seen_first import SeenFirst
from prisma_tool.tui.words.hint import Hint

_KEYS = "123456789"
"""Letters leave, or are the beginning of a name that somebody types; whoever comes after the ninth is reached with the arrows."""


class WhoScreen(SeenFirst[str | None]):
    """Answers with one of the names, or None where the person leaves; the one who worked here last is marked."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Leave", id="who.leave")]

    def __init__(self, title: str, names: Sequence[str], last: str) -> None:
        super().__init__()
        self.review_title, self.names, self.last = title, names, last

    def compose(self) -> ComposeResult:
        """The question, the names with their keys, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Who are you?", "bold"))
            yield Static(Content(one_line(self.review_title)))
            yield Choices([one_line(name) for name in self.names], _KEYS)
            yield Hint("Its key, or arrows and Enter · Esc leaves")

    def on_mount(self) -> None:
        """Propose who worked here last."""
        if self.last in self.names:
            self.query_one(Choices).highlighted = self.names.index(self.last)

    def on_key(self, event: events.Key) -> None:
        """Answer with the name of this key."""
        place = self.query_one(Choices).place_of(event.character)
        if place is not None:
            event.stop()
            self.dismiss(self.names[place])

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen name."""
        self.dismiss(self.names[event.option_index])


class WhoApp(ThemedApp):
    """Asks who works; `chosen` is None where the person left."""

    def __init__(self, title: str, names: Sequence[str], last: str, settings: Settings = USUAL) -> None:
        super().__init__(settings)
        self.chosen: str | None = None
        self._question = WhoScreen(title, names, last)

    def on_mount(self) -> None:
        """Ask."""
        self.push_screen(self._question, self._take_name)

    def _take_name(self, name: str | None) -> None:
        self.chosen = name
        self.exit()
