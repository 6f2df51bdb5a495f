"""Choosing one of a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from prisma_tool.tui.widgets.choices import Choices
from prisma_tool.tui.words.hint import Hint


class ChoiceDialog(ModalScreen[int | None]):
    """Answers with the place of the chosen line, or None when cancelled."""

    CSS_PATH = "choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="pick.cancel")]

    def __init__(self, heading: str, labels: Sequence[str]) -> None:
        super().__init__()
        self.heading, self.labels = heading, labels

    def compose(self) -> ComposeResult:
        """The question, the lines with their keys, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.heading, "bold"))
            yield Choices(self.labels)
            yield Hint("its key, or arrows and Enter · Esc changes nothing")

    def on_key(self, event: events.Key) -> None:
        """Answer with the line of this key."""
        place = self.query_one(Choices).place_of(event.character)
        if place is not None:
            event.stop()
            self.dismiss(place)

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen line."""
        self.dismiss(event.option_index)
