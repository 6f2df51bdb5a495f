"""From a plan to places: columns, rows, boxes that grow with their text, arrows that meet them.

One engine for paper (millimetres) and terminal (character cells); a `FigureStyle` says which. Invariants: no line is wider than its box, no
two boxes overlap, every arrow starts and ends on the edge of its box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import groupby, pairwise
from typing import Protocol

from prisma_tool.figure.layout.grid import PHASE_OF, ArrowPath, Cell, CellLink, GridColumn, GridRow, Header, Plan, PrismaPhase
from prisma_tool.figure.layout.shapes import Arrow, Bar, Box, Fill, Layout, Outline, TextLine
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.figure.words.line_breaking import NO_BREAK, wrap

_GROUP = {GridColumn.PREVIOUS: 0, GridColumn.MAIN: 1, GridColumn.SIDE: 1, GridColumn.OTHER: 2, GridColumn.OTHER_SIDE: 2}
"""Columns of one group share a header and stand closer together."""
_SIDES = frozenset({GridColumn.SIDE, GridColumn.OTHER_SIDE})
"""Columns of what is removed and excluded, whose texts can be long."""


class Measure(Protocol):
    """How wide a text is."""

    def __call__(self, text: str, *, bold: bool) -> float:
        """The width of `text` in the unit of the style."""


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """All lengths of a figure, in one unit, and how to measure text in it; sizes of type are points."""

    measure: Measure
    snap: Callable[[float], float]
    """Rounds a length to what the medium can show."""
    width: float
    margin: float
    size_pt: float
    note_size_pt: float
    measure_note: Callable[[str], float]
    leading: float
    note_leading: float
    baseline: float
    """From the top of a line to the baseline of its text."""
    cap_height: float
    pad_x: float
    pad_y: float
    indent: float
    hang: float
    """Further indent of an entry's second and later lines where a box has several entries."""
    gap: float
    """Between a box and the one at its side."""
    group_gap: float
    row_gap: float
    header_gap: float
    side_bar: float
    """Width of the bars that name the phases; 0 writes the names above the first row of each phase instead."""
    side_gap: float
    heading: float
    """Height of a phase's name above its first row; 0 with side bars."""
    stretch: float
    """A box lower than its row by no more than this fills the row."""
    centred: bool
    """True where a lower box stands in the middle of its row (paper), False for its top (a terminal, which scrolls)."""
    side_weight: float
    """How many times as wide as the others the columns of what is excluded are."""
    beside_gap: float
    """Between the boxes and an arrow that runs down beside them, and between two such arrows."""


@dataclass(frozen=True, slots=True)
class _RowExtent:
    """Where one row of the grid lies."""

    y: float
    height: float
    heading_y: float


def arrange(plan: Plan, style: FigureStyle, alt_text: str) -> Layout:
    """The figure of `plan`, all lengths in the unit of `style`; `alt_text` is what a reader hears who cannot see it."""
    columns = _columns(plan, style)
    stamp = stamp_box(plan, style)
    rows, headers = _rows(plan, columns, style, stamp[-1].bottom + style.header_gap if stamp else style.margin)
    boxes = tuple(_box(cell, columns[cell.column], rows[cell.row], style) for cell in plan.cells)
    foot = max(row.y + row.height for row in rows.values())
    notes = footnote_lines(plan, style, foot + style.row_gap)
    return Layout(
        width=style.width,
        height=style.snap((notes[-1].y + style.note_leading - style.baseline if notes else foot) + style.margin),
        boxes=(*stamp, *boxes),
        bars=(*headers, *_phase_bars(plan, rows, style)),
        arrows=_arrows(plan, {box.key: box for box in boxes}, style),
        footnotes=notes,
        title=plan.title,
        alt_text=alt_text,
        size_pt=style.size_pt,
        note_size_pt=style.note_size_pt,
        leading=style.leading,
        padding=(style.pad_x, style.pad_y),
    )


def narrowest_column(plan: Plan, style: FigureStyle) -> float:
    """How wide the narrowest column of boxes will be, in the unit of `style`."""
    return min(width for _, width in _columns(plan, style).values())


def _columns(plan: Plan, style: FigureStyle) -> dict[GridColumn, tuple[float, float]]:
    """Left edge and width of every column that has a box."""
    present = sorted({cell.column for cell in plan.cells})
    gaps = [style.gap if _GROUP[a] == _GROUP[b] else style.group_gap for a, b in pairwise(present)]
    beside = sum(link.path is ArrowPath.BESIDE for link in plan.links)
    left = style.margin + style.side_bar + style.side_gap + beside * style.beside_gap
    weights = [style.side_weight if column in _SIDES else 1.0 for column in present]
    share = (style.width - style.margin - left - sum(gaps)) / sum(weights)
    columns: dict[GridColumn, tuple[float, float]] = {}
    for column, weight, gap in zip(present, weights, [*gaps, 0.0], strict=True):
        columns[column] = (left, style.snap(share * weight))
        left += columns[column][1] + gap
    return columns


