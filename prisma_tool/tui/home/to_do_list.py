"""The list of what waits: one line is marked, Enter or a click on it goes where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from prisma_tool.tui.home.to_do import ToDo, to_do_lines


class ToDoList(Static):
    """Shows the lines at the width that there is; the screen has the keys."""

    @dataclass
    class Picked(Message):
        """A line was asked for with the mouse."""

        item: ToDo

    def __init__(self) -> None:
        super().__init__(id="to-do")
        self.items: tuple[ToDo, ...] = ()
        self.mark = 0

    @property
    def marked(self) -> ToDo | None:
        """The marked line; None before anything was counted."""
        return self.items[self.mark] if self.mark < len(self.items) else None

    def show(self, items: Sequence[ToDo]) -> None:
        """Show these lines; the mark stays with its line, or goes to the first."""
        here = self.marked
        self.items = tuple(items)
        places = [place for place, item in enumerate(self.items) if here is not None and item.words == here.words]
        self._mark(places[0] if places else 0)

    def move(self, by: int) -> None:
        """Mark another line."""
        self._mark(max(0, min(len(self.items) - 1, self.mark + by)))

    def _mark(self, place: int) -> None:
        self.mark = place
        self.update(Content("\n").join([line for _, line in self._lines()]))

    def _lines(self) -> list[tuple[int, Content]]:
        return to_do_lines(self.items, self.mark, max(30, self.content_size.width))

    def on_resize(self) -> None:
        """The lines are as wide as there is room."""
        self._mark(self.mark)

    def on_click(self, event: events.Click) -> None:
        """Go where the line under the pointer leads."""
        lines, line = self._lines(), event.y - self.gutter.top
        if 0 <= line < len(lines):
            self._mark(lines[line][0])
            self.post_message(self.Picked(self.items[self.mark]))
