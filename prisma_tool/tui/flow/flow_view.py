"""The figure in the terminal, whose numbers can be reached and opened.

Invariants: the marked number is in sight; only the lines in sight are painted; where the figure goes on beyond an edge, `beyond` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from prisma_tool.figure.render.terminal import Drawing, Spot

_AROUND = 3
"""So many lines around the marked number are kept in sight, so that its box can be recognised."""
Way = tuple[int, int]


class FlowView(ScrollView, can_focus=False):
    """Shows a drawing; `mark` is the number of the marked spot in its reading order."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"flow-view--number", "flow-view--marked"}
    DEFAULT_CSS = """
    FlowView { height: 1fr; scrollbar-size: 0 0; }
    FlowView .flow-view--number { text-style: bold underline; color: $text-accent; }
    FlowView .flow-view--marked { text-style: bold reverse; }
    """

    @dataclass
    class Marked(Message):
        """Another number is marked, or the figure has moved."""

    @dataclass
    class Opened(Message):
        """A number was asked for with the mouse."""

    def __init__(self, draw: Callable[[int], Drawing | None]) -> None:
        super().__init__()
        self._draw = draw
        self.drawing = Drawing((), ())
        self.mark = 0

    @property
    def marked(self) -> Spot | None:
        """The marked number; None in a figure without any."""
        return self.drawing.spots[self.mark] if self.mark < len(self.drawing.spots) else None

    @property
    def _margin(self) -> int:
        """What is left free at either side of a figure narrower than the screen."""
        return max(0, (self.size.width - self.drawing.width) // 2)

    def draw(self) -> None:
        """Draw the figure anew for the present width; the marked number stays marked where it is still there."""
        marked_key = self.marked.key if self.marked else ""
        self.drawing = self._draw(self.size.width) or Drawing((), ())
        self.virtual_size = Size(self.drawing.width, len(self.drawing.lines))
        self.go_to(next((index for index, spot in enumerate(self.drawing.spots) if spot.key == marked_key), 0))

    def on_resize(self) -> None:
        """The figure has another width now."""
        self.draw()

    # Going from number to number

    def go_to(self, index: int) -> None:
        """Mark a number and bring it into sight."""
        self.mark = index
        spot = self.marked
        if spot is not None:
            around = Region(spot.column, max(0, spot.line - _AROUND), spot.width, 2 * _AROUND + 1)
            self.scroll_to_region(around, animate=False, force=True)
        self.refresh()
        self.post_message(self.Marked())

    def step(self, by: int) -> None:
        """Mark the next number in reading order, or the one before; beyond the last comes the first."""
        if self.drawing.spots:
            self.go_to((self.mark + by) % len(self.drawing.spots))

    def toward(self, way: Way) -> None:
        """Mark the nearest number to the right (1, 0), below (0, 1), ...; where there is none, move the figure that way."""
        here = self.marked
        index = None if here is None else nearest(self.drawing.spots, here, way)
        if index is None:
            self.scroll_relative(x=way[0] * 8, y=way[1] * 3, animate=False)
        else:
            self.go_to(index)

    def on_click(self, event: events.Click) -> None:
        """A click on a number opens it."""
        x, y = event.x + self.scroll_offset.x - self._margin, event.y + self.scroll_offset.y
        for index, spot in enumerate(self.drawing.spots):
            if spot.line == y and spot.column <= x < spot.column + spot.width:
                self.go_to(index)
                self.post_message(self.Opened())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Keep what stands below about the figure's edges true."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Marked())

    def beyond(self) -> str:
        """How much of the figure lies beyond each edge of the screen; empty where all is in sight."""
        top, left = round(self.scroll_y), round(self.scroll_x)
        below = len(self.drawing.lines) - top - self.size.height
        right = self.drawing.width - left - self.size.width
        parts = (("▲", top), ("▼", below), ("◀", left), ("▶", right))
        return "  ".join(f"{sign} {n:,}" for sign, n in parts if n > 0)

    # Painting

    def render_line(self, y: int) -> Strip:
        """One line of the figure with its numbers set off."""
        line = y + self.scroll_offset.y
        width, base = self.size.width, self.rich_style
        if line >= len(self.drawing.lines):
            return Strip.blank(width, base)
        strip = Strip.join(self._pieces(line))
        margin = Strip([Segment(" " * self._margin, base)])
        return Strip.join([margin, strip]).crop_extend(self.scroll_offset.x, self.scroll_offset.x + width, base)

    def _pieces(self, line: int) -> Iterator[Strip]:
        whole = Strip([Segment(self.drawing.lines[line], self.rich_style)])
        here = [(index, spot) for index, spot in enumerate(self.drawing.spots) if spot.line == line]
        cuts = sorted({0, whole.cell_length, *(edge for _, spot in here for edge in (spot.column, spot.column + spot.width))})
        components = {spot.column: "marked" if index == self.mark else "number" for index, spot in here}
        for start, end in pairwise(cuts):
            piece = whole.crop(start, end)
            name = components.get(start)
            yield piece.apply_style(self.get_component_rich_style(f"flow-view--{name}", partial=True)) if name else piece


def nearest(spots: tuple[Spot, ...], here: Spot, way: Way) -> int | None:
    """The index of the nearest number on that way from `here`, straight ahead rather than aside; None where there is none."""
    right, down = way

    def cost(spot: Spot) -> tuple[int, int]:
        across, along = spot.column - here.column, spot.line - here.line
        ahead, aside = (along * down, abs(across)) if down else (across * right, abs(along) * 4)
        return ahead * (1 if down else 0) + aside, ahead

    def is_ahead(spot: Spot) -> bool:
        return (spot.line - here.line) * down > 0 if down else (spot.column - here.column) * right > here.width

    ahead = [(cost(spot), index) for index, spot in enumerate(spots) if is_ahead(spot)]
    return min(ahead)[1] if ahead else None