@lru_cache(maxsize=128)  # a box is asked for its height first, then drawn
def text_lines(entries: tuple[BoxEntry, ...], width: float, style: FigureStyle) -> tuple[TextLine, ...]:
    """The lines of a box of `width`, at x and y relative to the top left of its text."""
    lines: list[TextLine] = []
    room = width - 2 * style.pad_x
    for entry in entries:
        measure = partial(style.measure, bold=entry.bold)
        indent, hang = _indents(entry, room, measure, style if len(entries) > 1 else replace(style, hang=0))
        first = len(lines)
        for number, text in enumerate(wrap(entry.text, room - indent, measure, hang)):
            y = len(lines) * style.leading + style.baseline
            lines.append(TextLine(text, indent + (hang if number else 0), y, style.size_pt, bold=entry.bold))
        counted = _line_of_count(lines, first)
        lines[counted] = replace(lines[counted], key=entry.key)
        lines[first] = replace(lines[first], paragraph=entry.text.replace(NO_BREAK, " "))
    return tuple(lines)


def _line_of_count(lines: list[TextLine], first: int) -> int:
    """Which of the lines from `first` on holds the count of their statement: the last one that can, for a label may say "(n = " too."""
    return next((index for index in range(len(lines) - 1, first - 1, -1) if "(n = " in lines[index].text), len(lines) - 1)


def _indents(entry: BoxEntry, room: float, measure: Callable[[str], float], style: FigureStyle) -> tuple[float, float]:
    """Indent and hang of an entry, given up one after the other where a narrow box could not hold its count in one piece."""
    glued = [word for word in entry.text.split(" ") if NO_BREAK in word] or [entry.text.rpartition(" ")[2]]
    spare = room - max(map(measure, glued))
    indent = entry.level * style.indent
    if indent + style.hang <= spare:
        return indent, style.hang
    return (indent, 0) if indent <= spare else (0, 0)


def text_height(lines: tuple[TextLine, ...], style: FigureStyle) -> float:
    """How high a box is that holds `lines`."""
    return len(lines) * style.leading + 2 * style.pad_y


def shifted(lines: tuple[TextLine, ...], x: float, y: float) -> tuple[TextLine, ...]:
    """`lines` moved by x and y."""
    return tuple(replace(line, x=line.x + x, y=line.y + y) for line in lines)


def stamp_box(plan: Plan, style: FigureStyle) -> tuple[Box, ...]:
    """The box above the figure that says it is interim; none for a finished one."""
    if not plan.stamp:
        return ()
    width = style.width - 2 * style.margin
    lines = text_lines(plan.stamp, width, style)
    placed = shifted(lines, style.margin + style.pad_x, style.margin + style.pad_y)
    height = text_height(lines, style)
    return (Box("interim", style.margin, style.margin, width, height, placed, Fill.STAMP, Outline.DASHED),)


def _headers(
    plan: Plan, row: GridRow, columns: dict[GridColumn, tuple[float, float]], style: FigureStyle, top: float
) -> tuple[Bar, ...]:
    """The headers that stand over `row`, all of one height."""
    bars = tuple(_header(header, columns, style, top) for header in plan.headers if header.row is row)
    height = max((bar.height for bar in bars), default=0)
    return tuple(replace(bar, height=height, lines=shifted(bar.lines, 0, style.snap((height - bar.height) / 2))) for bar in bars)


def _header(header: Header, columns: dict[GridColumn, tuple[float, float]], style: FigureStyle, top: float) -> Bar:
    x, first_width = columns[header.first]
    width = columns[header.last][0] + columns[header.last][1] - x if header.last in columns else first_width
    lines = text_lines((BoxEntry(header.text, bold=True),), width, style)
    middle = x + width / 2
    placed = tuple(replace(line, x=middle, y=line.y + top + style.pad_y, centred=True) for line in lines)
    return Bar(header.key, x, top, width, text_height(lines, style), placed, Fill.HEADER)


def _rows(
    plan: Plan, columns: dict[GridColumn, tuple[float, float]], style: FigureStyle, top: float
) -> tuple[dict[GridRow, _RowExtent], tuple[Bar, ...]]:
    """The rows from the top down and the headers above them; where a phase's name needs more than its rows, the last gets the rest."""
    heights = _heights(plan, columns, style)
    rows: dict[GridRow, _RowExtent] = {}
    headers: list[Bar] = []
    y = top
    for phase, members in groupby(heights, key=PHASE_OF.__getitem__):
        phase_rows = list(members)
        for row in phase_rows:
            above = _headers(plan, row, columns, style, y)
            headers += above
            y = max((bar.bottom + style.header_gap for bar in above), default=y)
            heading_y = y if not rows else y - style.row_gap / 2
            y += style.heading if row is phase_rows[0] else 0
            rows[row] = _RowExtent(y, heights[row], heading_y)
            y += heights[row] + style.row_gap
        y += _lengthen(rows, phase_rows, plan.phase_name(phase), style)
    return rows, tuple(headers)


