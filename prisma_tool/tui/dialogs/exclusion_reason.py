"""Choosing the one exclusion reason from the protocol's ordered list, by a single key, with the report still in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.protocol.protocol import Reason
from prisma_tool.tui.dialogs.choice_grid import ChoiceGrid
from prisma_tool.tui.dialogs.docked_sheet import DockedSheet
from prisma_tool.tui.widgets.choices import KEYS_BESIDE_VERDICTS
from prisma_tool.tui.words.hint import Hint

_QUESTION = "Why is it excluded? The first that applies is the reason."
_HINT = "its key, or arrows and Enter · PgUp PgDn read on · Esc changes nothing"


class ExclusionReasonDialog(DockedSheet[Reason | None]):
    """Answers with the reason, or None when cancelled. `scroll` moves the report behind by lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="reason.cancel"),
        Binding("pagedown", "scroll(5)", "Page down", show=False, id="reason.page-down"),
        Binding("pageup", "scroll(-5)", "Page up", show=False, id="reason.page-up"),
    ]

    def __init__(self, reasons: tuple[Reason, ...], scroll: Callable[[int], None]) -> None:
        super().__init__()
        self.reasons, self.move = reasons, scroll

    def compose(self) -> ComposeResult:
        """The question, the reasons with their keys, and how to answer."""
        with Vertical(classes="sheet"):
            yield Static(Content.styled(_QUESTION, "bold"))
            yield ChoiceGrid([reason.label for reason in self.reasons], KEYS_BESIDE_VERDICTS)
            yield Hint(_HINT)

    def on_key(self, event: events.Key) -> None:
        """Answer with the reason of this key."""
        place = self.query_one(ChoiceGrid).place_of(event.character)
        if place is not None:
            event.stop()
            self.dismiss(self.reasons[place])

    @on(ChoiceGrid.Chosen)
    def choose(self, event: ChoiceGrid.Chosen) -> None:
        """Answer with the chosen line."""
        self.dismiss(self.reasons[event.place])

    def action_scroll(self, lines: int) -> None:
        """Move the report behind."""
        self.move(lines)
