"""Correcting a record: choosing the field, writing the value, pasting an abstract.

Invariant: nothing is stored here; a field or text is only answered with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from prisma_tool.model.text import clean, one_line
from prisma_tool.tui.widgets.choices import Choices
from prisma_tool.tui.words.hint import Hint

if TYPE_CHECKING:
    from prisma_tool.records.corrections import Correction

_FIELD_WIDTH = 18
_ROOM, _ROOM_EDITED, _ROOM_SOURCE = 46, 20, 12
"""Characters beside a field's name on a screen of 80 columns: for the value, or for a corrected one and what the source has."""


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """The field that is to be corrected, or whose correction is to be taken back."""

    field: Correction
    take_back: bool = False


class FieldsDialog(ModalScreen[FieldAnswer | None]):
    """Shows all fields as they read now, and asks for one."""

    CSS_PATH = "edit_dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="fields.cancel"),
        Binding("u", "take_back", "Take back", id="fields.take-back"),
    ]

    def __init__(self, key: str, fields: Sequence[Correction]) -> None:
        super().__init__()
        self.key, self.fields = key, fields

    def compose(self) -> ComposeResult:
        """The fields with their keys, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled(f"Correct which field of {one_line(self.key)}?", "bold"))
            yield Choices([_line(field) for field in self.fields])
            yield Hint("its key, or arrows and Enter · u takes a correction back · Esc changes nothing")

    def on_key(self, event: events.Key) -> None:
        """Answer with the field of this key."""
        place = self.query_one(Choices).place_of(event.character)
        if place is not None:
            event.stop()
            self.dismiss(FieldAnswer(self.fields[place]))

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen field."""
        self.dismiss(FieldAnswer(self.fields[event.option_index]))

    def action_take_back(self) -> None:
        """Answer that the marked field's correction is to be taken back; of a single one without marking it."""
        place = self.query_one(Choices).highlighted
        corrected = [field for field in self.fields if field.at]
        marked = self.fields[place] if place is not None else corrected[0] if len(corrected) == 1 else None
        if marked is None or not marked.at:
            self.query_one(".hint", Static).update("mark a corrected field with the arrows first, then press u")
        else:
            self.dismiss(FieldAnswer(marked, take_back=True))


def _line(field: Correction) -> str:
    """A field with its value, cut with a mark so that it stays one line, and what the source has where somebody corrected it."""
    if not field.at:
        return f"{field.field:<{_FIELD_WIDTH}}{_cut(field.value, _ROOM) or '(empty)'}"
    value, was = _cut(field.value, _ROOM_EDITED) or "(empty)", _cut(field.was, _ROOM_SOURCE) or "nothing"
    return f"{field.field:<{_FIELD_WIDTH}}{value} [edited; was {was}]"


def _cut(text: str, room: int) -> str:
    line = one_line(text)
    return line if len(line) <= room else f"{line[: room - 1]}…"


class PasteDialog(ModalScreen[str | None]):
    """A large field to write or paste a text of many lines into; answers with it, or None."""

    CSS_PATH = "edit_dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="paste.cancel", priority=True),
        Binding("ctrl+s", "store", "Store", id="paste.store", priority=True),
    ]

    def __init__(self, question: str, text: str) -> None:
        super().__init__()
        self.question, self.text = question, text

    def compose(self) -> ComposeResult:
        """The question, the field, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.question, "bold"))
            yield TextArea(clean(self.text), soft_wrap=True, show_line_numbers=False)
            yield Hint("Ctrl+S stores it · headings such as METHODS: begin a section · Esc changes nothing")

    def action_store(self) -> None:
        """Answer with what was written."""
        self.dismiss(self.query_one(TextArea).text)


class LabelsDialog(ModalScreen[tuple[str, bool] | None]):
    """Shows the labels of the review, marked where the report has them; answers with one and whether to put it on."""

    CSS_PATH = "edit_dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", id="labels.close"),
        Binding("n", "new", "New label", id="labels.new"),
    ]

    def __init__(self, known: Sequence[str], on_it: Sequence[str]) -> None:
        super().__init__()
        self.known, self.on_it = known, frozenset(on_it)

    def compose(self) -> ComposeResult:
        """The labels and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Labels of this report", "bold"))
            yield OptionList(
                *(Option(self._line(label)) for label in self.known), Option(Content.styled("    new label ... (n)", "italic"))
            )
            yield Hint("arrows and Enter put a label on or take it off · n writes a new one · Esc closes")

    def _line(self, label: str) -> Content:
        return Content.assemble(("[x] " if label in self.on_it else "[ ] ", "bold"), one_line(label))

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the other state of the chosen label."""
        if event.option_index == len(self.known):
            self.action_new()
        else:
            label = self.known[event.option_index]
            self.dismiss((label, label not in self.on_it))

    def action_new(self) -> None:
        """Ask for a label that is not in the list."""
        self.dismiss(("", True))
