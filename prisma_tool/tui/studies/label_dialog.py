"""Naming a study before its reports are linked."""

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


class LabelScreen(ModalScreen[str | None]):
    """Answers with the label, which is never empty, or None when cancelled."""

    CSS_PATH = "label_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="label.cancel")]

    def __init__(self, proposal: str, reports: int) -> None:
        super().__init__()
        self.proposal, self.reports = proposal, reports

    def compose(self) -> ComposeResult:
        """What the label is for, the proposal to edit, and how to answer."""
        what = "1 report" if self.reports == 1 else f"{self.reports} reports"
        with Vertical(classes="box"):
            yield Static(Content.styled(f"Link {what} to the study", "bold"))
            yield Input(self.proposal, placeholder="FirstAuthor Year (number)", select_on_focus=True, compact=True)
            yield Hint("Enter links them · Esc changes nothing")

    @on(Input.Submitted)
    def answer(self, event: Input.Submitted) -> None:
        """Answer with what was written; a study needs a name."""
        if event.value.strip():
            self.dismiss(event.value.strip())
        else:
            self.query_one(".hint", Static).update("A study needs a label. Esc changes nothing.")
