"""The figure in a terminal: the boxes and arrows of the printed one, drawn with box characters.

Arranged by the same engine in character cells. Invariants: no line is wider than the width asked for, and every "(n = 17)" stands
unbroken on one line, in the cells that its `Spot` names. Where four columns would be too narrow, the column of other methods follows below the rest.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from prisma_tool.figure.layout.arrange import FigureStyle, arrange
from prisma_tool.figure.layout.grid import ArrowPath, Cell, CellLink, GridColumn, GridRow, Plan
from prisma_tool.figure.layout.shapes import Arrow, Bar, Box, Fill, Layout, Outline, TextLine
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.figure.words.languages.language_table import language_table
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.flow.flow import Flow

NARROWEST, WIDEST = 80, 160
_COLUMN = 24
"""A column of boxes narrower than this breaks nearly every label."""
_GAP, _GROUP_GAP = 4, 2
_INCLUDED_ABOVE = "to the included studies above"
_OTHER = frozenset({GridColumn.OTHER, GridColumn.OTHER_SIDE})

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_STROKES = {
    _UP: "│",
    _DOWN: "│",
    _UP | _DOWN: "│",
    _LEFT: "─",
    _RIGHT: "─",
    _LEFT | _RIGHT: "─",
    _UP | _LEFT: "┘",
    _UP | _RIGHT: "└",
    _DOWN | _LEFT: "┐",
    _DOWN | _RIGHT: "┌",
    _UP | _DOWN | _LEFT: "┤",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _LEFT | _RIGHT: "┴",
    _DOWN | _LEFT | _RIGHT: "┬",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}
_STEPS = {(0, 1): _DOWN, (0, -1): _UP, (1, 0): _RIGHT, (-1, 0): _LEFT}
_OPPOSITE = {_UP: _DOWN, _DOWN: _UP, _LEFT: _RIGHT, _RIGHT: _LEFT}
_HEADS = {_DOWN: "▼", _RIGHT: "►", _LEFT: "◄", _UP: "▲"}
_SOLID, _DASHED, _HEAVY = "┌─┐│└┘", "┌╌┐╎└┘", "┏━┓┃┗┛"

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a count is printed: the whole of its "(n = 17)", in character cells from the top left. `label` is what it counts."""

    key: str
    label: str
    line: int
    column: int
    width: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The figure as lines of text, and its counts in reading order."""

    lines: tuple[str, ...]
    spots: tuple[Spot, ...]

    @property
    def width(self) -> int:
        """The cells that its longest line takes."""
        return max(map(cells, self.lines), default=0)


def render_text(flow: Flow, width: int = 100, options: FigureOptions = PLAIN) -> str:
    """The figure as text, ending in a newline.

    Args:
        flow: the flow.
        width: the columns of a terminal that it may take, 80 to 160; other values mean the nearest of these.
        options: the choices for the figure; those about paper and fonts change nothing.

    Raises:
        UsageError: an option that does not fit this flow.
    """
    return "\n".join(draw_text(flow, width, options).lines) + "\n"


def draw_text(flow: Flow, width: int = 100, options: FigureOptions = PLAIN) -> Drawing:
    """The same lines with the positions of their counts; arguments and errors as in `render_text`."""
    columns = min(max(width, NARROWEST), WIDEST)
    planned = plan(flow, options)
    labels = {entry.key: entry.label for entry in (*planned.stamp, *(entry for cell in planned.cells for entry in cell.entries))}
    lines: list[str] = []
    spots: list[Spot] = []
    above_label = language_table(options.language_for(flow)).label(_INCLUDED_ABOVE)
    for part in _parts(planned, columns, above_label):
        layout = arrange(part, _style(columns), "")
        above = len(lines) + bool(lines)
        lines += [*([""] if lines else []), *_draw(layout)]
        spots += _spots(layout, labels, above)
    return Drawing(tuple(lines), tuple(spots))


def _spots(layout: Layout, labels: Mapping[str, str], above: int) -> Iterator[Spot]:
    for line in layout.lines:
        if line.key:
            # The count stands last in its statement, whatever brackets the label has.
            start = line.text.rindex("(n")
            end = line.text.index(")", start) + 1
            column = int(line.x - cells(line.text) / 2 if line.centred else line.x) + cells(line.text[:start])
            yield Spot(line.key, labels[line.key], above + int(line.y), column, cells(line.text[start:end]))


def cells(text: str, *, bold: bool = False) -> int:
    """How many columns of a terminal `text` takes: East Asian wide characters two, combining ones none; `bold` changes nothing."""
    del bold
    return sum(_cell_width(character) for character in text)


def _cell_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _style(columns: int) -> FigureStyle:
    return FigureStyle(
        measure=cells,
        measure_note=cells,
        snap=math.floor,
        width=columns,
        margin=0,
        size_pt=0,
        note_size_pt=0,
        leading=1,
        note_leading=1,
        baseline=0,
        cap_height=0,
        pad_x=2,
        pad_y=1,
        indent=1,
        hang=1,
        gap=_GAP,
        group_gap=_GROUP_GAP,
        row_gap=2,
        header_gap=0,
        side_bar=0,
        side_gap=0,
        heading=1,
        stretch=2,
        centred=False,
        side_weight=1,
        beside_gap=0,
    )


def _parts(whole: Plan, columns: int, above_label: str) -> tuple[Plan, ...]:
    """The plan, or its two halves where all columns side by side would be too narrow; the footnotes come last."""
    present = {cell.column for cell in whole.cells}
    needed = len(present) * (_COLUMN + _GAP)
    if not present & _OTHER or needed <= columns + _GAP:
        return (whole,)
    first = replace(whole.only_columns(frozenset(present - _OTHER)), stamp=whole.stamp)
    return (first, replace(_pointing_up(whole.only_columns(_OTHER), above_label), footnotes=whole.footnotes))


def _pointing_up(other: Plan, label: str) -> Plan:
    """The column of other methods with an end for its last arrow, whose box stands in the drawing above."""
    target = Cell(
        "included_above",
        GridColumn.OTHER,
        GridRow.INCLUDED,
        (BoxEntry(label),),
        Fill.GREY,
        Outline.DASHED,
    )
    link = CellLink("other_assessed", target.key, ArrowPath.DOWN)
    known = any(cell.key == link.start for cell in other.cells)
    return replace(other, cells=(*other.cells, target), links=(*other.links, *((link,) if known else ())))


def _draw(layout: Layout) -> list[str]:
    strokes: dict[Position, int] = {}
    letters: dict[Position, str] = {}
    for bar in layout.bars:
        _draw_bar(bar, strokes, letters)
    for arrow in layout.arrows:
        _draw_arrow(arrow, strokes, letters)
    for box in layout.boxes:
        _draw_frame(box, _DASHED if box.outline is Outline.DASHED else _SOLID, letters)
    for line in layout.lines:
        _write(line, letters)
    return _picture({position: _STROKES[stroke] for position, stroke in strokes.items()} | letters)


def _picture(marks: dict[Position, str]) -> list[str]:
    height = 1 + max(y for _, y in marks)
    rows = [dict[int, str]() for _ in range(height)]
    for (x, y), mark in marks.items():
        rows[y][x] = mark
    return ["".join(row.get(x, " ") for x in range(1 + max(row, default=-1))).rstrip() for row in rows]


def _draw_bar(bar: Bar, strokes: dict[Position, int], letters: dict[Position, str]) -> None:
    """A header is a heavy frame; a phase is a rule that the arrows cross."""
    if bar.fill is Fill.HEADER:
        _draw_frame(bar, _HEAVY, letters)
        return
    name = cells(bar.lines[0].text)
    letters[name, int(bar.y)] = " "
    for x in range(name + 1, int(bar.right)):
        strokes[x, int(bar.y)] = _LEFT | _RIGHT


def _draw_frame(box: Box, frame: str, letters: dict[Position, str]) -> None:
    left, top, right, bottom = int(box.x), int(box.y), int(box.right) - 1, int(box.bottom) - 1
    for x in range(left, right + 1):
        letters[x, top] = letters[x, bottom] = frame[1]
    for y in range(top, bottom + 1):
        letters[left, y] = letters[right, y] = frame[3]
    letters.update({(left, top): frame[0], (right, top): frame[2], (left, bottom): frame[4], (right, bottom): frame[5]})


def _draw_arrow(arrow: Arrow, strokes: dict[Position, int], letters: dict[Position, str]) -> None:
    path, ways = _walk(arrow)
    before = ways[0]
    for position, way in zip(path, ways, strict=True):
        strokes[position] = strokes.get(position, 0) | _OPPOSITE[before] | way
        before = way
    letters[path[-1]] = _HEADS[ways[-1]]


def _walk(arrow: Arrow) -> tuple[list[Position], list[int]]:
    """The cells of an arrow outside its boxes, each with the way by which it is left.

    A box covers the cell at its left and upper edge, but not the one at its right and lower edge.
    """
    path: list[Position] = []
    ways: list[int] = []
    for (x0, y0), (x1, y1) in pairwise([(int(x), int(y)) for x, y in arrow.points]):
        step = ((x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0))
        steps = abs(x1 - x0) + abs(y1 - y0)
        path += [(x0 + step[0] * i, y0 + step[1] * i) for i in range(steps)]
        ways += [_STEPS[step]] * steps
    if ways[-1] is _LEFT:
        path.append((int(arrow.points[-1][0]), int(arrow.points[-1][1])))
        ways.append(_LEFT)
    return path, ways


def _write(line: TextLine, letters: dict[Position, str]) -> None:
    x, y = int(line.x - cells(line.text) / 2 if line.centred else line.x), int(line.y)
    for character in line.text:
        width = _cell_width(character)
        if width:
            letters[x, y] = character
            letters.update({(x + i, y): "" for i in range(1, width)})
        else:
            letters[x - 1, y] = letters.get((x - 1, y), "") + character
        x += width
