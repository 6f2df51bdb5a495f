"""Choosing one of several lines, by its key or by arrows and Enter; and saying yes to what is about to be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from prisma_tool.tui.widgets.choices import Choices


class ChooseScreen(ModalScreen[int | None]):
    """Answers with the place of the chosen line, or None."""

    CSS_PATH = "choose.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="choose.cancel")]

    def __init__(
        self, question: str, labels: Sequence[str], hint: str = "its key, or arrows and Enter · Esc changes nothing"
    ) -> None:
        super().__init__()
        self.question, self.labels, self.hint = question, labels, hint

    def compose(self) -> ComposeResult:
        """The question, the lines with their keys, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.question, "bold"))
            yield Choices(self.labels)
            yield Static(self.hint, markup=False, classes="hint")

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


class ConfirmScreen(ModalScreen[bool]):
    """Shows what is about to be done; true where Enter agrees."""

    CSS_PATH = "choose.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(False)", "No", id="confirm.no"),
        Binding("enter,y", "dismiss(True)", "Yes", id="confirm.yes"),
        Binding("j,down", "scroll(1)", "Down", show=False),
        Binding("k,up", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, heading: str, text: Content, deed: str) -> None:
        super().__init__()
        self.heading, self.text, self.deed = heading, text, deed

    def compose(self) -> ComposeResult:
        """What will be done, and how to say yes or no."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.heading, "bold"))
            with VerticalScroll(can_focus=False):
                yield Static(self.text)
            yield Static(f"Enter {self.deed} · Esc does not", markup=False, classes="hint")

    def action_scroll(self, lines: int) -> None:
        """Move the text by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
