"""Lines to choose one from, in as many columns as there is room for: by its key, by arrows and Enter, or with the mouse.

Invariant: nothing is chosen before the reviewer has moved to it, so that Enter pressed too early does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from prisma_tool.model.text import one_line
from prisma_tool.tui.widgets.choices import KEYS
from prisma_tool.tui.widgets.text_columns import fitted

_MOST_COLUMNS, _LEAST_WIDTH, _KEY_WIDTH = 3, 24, 5


class ChoiceGrid(Widget, can_focus=True):
    """Shows each label after its key, one of `keys`, from top to bottom and then from left to right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("right", "across(1)", show=False),
        Binding("left", "across(-1)", show=False),
        Binding("enter", "choose", show=False),
    ]
    DEFAULT_CSS = "ChoiceGrid { height: auto; width: 100%; }"

    @dataclass
    class Chosen(Message):
        """A line was chosen with Enter or the mouse."""

        place: int

    def __init__(self, labels: Sequence[str], keys: str = KEYS) -> None:
        super().__init__()
        self.labels = [one_line(label) for label in labels]
        self.keys = keys
        self.highlighted: int | None = None

    def place_of(self, character: str | None) -> int | None:
        """The place of the line that has this key; None where no line has it."""
        place = self.keys.find(character) if character else -1
        return place if 0 <= place < len(self.labels) else None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """As many lines as the labels take in the columns that fit."""
        return self._lines(width)

    def _columns(self, width: int) -> int:
        longest = max(map(len, self.labels), default=0) + _KEY_WIDTH + 1
        return max(1, min(_MOST_COLUMNS, width // max(_LEAST_WIDTH, longest)))

    def _lines(self, width: int) -> int:
        return -(-len(self.labels) // self._columns(width))

    def render(self) -> Content:
        """The labels in their columns."""
        width = self.size.width
        lines, cells = self._lines(width), width // self._columns(width)
        rows = (range(line, len(self.labels), max(1, lines)) for line in range(lines))
        return Content("\n").join([Content("").join([self._cell(place, cells) for place in row]) for row in rows])

    def _cell(self, place: int, cells: int) -> Content:
        style = "bold reverse" if place == self.highlighted else ""
        key = self.keys[place : place + 1] or " "
        return Content.assemble(
            (f" {key} ", "bold reverse"), " ", (fitted(self.labels[place], max(1, cells - _KEY_WIDTH)), style), " "
        )

    def action_move(self, by: int) -> None:
        """Mark the next line, or at first the first or the last."""
        n = len(self.labels)
        if self.highlighted is None:
            self.highlighted = 0 if by > 0 else n - 1
        else:
            self.highlighted = (self.highlighted + by) % n
        self.refresh()

    def action_across(self, by: int) -> None:
        """Mark the line beside the marked one, where there is one."""
        there = (self.highlighted or 0) + by * self._lines(self.size.width)
        if self.highlighted is None:
            self.action_move(by)
        elif 0 <= there < len(self.labels):
            self.action_move(there - self.highlighted)

    def action_choose(self) -> None:
        """Choose the marked line."""
        if self.highlighted is not None:
            self.post_message(self.Chosen(self.highlighted))

    def on_click(self, event: events.Click) -> None:
        """Choose the line under the pointer."""
        lines, cells = self._lines(self.size.width), max(1, self.size.width // self._columns(self.size.width))
        place = event.x // cells * lines + event.y
        if event.y < lines and place < len(self.labels):
            self.post_message(self.Chosen(place))
