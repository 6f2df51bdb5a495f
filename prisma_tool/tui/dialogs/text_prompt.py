"""Asking for one line of text."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from prisma_tool.tui.words.hint import Hint


class TextPromptDialog(ModalScreen[str | None]):
    """Answers with what was written, which may be empty, or None when cancelled."""

    CSS_PATH = "text_prompt.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="ask.cancel")]

    def __init__(self, question: str, hint: str, proposal: str = "") -> None:
        super().__init__()
        self.question, self.hint, self.proposal = question, hint, proposal

    def compose(self) -> ComposeResult:
        """The question, a line to write in, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.question, "bold"))
            yield Input(self.proposal, select_on_focus=True, compact=True)
            yield Hint(self.hint)

    @on(Input.Submitted)
    def answer(self, event: Input.Submitted) -> None:
        """Answer with what was written."""
        self.dismiss(event.value.strip())
