"""What changed about decided records, as a list; one of them can be gone to, to decide anew or to keep the decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from prisma_tool.tui.search.text import change_text
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision


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
            yield OptionList(*(Option(change_text(change)) for change in self.changes))
            yield Static("arrows move · Enter shows the record · Esc closes", markup=False, classes="hint")

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen record's report."""
        self.dismiss(self.changes[event.option_index].report)
