"""Writing a note on a report, below the notes that are already there."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from prisma_tool.tui.words.hint import Hint


class NoteDialog(ModalScreen[str | None]):
    """Answers with the text, or None when cancelled or empty. `earlier` are the notes there may be, the newest last."""

    CSS_PATH = "note.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="note.cancel")]

    def __init__(self, earlier: Content) -> None:
        super().__init__()
        self.earlier = earlier

    def compose(self) -> ComposeResult:
        """What was noted before, and one line to write in."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Note on this record", "bold"))
            if self.earlier:
                with VerticalScroll(can_focus=False):
                    yield Static(self.earlier)
            yield Input(placeholder="what the others should know", compact=True)
            yield Hint("Enter stores it · Esc leaves without a note")

    def on_mount(self) -> None:
        """Show the newest notes where not all have room."""
        for notes in self.query(VerticalScroll):
            notes.anchor()

    @on(Input.Submitted)
    def store(self, event: Input.Submitted) -> None:
        """Answer with what was written."""
        self.dismiss(event.value.strip() or None)