def _heights(plan: Plan, columns: dict[GridColumn, tuple[float, float]], style: FigureStyle) -> dict[GridRow, float]:
    heights: dict[GridRow, float] = {}
    for cell in sorted(plan.cells, key=lambda cell: cell.row):
        needed = text_height(text_lines(cell.entries, columns[cell.column][1], style), style)
        heights[cell.row] = max(heights.get(cell.row, 0), needed)
    return heights


def _lengthen(rows: dict[GridRow, _RowExtent], part: list[GridRow], name: str, style: FigureStyle) -> float:
    """Makes the last row of a phase higher if its side bar is too short for its name; gives what was added."""
    if not style.side_bar:
        return 0
    last = rows[part[-1]]
    missing = style.measure(name, bold=True) + 2 * style.pad_y - (last.y + last.height - rows[part[0]].y)
    added = style.snap(max(0, missing))
    rows[part[-1]] = replace(last, height=last.height + added)
    return added


def _box(cell: Cell, column: tuple[float, float], row: _RowExtent, style: FigureStyle) -> Box:
    """A box that is nearly as high as its row fills it; a lower one stands in its middle, or at its top where a page scrolls."""
    x, width = column
    lines = text_lines(cell.entries, width, style)
    needed = text_height(lines, style)
    height = row.height if row.height - needed <= style.stretch else needed
    y = row.y + (style.snap((row.height - height) / 2) if style.centred else 0)
    top = y + style.pad_y + style.snap((height - needed) / 2)
    return Box(cell.key, x, y, width, height, shifted(lines, x + style.pad_x, top), cell.fill, cell.outline)


def _phase_bars(plan: Plan, rows: dict[GridRow, _RowExtent], style: FigureStyle) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    for phase, members in groupby(rows, key=PHASE_OF.__getitem__):
        extents = [rows[row] for row in members]
        bottom = extents[-1].y + extents[-1].height
        name = plan.phase_name(phase)
        bar = _side_bar(phase, name, extents[0].y, bottom, style) if style.side_bar else _heading(phase, name, extents[0], style)
        again = any(bar.key == other.key for other in bars)
        bars.append(replace(bar, key=f"other_{bar.key}") if again else bar)
    return tuple(bars)


def _side_bar(phase: PrismaPhase, name: str, top: float, bottom: float, style: FigureStyle) -> Bar:
    x = style.margin + style.side_bar / 2 + style.cap_height / 2
    line = TextLine(name, x, (top + bottom) / 2, style.size_pt, bold=True, centred=True, paragraph=name)
    return Bar(phase.name.lower(), style.margin, top, style.side_bar, bottom - top, (line,), Fill.PHASE, vertical=True)


def _heading(phase: PrismaPhase, name: str, extent: _RowExtent, style: FigureStyle) -> Bar:
    line = TextLine(name, style.margin, extent.heading_y, style.size_pt, bold=True, paragraph=name)
    width = style.width - 2 * style.margin
    return Bar(phase.name.lower(), style.margin, extent.heading_y, width, style.heading, (line,), Fill.PHASE)


def _arrows(plan: Plan, boxes: dict[str, Box], style: FigureStyle) -> tuple[Arrow, ...]:
    beside = [link for link in plan.links if link.path is ArrowPath.BESIDE]
    return tuple(
        _arrow_beside(link, boxes, (beside.index(link) + 1) * style.beside_gap, style)
        if link.path is ArrowPath.BESIDE
        else _arrow(link, boxes[link.start], boxes[link.end], style)
        for link in plan.links
    )


def _arrow(link: CellLink, start: Box, end: Box, style: FigureStyle) -> Arrow:
    middle = start.x + style.snap(start.width / 2)
    if link.path is ArrowPath.DOWN:
        return Arrow(link.start, link.end, ((middle, start.bottom), (middle, end.y)))
    if link.path is ArrowPath.ACROSS:
        y = start.y + style.snap((start.height if style.centred else min(start.height, end.height)) / 2)
        return Arrow(link.start, link.end, ((start.right, y), (end.x, y)))
    y = end.y + style.snap(end.height / 2)
    edge = end.x if middle < end.x else end.right
    return Arrow(link.start, link.end, ((middle, start.bottom), (middle, y), (edge, y)))


def _arrow_beside(link: CellLink, boxes: dict[str, Box], distance: float, style: FigureStyle) -> Arrow:
    """Down beside the boxes, `distance` left of them."""
    start, end = boxes[link.start], boxes[link.end]
    x = min(start.x, end.x) - distance
    y0, y1 = (box.y + style.snap(box.height / 2) for box in (start, end))
    return Arrow(link.start, link.end, ((start.x, y0), (x, y0), (x, y1), (end.x, y1)))


def footnote_lines(plan: Plan, style: FigureStyle, top: float) -> tuple[TextLine, ...]:
    """The notes below the figure, from `top` on."""
    width = style.width - 2 * style.margin
    lines: list[TextLine] = []
    for note in plan.footnotes:
        for number, text in enumerate(wrap(note, width, style.measure_note)):
            y = top + style.baseline + len(lines) * style.note_leading
            lines.append(TextLine(text, style.margin, y, style.note_size_pt, paragraph="" if number else note))
    return tuple(lines)
