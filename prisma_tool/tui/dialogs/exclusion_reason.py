"""Choosing the one exclusion reason from the protocol's ordered list, by a single key or by arrows and Enter."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from prisma_tool.model.protocol.protocol import Reason
from prisma_tool.tui.widgets.choices import KEYS_BESIDE_VERDICTS, Choices


class ExclusionReasonDialog(ModalScreen[Reason | None]):
    """Answers with the reason, or None when cancelled."""

    CSS_PATH = "exclusion_reason.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="reason.cancel")]

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__()
        self.reasons = reasons

    def compose(self) -> ComposeResult:
        """The question, the reasons with their keys, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Why is it excluded? The first that applies is the reason.", "bold"))
            yield Choices([reason.label for reason in self.reasons], KEYS_BESIDE_VERDICTS)
            yield Static("its key, or arrows and Enter · Esc changes nothing", markup=False, classes="hint")

    def on_key(self, event: events.Key) -> None:
        """Answer with the reason of this key."""
        place = self.query_one(Choices).place_of(event.character)
        if place is not None:
            event.stop()
            self.dismiss(self.reasons[place])

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen line."""
        self.dismiss(self.reasons[event.option_index])
