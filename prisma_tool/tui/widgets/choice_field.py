"""One of a few values in one line, changed in place: the arrows go on and back, a letter jumps to what begins with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class ChoiceField(Static, can_focus=True):
    """Shows the label of the chosen value between marks that say it can be changed; `choices` are labels by value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "change(1)", "Next", show=False),
        Binding("left", "change(-1)", "Before", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Another value is chosen."""

    def __init__(self, choices: Mapping[str, str], value: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.choices = dict(choices)
        self.value = value if value in self.choices else next(iter(self.choices))

    def on_mount(self) -> None:
        """Show the value."""
        self._choose(self.value)

    def _choose(self, value: str) -> None:
        is_other, self.value = value != self.value, value
        self.update(Content.assemble(("‹ ", "dim"), self.choices[value], (" ›", "dim")))
        if is_other:
            self.post_message(self.Changed())

    def action_change(self, by: int) -> None:
        """Choose the value after or before; beyond the last comes the first."""
        values = list(self.choices)
        self._choose(values[(values.index(self.value) + by) % len(values)])

    def on_click(self) -> None:
        """A click goes on."""
        self.action_change(1)

    def on_key(self, event: events.Key) -> None:
        """Jump to the next label that begins with the letter."""
        if event.character and event.character.isalnum():
            values = list(self.choices)
            place = values.index(self.value) + 1
            following = [*values[place:], *values[:place]]
            begins = (value for value in following if self.choices[value].lower().startswith(event.character.lower()))
            self._choose(next(begins, self.value))
            event.stop()
