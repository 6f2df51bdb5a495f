"""From a plan to places: columns, rows, boxes that grow with their text, arrows that meet them.

One engine for paper (millimetres) and terminal (character cells); a `Style` says which. Invariants: no line is wider than its box, no
two boxes overlap, every arrow starts and ends on the edge of its box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, pairwise
from typing import Protocol

from prisma_tool.flow.figure import Arrow, Bar, Box, Fill, Layout, Line, Outline
from prisma_tool.flow.metrics import wrap
from prisma_tool.flow.plan import PHASE_OF, Cell, Column, Header, Path, Phase, Plan, Row
from prisma_tool.flow.wording import Entry

_GROUP = {Column.PREVIOUS: 0, Column.MAIN: 1, Column.SIDE: 1, Column.OTHER: 2, Column.OTHER_SIDE: 2}
"""Columns of one group share a header and stand closer together."""


class Measure(Protocol):
    """How wide a text is."""

    def __call__(self, text: str, *, bold: bool) -> float:
        """The width of `text` in the unit of the style."""


@dataclass(frozen=True, slots=True)
class Style:
    """All lengths of a figure, in one unit, and how to measure text in it."""

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


@dataclass(frozen=True, slots=True)
class _Row:
    """Where one row of the grid lies."""

    y: float
    height: float
    heading_y: float


def arrange(plan: Plan, style: Style, alt_text: str) -> Layout:
    """The figure of `plan` in `style`."""
    columns = _columns(plan, style)
    stamp = _stamp(plan, style)
    headers = _headers(plan, columns, style, stamp[-1].bottom + style.header_gap if stamp else style.margin)
    rows = _rows(plan, columns, style, max(header.bottom for header in headers) + style.header_gap)
    boxes = tuple(_box(cell, columns[cell.column], rows[cell.row], style) for cell in plan.cells)
    foot = max(row.y + row.height for row in rows.values())
    notes = _footnotes(plan, style, foot + style.row_gap)
    return Layout(
        width=style.width,
        height=style.snap((notes[-1].y + style.note_leading - style.baseline if notes else foot) + style.margin),
        boxes=(*stamp, *boxes),
        bars=(*headers, *_phase_bars(rows, style)),
        arrows=tuple(_arrow({box.key: box for box in boxes}, link.start, link.end, link.path, style) for link in plan.links),
        footnotes=notes,
        title=plan.title,
        alt_text=alt_text,
        size_pt=style.size_pt,
    )


def _columns(plan: Plan, style: Style) -> dict[Column, tuple[float, float]]:
    """Left edge and width of every column that has a box."""
    present = sorted({cell.column for cell in plan.cells})
    gaps = [style.gap if _GROUP[a] == _GROUP[b] else style.group_gap for a, b in pairwise(present)]
    left = style.margin + style.side_bar + style.side_gap
    width = style.snap((style.width - style.margin - left - sum(gaps)) / len(present))
    steps = [0.0, *gaps]
    return {column: (left + sum(steps[: i + 1]) + i * width, width) for i, column in enumerate(present)}


def _set(entries: tuple[Entry, ...], width: float, style: Style) -> tuple[Line, ...]:
    """The lines of a box of `width`, at x and y relative to the top left of its text."""
    lines: list[Line] = []
    hang = style.hang if len(entries) > 1 else 0
    for entry in entries:
        indent = entry.level * style.indent
        measure = partial(style.measure, bold=entry.bold)
        for number, text in enumerate(wrap(entry.text, width - 2 * style.pad_x - indent, measure, hang)):
            y = len(lines) * style.leading + style.baseline
            lines.append(Line(text, indent + (hang if number else 0), y, style.size_pt, bold=entry.bold))
        lines[-1] = replace(lines[-1], key=entry.key)
    return tuple(lines)


def _text_height(lines: tuple[Line, ...], style: Style) -> float:
    return len(lines) * style.leading + 2 * style.pad_y


def _moved(lines: tuple[Line, ...], x: float, y: float) -> tuple[Line, ...]:
    return tuple(replace(line, x=line.x + x, y=line.y + y) for line in lines)


def _stamp(plan: Plan, style: Style) -> tuple[Box, ...]:
    if not plan.stamp:
        return ()
    width = style.width - 2 * style.margin
    lines = _set(plan.stamp, width, style)
    placed = _moved(lines, style.margin + style.pad_x, style.margin + style.pad_y)
    height = _text_height(lines, style)
    return (Box("interim", style.margin, style.margin, width, height, placed, Fill.STAMP, Outline.DASHED),)


def _headers(plan: Plan, columns: dict[Column, tuple[float, float]], style: Style, top: float) -> tuple[Bar, ...]:
    bars = tuple(_header(header, columns, style, top) for header in plan.headers)
    height = max(bar.height for bar in bars)
    return tuple(replace(bar, height=height, lines=_moved(bar.lines, 0, style.snap((height - bar.height) / 2))) for bar in bars)


def _header(header: Header, columns: dict[Column, tuple[float, float]], style: Style, top: float) -> Bar:
    x, first_width = columns[header.first]
    width = columns[header.last][0] + columns[header.last][1] - x if header.last in columns else first_width
    lines = _set((Entry(header.text, bold=True),), width, style)
    middle = x + width / 2
    placed = tuple(replace(line, x=middle, y=line.y + top + style.pad_y, centred=True) for line in lines)
    return Bar(header.key, x, top, width, _text_height(lines, style), placed, Fill.HEADER)


def _rows(plan: Plan, columns: dict[Column, tuple[float, float]], style: Style, top: float) -> dict[Row, _Row]:
    """The rows from the top down; where a phase's name needs more height than its rows, the last row gets the rest."""
    heights = _heights(plan, columns, style)
    rows: dict[Row, _Row] = {}
    y = top
    for phase, members in groupby(heights, key=PHASE_OF.__getitem__):
        heading_y = y if not rows else y - style.row_gap / 2
        y += style.heading
        for row in members:
            rows[row] = _Row(y, heights[row], heading_y)
            last = row
            y += heights[row] + style.row_gap
        y += _lengthen(rows, last, phase, style)
    return rows


