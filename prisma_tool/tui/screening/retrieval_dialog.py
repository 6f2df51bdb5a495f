"""Saying whether a full text is at hand, with a note; or that something else is to be said or done about it.

Invariant: the note can be written, and so the answer given, only after one of the two answers has been chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from prisma_tool.model.vocabulary import RetrievalStatus
from prisma_tool.tui.widgets.choices import Choices
from prisma_tool.tui.words.hint import Hint


@dataclass(frozen=True, slots=True)
class RetrievalAnswer:
    """What became of the search for a full text."""

    status: RetrievalStatus
    note: str


class FurtherStep(Enum):
    """What else can be said or done about full texts: its key and words."""

    TRIED = ("t", "Note what was tried")
    ASKED = ("a", "Note who was asked")
    PDF = ("p", "Attach a PDF")
    FOLDER = ("f", "Find PDFs in a folder, for all reports")


CHOICES = ((RetrievalStatus.RETRIEVED, "Retrieved"), (RetrievalStatus.NOT_RETRIEVED, "Not retrieved"))
_CHOOSING = "its key, or arrows and Enter · Esc changes nothing"
_WRITING = "Enter stores it, with or without a note · Esc changes nothing"


class RetrievalDialog(ModalScreen[RetrievalAnswer | FurtherStep | None]):
    """Asks for the status, then for a note, or for something further; `so_far` says what is known. Answers None when cancelled."""

    CSS_PATH = "retrieval_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="retrieval.cancel"),
        *(Binding(str(place), f"choose({place})", label, show=False) for place, (_, label) in enumerate(CHOICES, 1)),
        *(Binding(one.value[0], f"further('{one.name}')", one.value[1], show=False) for one in FurtherStep),
        Binding("up,down", "change", "The other answer, from the note", show=False),
    ]

    def __init__(self, so_far: str) -> None:
        super().__init__()
        self.so_far = so_far

    def compose(self) -> ComposeResult:
        """What is known, the two answers and a line for the note."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Is the full text at hand?", "bold"))
            if self.so_far:
                yield Static(Content.styled(f"So far: {self.so_far}", "dim"))
            yield Choices([label for _, label in CHOICES])
            yield Input(placeholder="note (optional): link tried, authors asked", compact=True, disabled=True)
            yield Static(Content("\n").join([_further_line(one) for one in FurtherStep]), id="further")
            yield Hint(_CHOOSING)

    def action_choose(self, number: int) -> None:
        """Take the answer with this number and go on to the note."""
        self.query_one(Choices).highlighted = number - 1
        self._go_to_note()

    def action_further(self, name: str) -> None:
        """Answer with something else that is to be said or done."""
        self.dismiss(FurtherStep[name])

    def action_change(self) -> None:
        """Mark the other answer while the note is being written."""
        self.query_one(Choices).action_cursor_down()

    @on(OptionList.OptionSelected)
    def _go_to_note(self) -> None:
        note = self.query_one(Input)
        note.disabled = False
        note.focus()
        self.query_one(".hint", Static).update(_WRITING)
        # Their keys are letters of the note from here on.
        self.query_one("#further").display = False

    @on(Input.Submitted)
    def store(self, event: Input.Submitted) -> None:
        """Answer with both."""
        place = self.query_one(Choices).highlighted
        if place is not None:
            self.dismiss(RetrievalAnswer(CHOICES[place][0], event.value.strip()))


def _further_line(one: FurtherStep) -> Content:
    return Content.assemble((f" {one.value[0]} ", "bold reverse"), f"  {one.value[1]}")
