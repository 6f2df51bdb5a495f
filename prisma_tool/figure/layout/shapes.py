"""What a drawn flow diagram consists of: boxes, bars, arrows and lines of text with their places.

Every renderer takes a `Layout` and nothing else. Lengths are millimetres with the origin at the top left (in the terminal's layout:
character cells). Invariant: a count's key stands on exactly one line, the one whose text holds the whole of "(n = 17)".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from prisma_tool.model.protocol.figure_words import Language

if TYPE_CHECKING:
    from prisma_tool.figure.fonts.faces import FontSet

INK = "#1A1A1A"
STROKE_MM = 0.3
CORNER_MM = 1.5
DASHES_MM = (1.5, 1.0)
HEAD_LENGTH_MM = 2.2
HEAD_WIDTH_MM = 1.8

Point = tuple[float, float]


class Fill(StrEnum):
    """What a shape is filled as; the values are the colours of the official template."""

    WHITE = "#FFFFFF"
    GREY = "#E7E6E6"
    HEADER = "#FFC000"
    PHASE = "#9DC3E6"
    STAMP = "#FFF2CC"


@dataclass(frozen=True, slots=True)
class Colours:
    """The RGB colours in which the fills are drawn; without any change, those of the official template."""

    changed: tuple[tuple[Fill, str], ...] = ()

    def of(self, fill: Fill) -> str:
        """The colour of `fill`, as "#RRGGBB"."""
        return dict(self.changed).get(fill, fill.value)


class Outline(StrEnum):
    """How a box is outlined: as in the template, or set apart from it."""

    SOLID = "solid"
    DASHED = "dashed"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text; (x, y) is the start of its baseline (when `centred`, the middle), `size_pt` its size in points.

    `key` is the data key of the count in it, "dbr_excluded:Wrong population" for a line of a list, else "". `paragraph` is the whole
    statement, on the first of its lines only; outputs that break lines by themselves use it.
    """

    text: str
    x: float
    y: float
    size_pt: float
    key: str = ""
    bold: bool = False
    centred: bool = False
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with text; (x, y) is its upper left corner, and `y` grows downwards."""

    key: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[TextLine, ...] = ()
    fill: Fill = Fill.WHITE
    outline: Outline = Outline.SOLID

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower edge."""
        return self.y + self.height

    @property
    def text(self) -> str:
        """All lines, joined as they are read."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Bar(Box):
    """A coloured label with round corners: the header of a column or the name of a phase.

    The lines of a `vertical` bar are read upwards, turned about their own (x, y).
    """

    vertical: bool = False


class BoxSide(IntEnum):
    """The sides of a box, numbered as the connection sites of Office's rectangle."""

    TOP = 0
    LEFT = 1
    BOTTOM = 2
    RIGHT = 3


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line through `points`, all turns square, with a head at the last; it leads from box `start` to box `end`."""

    start: str
    end: str
    points: tuple[Point, ...]

    @property
    def head(self) -> tuple[Point, Point, Point]:
        """The corners of the head in millimetres: the tip on the box's edge, then both corners of the base."""
        (x0, y0), (x, y) = self.points[-2:]
        length = abs(x - x0) + abs(y - y0)
        dx, dy = (x - x0) / length, (y - y0) / length
        base_x, base_y, half = x - dx * HEAD_LENGTH_MM, y - dy * HEAD_LENGTH_MM, HEAD_WIDTH_MM / 2
        return ((x, y), (base_x - dy * half, base_y + dx * half), (base_x + dy * half, base_y - dx * half))

    @property
    def sides(self) -> tuple[BoxSide, BoxSide]:
        """The side of its first box that the arrow leaves, and that of its second box where it ends."""
        (x0, _), (x1, _) = self.points[:2]
        (x2, y2), (x3, y3) = self.points[-2:]
        leaving = BoxSide.RIGHT if x1 > x0 else BoxSide.LEFT if x1 < x0 else BoxSide.BOTTOM
        level = BoxSide.TOP if y3 > y2 else BoxSide.BOTTOM
        return leaving, BoxSide.LEFT if x3 > x2 else BoxSide.RIGHT if x3 < x2 else level

    @property
    def shaft(self) -> tuple[Point, ...]:
        """The line up to the base of the head, so that the tip stays sharp."""
        _, (x1, y1), (x2, y2) = self.head
        return (*self.points[:-1], ((x1 + x2) / 2, (y1 + y2) / 2))


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole figure, ready to be drawn: lengths in millimetres (a terminal's: in character cells), sizes of type in points."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    bars: tuple[Bar, ...]
    arrows: tuple[Arrow, ...]
    footnotes: tuple[TextLine, ...]
    title: str
    alt_text: str
    size_pt: float
    note_size_pt: float = 0
    leading: float = 0
    """Distance of two lines of text in a box."""
    padding: Point = (0, 0)
    """Between the edge of a box and its text, at the sides and at top and bottom."""
    colours: Colours = Colours()
    author: str = ""
    """Whom documents name as the author; nobody where the review does not say so."""
    dated: datetime | None = None
    """The date that documents have (UTC); None where none is known."""
    fonts: FontSet | None = None
    """What the text was measured with and is to be drawn with; None for a terminal's layout."""
    language: Language = Language.ENGLISH
    """The language of the figure's own words."""

    @property
    def language_tag(self) -> str:
        """The language as documents name it; English as it is spelt here."""
        return "en-GB" if self.language is Language.ENGLISH else self.language.value

    @property
    def lines(self) -> Iterator[TextLine]:
        """Every line of text in the figure, in reading order."""
        for shape in (*self.bars, *self.boxes):
            yield from shape.lines
        yield from self.footnotes

    def box(self, key: str) -> Box:
        """The box called `key`.

        Raises:
            KeyError: the figure has no such box.
        """
        for box in self.boxes:
            if box.key == key:
                return box
        raise KeyError(key)
