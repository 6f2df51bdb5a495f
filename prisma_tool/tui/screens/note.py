"""Writing a note on a report."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class NoteScreen(ModalScreen[str | None]):
    """Answers with the text, or None when cancelled or empty."""

    CSS_PATH = "note.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="note.cancel")]

    def compose(self) -> ComposeResult:
        """One line to write in."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Note on this record", "bold"))
            yield Input(placeholder="what the others should know", compact=True)
            yield Static("Enter stores it · Esc leaves without a note", markup=False, classes="hint")

    @on(Input.Submitted)
    def store(self, event: Input.Submitted) -> None:
        """Answer with what was written."""
        self.dismiss(event.value.strip() or None)