def _heights(plan: Plan, columns: dict[Column, tuple[float, float]], style: Style) -> dict[Row, float]:
    heights: dict[Row, float] = {}
    for cell in sorted(plan.cells, key=lambda cell: cell.row):
        needed = _text_height(_set(cell.entries, columns[cell.column][1], style), style)
        heights[cell.row] = max(heights.get(cell.row, 0), needed)
    return heights


def _lengthen(rows: dict[Row, _Row], last: Row, phase: Phase, style: Style) -> float:
    """Makes the last row of `phase` higher if its side bar is too short for its name; gives what was added."""
    if not style.side_bar:
        return 0
    first_y = min(place.y for row, place in rows.items() if PHASE_OF[row] is phase)
    missing = style.measure(phase, bold=True) + 2 * style.pad_y - (rows[last].y + rows[last].height - first_y)
    added = style.snap(max(0, missing))
    rows[last] = replace(rows[last], height=rows[last].height + added)
    return added


def _box(cell: Cell, column: tuple[float, float], row: _Row, style: Style) -> Box:
    x, width = column
    lines = _set(cell.entries, width, style)
    needed = _text_height(lines, style)
    height = row.height if row.height - needed <= style.stretch else needed
    top = row.y + style.pad_y + style.snap((height - needed) / 2)
    return Box(cell.key, x, row.y, width, height, _moved(lines, x + style.pad_x, top), cell.fill, cell.outline)


def _phase_bars(rows: dict[Row, _Row], style: Style) -> tuple[Bar, ...]:
    bars = []
    for phase, members in groupby(rows, key=PHASE_OF.__getitem__):
        places = [rows[row] for row in members]
        bottom = places[-1].y + places[-1].height
        bars.append(_side_bar(phase, places[0].y, bottom, style) if style.side_bar else _heading(phase, places[0], style))
    return tuple(bars)


def _side_bar(phase: Phase, top: float, bottom: float, style: Style) -> Bar:
    x = style.margin + style.side_bar / 2 + style.cap_height / 2
    line = Line(phase.value, x, (top + bottom) / 2, style.size_pt, bold=True, centred=True)
    return Bar(phase.name.lower(), style.margin, top, style.side_bar, bottom - top, (line,), Fill.PHASE, vertical=True)


def _heading(phase: Phase, place: _Row, style: Style) -> Bar:
    line = Line(phase.value, style.margin, place.heading_y, style.size_pt, bold=True)
    width = style.width - 2 * style.margin
    return Bar(phase.name.lower(), style.margin, place.heading_y, width, style.heading, (line,), Fill.PHASE)


def _arrow(boxes: dict[str, Box], start_key: str, end_key: str, path: Path, style: Style) -> Arrow:
    start, end = boxes[start_key], boxes[end_key]
    middle = start.x + style.snap(start.width / 2)
    if path is Path.DOWN:
        return Arrow(start_key, end_key, ((middle, start.bottom), (middle, end.y)))
    if path is Path.ACROSS:
        y = start.y + style.snap(min(start.height, end.height) / 2)
        return Arrow(start_key, end_key, ((start.right, y), (end.x, y)))
    y = end.y + style.snap(end.height / 2)
    edge = end.x if middle < end.x else end.right
    return Arrow(start_key, end_key, ((middle, start.bottom), (middle, y), (edge, y)))


def _footnotes(plan: Plan, style: Style, top: float) -> tuple[Line, ...]:
    width = style.width - 2 * style.margin
    texts = [text for note in plan.footnotes for text in wrap(note, width, style.measure_note)]
    places = (top + style.baseline + i * style.note_leading for i in range(len(texts)))
    return tuple(Line(text, style.margin, y, style.note_size_pt) for text, y in zip(texts, places, strict=True))
