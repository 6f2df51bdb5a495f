"""Choosing the record of which the present one is a duplicate, from those that are like it."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from prisma_tool.tui.sessions.similar_records import SimilarRecord
from prisma_tool.tui.widgets.choices import Choices
from prisma_tool.tui.words.hint import Hint


class DuplicateDialog(ModalScreen[SimilarRecord | None]):
    """Answers with the other record, or None when cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="duplicate-of.cancel")]

    def __init__(self, similar: tuple[SimilarRecord, ...]) -> None:
        super().__init__()
        self.similar = similar

    def compose(self) -> ComposeResult:
        """The question, the records with their keys, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("This is the same report as ...", "bold"))
            yield Choices([one.label for one in self.similar])
            yield Hint("its key, or arrows and Enter, joins the two · Esc changes nothing")

    def on_key(self, event: events.Key) -> None:
        """Answer with the record of this key."""
        place = self.query_one(Choices).place_of(event.character)
        if place is not None:
            event.stop()
            self.dismiss(self.similar[place])

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen line."""
        self.dismiss(self.similar[event.option_index])
