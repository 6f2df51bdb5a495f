"""Saying whether a full text is at hand, with a note on what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from prisma_tool.model.vocabulary import RetrievalStatus


@dataclass(frozen=True, slots=True)
class RetrievalAnswer:
    """What became of the search for a full text."""

    status: RetrievalStatus
    note: str


CHOICES = ((RetrievalStatus.RETRIEVED, "Retrieved"), (RetrievalStatus.NOT_RETRIEVED, "Not retrieved"))


class RetrievalScreen(ModalScreen[RetrievalAnswer | None]):
    """Asks for the status, then for a note; answers None when cancelled."""

    CSS_PATH = "retrieval.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="retrieval.cancel"),
        *(Binding(str(place), f"choose({place})", label, show=False) for place, (_, label) in enumerate(CHOICES, 1)),
    ]

    def compose(self) -> ComposeResult:
        """The two answers and a line for the note."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Full text", "bold"))
            yield OptionList(
                *(Content.assemble((f" {n} ", "bold reverse"), f"  {label}") for n, (_, label) in enumerate(CHOICES, 1))
            )
            yield Input(placeholder="note (optional): link tried, authors asked", compact=True, disabled=True)
            yield Static("1 or 2, then a note; Enter stores · Esc changes nothing", markup=False, classes="hint")

    def action_choose(self, number: int) -> None:
        """Take the answer with this number and go on to the note."""
        self.query_one(OptionList).highlighted = number - 1
        self._go_to_note()

    @on(OptionList.OptionSelected)
    def _go_to_note(self) -> None:
        note = self.query_one(Input)
        note.disabled = False
        note.focus()

    @on(Input.Submitted)
    def store(self, event: Input.Submitted) -> None:
        """Answer with both."""
        place = self.query_one(OptionList).highlighted or 0
        self.dismiss(RetrievalAnswer(CHOICES[place][0], event.value.strip()))
