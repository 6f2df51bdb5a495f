"""Choosing the one exclusion reason from the protocol's ordered list, by a single key."""

from __future__ import annotations

from string import ascii_lowercase
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from prisma_tool.model.protocol import Reason

KEYS = "123456789" + ascii_lowercase
"""The keys of the reasons in their order; reasons beyond them are reached with the arrows."""


class ReasonScreen(ModalScreen[Reason | None]):
    """Answers with the reason, or None when cancelled."""

    CSS_PATH = "reason.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="reason.cancel")]

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__()
        self.reasons = reasons

    def compose(self) -> ComposeResult:
        """The question, the reasons with their keys, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Why is it excluded? The first that applies is the reason.", "bold"))
            yield OptionList(*(Option(_line(place, reason)) for place, reason in enumerate(self.reasons)))
            yield Static("key or arrows and Enter · Esc leaves the record undecided", markup=False, classes="hint")

    def on_key(self, event: events.Key) -> None:
        """Answer with the reason of this key."""
        place = KEYS.find(event.character) if event.character else -1
        if 0 <= place < len(self.reasons):
            event.stop()
            self.dismiss(self.reasons[place])

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen line."""
        self.dismiss(self.reasons[event.option_index])


def _line(place: int, reason: Reason) -> Content:
    key = KEYS[place] if place < len(KEYS) else " "
    return Content.assemble((f" {key} ", "bold reverse"), f"  {reason.label}")
