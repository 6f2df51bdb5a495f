"""The figure from left to right, for slides: what are rows on a page are columns here, and its columns are bands one below the other.

Phases stand above their columns, headers above the bands that they name. Invariants: as on a page: no line is wider than its box, no two boxes
overlap, every arrow starts and ends on the edge of its box.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from prisma_tool.errors import UsageError
from prisma_tool.figure.layout.arrange import FigureStyle, footnote_lines, shifted, stamp_box, text_height, text_lines
from prisma_tool.figure.layout.grid import PHASE_OF, ArrowPath, Cell, CellLink, GridColumn, GridRow, Header, Plan
from prisma_tool.figure.layout.shapes import Arrow, Bar, Box, Fill, Layout
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.figure.words.options import SLIDE_MM

_NARROWEST_MM = 25.0
"""A column narrower than this breaks nearly every label."""
_WEIGHTS: Mapping[GridRow, float] = {GridRow.IDENTIFIED: 1.2, GridRow.ASSESSED: 1.1}
"""Columns with lists are wider than others."""
_GAP_MM = 5.0
_RESULTS = frozenset({GridRow.INCLUDED, GridRow.TOTAL})
"""Columns of all bands together, over which no header stands."""
_SIDES = frozenset({GridColumn.SIDE, GridColumn.OTHER_SIDE})
"""Bands of what is removed and excluded."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a column or a band begins, and how wide or high it is."""

    start: float
    size: float

    @property
    def end(self) -> float:
        return self.start + self.size

    @property
    def middle(self) -> float:
        return self.start + self.size / 2


def arrange_horizontally(plan: Plan, style: FigureStyle, alt_text: str) -> Layout:
    """The figure of `plan` from left to right, all lengths in the unit of `style`.

    Args:
        plan: the figure.
        style: the measures.
        alt_text: what a reader hears who cannot see it.

    Raises:
        UsageError: the figure is not wide enough for its columns.
    """
    columns = _columns(plan, style)
    stamp = stamp_box(plan, style)
    phases = _phases(plan, columns, style, stamp[-1].bottom + style.header_gap if stamp else style.margin)
    bands, headers = _bands(plan, columns, style, phases[0].bottom + style.header_gap)
    boxes = tuple(_box(cell, columns[cell.row], bands[cell.column], style) for cell in plan.cells)
    by_key = {box.key: box for box in boxes}
    foot = max(band.end for band in bands.values())
    notes = footnote_lines(plan, style, foot + style.row_gap)
    return Layout(
        width=style.width,
        height=style.snap((notes[-1].y + style.note_leading - style.baseline if notes else foot) + style.margin),
        boxes=(*stamp, *boxes),
        bars=(*phases, *headers),
        arrows=tuple(_arrow(link, by_key[link.start], by_key[link.end], style) for link in plan.links),
        footnotes=notes,
        title=plan.title,
        alt_text=alt_text,
        size_pt=style.size_pt,
        note_size_pt=style.note_size_pt,
        leading=style.leading,
        padding=(style.pad_x, style.pad_y),
    )


def narrowest_step(plan: Plan, style: FigureStyle) -> float:
    """How wide the narrowest column will be."""
    rows = {cell.row for cell in plan.cells}
    room = style.width - 2 * style.margin - (len(rows) - 1) * _GAP_MM
    return room / sum(_WEIGHTS.get(row, 1.0) for row in rows)


def _columns(plan: Plan, style: FigureStyle) -> dict[GridRow, _Span]:
    share = narrowest_step(plan, style)
    rows = sorted({cell.row for cell in plan.cells})
    if share < _NARROWEST_MM:
        weights = sum(_WEIGHTS.get(row, 1.0) for row in rows)
        needed = _NARROWEST_MM * weights + (len(rows) - 1) * _GAP_MM + 2 * style.margin
        raise UsageError(
            f"From left to right this figure has {len(rows)} columns and needs {needed:.0f} mm, more than {style.width:g} mm; "
            f"give --width, such as {max(SLIDE_MM, needed):.0f}, or leave out --layout horizontal."
        )
    columns: dict[GridRow, _Span] = {}
    left = style.margin
    for row in rows:
        columns[row] = _Span(left, style.snap(share * _WEIGHTS.get(row, 1.0)))
        left = columns[row].end + _GAP_MM
    return columns


