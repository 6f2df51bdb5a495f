"""What changed about decided records, as a list; one of them can be gone to, to decide anew or to keep the decision."""

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
from textual.widgets.option_list import Option

from prisma_tool.tui.search.text import change_text
from prisma_tool.tui.words.hint import Hint
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision

DIGITS = "123456789"
"""The keys of the first lines."""


class ChangesScreen(ModalScreen[str | None]):
    """Answers with the key under which the chosen record's report is shown, or None."""

    CSS_PATH = "changes_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,exclamation_mark", "dismiss(None)", "Close", id="attention.close")]

    def __init__(self, changes: Sequence[ChangeSinceDecision]) -> None:
        super().__init__()
        self.changes = changes

    def compose(self) -> ComposeResult:
        """The changes, the gravest first, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Changed since somebody decided; nothing was decided again", "bold"))
            yield OptionList(*(Option(_line(place, change)) for place, change in enumerate(self.changes)))
            yield Hint("its key, or arrows and Enter, shows the record · Esc closes")

    def on_key(self, event: events.Key) -> None:
        """Answer with the record of this digit."""
        place = DIGITS.find(event.character) if event.character else -1
        if 0 <= place < len(self.changes):
            event.stop()
            self.dismiss(self.changes[place].report)

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen record's report."""
        self.dismiss(self.changes[event.option_index].report)


def _line(place: int, change: ChangeSinceDecision) -> Content:
    return Content.assemble((f" {DIGITS[place : place + 1] or ' '} ", "bold reverse"), "  ", change_text(change))