def _phases(plan: Plan, columns: dict[GridRow, _Span], style: FigureStyle, top: float) -> tuple[Bar, ...]:
    """The names of the phases, each above its columns."""
    bars: list[Bar] = []
    for phase, members in groupby(columns, key=PHASE_OF.__getitem__):
        spans = [columns[row] for row in members]
        across = _Span(spans[0].start, spans[-1].end - spans[0].start)
        bars.append(_bar(phase.name.lower(), plan.phase_name(phase), across, style, top, Fill.PHASE))
    return tuple(bars)


def _bar(key: str, name: str, across: _Span, style: FigureStyle, top: float, fill: Fill) -> Bar:
    lines = text_lines((BoxEntry(name, bold=True),), across.size, style)
    placed = tuple(replace(line, x=across.middle, y=line.y + top + style.pad_y, centred=True) for line in lines)
    return Bar(key, across.start, top, across.size, text_height(lines, style), placed, fill)


def _bands(
    plan: Plan, columns: dict[GridRow, _Span], style: FigureStyle, top: float
) -> tuple[dict[GridColumn, _Span], tuple[Bar, ...]]:
    """The bands from the top down, and the headers above them."""
    heads = {header.first: header for header in plan.headers}
    bands: dict[GridColumn, _Span] = {}
    headers: list[Bar] = []
    for column in sorted({cell.column for cell in plan.cells}):
        if column in heads:
            headers.append(_header(heads[column], plan, columns, style, top))
            top = headers[-1].bottom + style.header_gap
        cells = [cell for cell in plan.cells if cell.column is column]
        height = max(text_height(text_lines(cell.entries, columns[cell.row].size, style), style) for cell in cells)
        bands[column] = _Span(top, height)
        top += height + style.row_gap
    return bands, tuple(headers)


def _header(header: Header, plan: Plan, columns: dict[GridRow, _Span], style: FigureStyle, top: float) -> Bar:
    rows = [cell.row for cell in plan.cells if header.first <= cell.column <= header.last and cell.row not in _RESULTS]
    first, last = columns[min(rows)], columns[max(rows)]
    if header.first is GridColumn.PREVIOUS:
        # One box alone would be too narrow for its header.
        last = columns[sorted(columns)[1]]
    return _bar(header.key, header.text, _Span(first.start, last.end - first.start), style, top, Fill.HEADER)


def _box(cell: Cell, column: _Span, band: _Span, style: FigureStyle) -> Box:
    """A box in the middle of its band, so that arrows run straight; one of what is excluded at the top of its own."""
    lines = text_lines(cell.entries, column.size, style)
    height = text_height(lines, style)
    y = band.start + (0 if cell.column in _SIDES else style.snap((band.size - height) / 2))
    placed = shifted(lines, column.start + style.pad_x, y + style.pad_y)
    return Box(cell.key, column.start, y, column.size, height, placed, cell.fill, cell.outline)


def _arrow(link: CellLink, start: Box, end: Box, style: FigureStyle) -> Arrow:
    """What runs down on a page runs to the right here, and what runs across runs down."""
    middle = start.y + style.snap(start.height / 2)
    if link.path is ArrowPath.DOWN:
        return Arrow(link.start, link.end, ((start.right, middle), (end.x, middle)))
    if link.path is ArrowPath.ACROSS:
        x = start.x + style.snap(start.width / 2)
        return Arrow(link.start, link.end, ((x, start.bottom), (x, end.y)))
    x = end.x + style.snap(end.width / 2)
    edge = end.y if middle < end.y else end.bottom
    return Arrow(link.start, link.end, ((start.right, middle), (x, middle), (x, edge)))
