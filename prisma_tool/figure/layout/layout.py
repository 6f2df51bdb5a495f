"""The flow diagram laid out for paper: as wide as asked for (190 mm by default), text of 8 points or more.

Owns the printed measures. Invariant: the same flow, options and fonts give the same layout, to the last digit, on every machine.
Heights and sizes of type: the limits that journals print for authors, such as PLOS (height up to 222.3 mm, type of 8 to 12 points).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from prisma_tool.figure.fonts.faces import FontSet, font_set
from prisma_tool.figure.fonts.units import MM_PER_POINT
from prisma_tool.figure.layout.arrange import FigureStyle, arrange, narrowest_column
from prisma_tool.figure.layout.grid import GridColumn, Plan
from prisma_tool.figure.layout.horizontal import arrange_horizontally, narrowest_step
from prisma_tool.figure.layout.shapes import Colours, Fill, Layout
from prisma_tool.figure.layout.stacking import arrangements
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.words.line_breaking import NO_BREAK
from prisma_tool.figure.words.options import PLAIN, WIDEST_MM, Direction, FigureOptions, Palette
from prisma_tool.flow.flow import Flow
from prisma_tool.model.text import printable

SMALLEST_PT = 8.0
ROOMY_PT = 9.0
"""Size of the text where a full page has two columns of boxes only."""
TALLEST_MM = 222.0
"""Above this height, more than journals take, the smaller size is used."""
_ROOMY_WIDTH_MM = 170.0
_WIDER_MM = (240.0, 320.0, 400.0, WIDEST_MM)
_NARROWEST_COLUMN_MM = 26.0
"""A column of boxes narrower than this breaks nearly every label; then columns go below each other."""
_ROOMY_STEP_MM = 34.0
"""From this width of its columns on a figure from left to right has the larger text."""
_SIDE_WEIGHTS = (1.0, 1.6, 2.5)
"""How much wider the columns of reasons become where the figure would be too high."""
_LEADING = 1.22
_COLOURS: Mapping[Palette, Colours] = {
    Palette.COLOUR: Colours(),
    Palette.GREY: Colours(((Fill.GREY, "#EDEDED"), (Fill.HEADER, "#C8C8C8"), (Fill.PHASE, "#DADADA"), (Fill.STAMP, "#F7F7F7"))),
    Palette.LINE_ART: Colours(tuple((fill, "#FFFFFF") for fill in Fill)),
}


def lay_out(flow: Flow, options: FigureOptions = PLAIN) -> Layout:
    """The figure of `flow` for printing; all lengths in millimetres.

    Raises:
        UsageError: an option that does not fit this flow.
        PrismaError: a font that cannot be used.
    """
    fonts = font_set(options.fonts)
    planned = plan(flow, options)
    horizontal = options.direction is Direction.HORIZONTAL
    drawn = (_horizontal if horizontal else _best_arrangement)(planned, options.width_mm, fonts)
    return replace(
        drawn,
        fonts=fonts,
        colours=_COLOURS[options.palette],
        author=printable(flow.words.author),
        dated=flow.dated,
        language=options.language_for(flow),
    )


def lay_out_within(flow: Flow, options: FigureOptions, tallest: float) -> Layout:
    """The figure of `flow`, made wider than asked for where it would be too high, for outputs whose pages end somewhere.

    Args:
        flow: the counts.
        options: how to draw them.
        tallest: the height of what fits, in millimetres.

    Raises:
        UsageError: as in `lay_out`.
        PrismaError: as in `lay_out`.
    """
    drawn = lay_out(flow, options)
    for width in _WIDER_MM:
        if drawn.height > tallest and width > options.width_mm:
            drawn = lay_out(flow, replace(options, width_mm=width))
    return drawn


def _horizontal(planned: Plan, width: float, fonts: FontSet) -> Layout:
    roomy = print_style(width, fonts, roomy=True)
    style = roomy if narrowest_step(planned, roomy) >= _ROOMY_STEP_MM else print_style(width, fonts, roomy=False)
    return arrange_horizontally(planned, style, planned.alt or describe(planned))


def _best_arrangement(planned: Plan, width: float, fonts: FontSet) -> Layout:
    words = planned.alt or describe(planned)
    if width >= _ROOMY_WIDTH_MM and {cell.column for cell in planned.cells} <= {GridColumn.MAIN, GridColumn.SIDE}:
        roomy = arrange(planned, print_style(width, fonts, roomy=True), words)
        if roomy.height <= TALLEST_MM:
            return roomy
    style = print_style(width, fonts, roomy=False)
    first, *others = _candidates(planned, style)
    drawn = arrange(*first, words)
    if drawn.height <= TALLEST_MM:
        return drawn
    return min([drawn, *(arrange(*way, words) for way in others)], key=lambda way: way.height)


def _candidates(planned: Plan, style: FigureStyle) -> list[tuple[Plan, FigureStyle]]:
    """The ways to arrange a figure, the usual one first: as much side by side as the width allows, all columns alike."""
    *wide, narrow = arrangements(planned)
    ways = [(arrangement, replace(style, side_weight=weight)) for weight in _SIDE_WEIGHTS for arrangement in (*wide, narrow)]
    fitting = [way for way in ways if narrowest_column(*way) >= _NARROWEST_COLUMN_MM]
    return fitting or [(narrow, style)]


def print_style(width: float, fonts: FontSet, *, roomy: bool) -> FigureStyle:
    """The measures of the printed figure, in millimetres (sizes of type in points).

    Args:
        width: the width of the whole figure in millimetres.
        fonts: what its text is measured with.
        roomy: whether two columns share the width of a page that is not full.
    """
    size = ROOMY_PT if roomy else SMALLEST_PT
    cap = fonts.cap_height * size * MM_PER_POINT
    leading = _to_micrometres(size * MM_PER_POINT * _LEADING)
    return FigureStyle(
        measure=partial(fonts.width, size_pt=size),
        snap=_to_micrometres,
        width=width,
        margin=2.0,
        size_pt=size,
        note_size_pt=SMALLEST_PT,
        measure_note=partial(fonts.width, size_pt=SMALLEST_PT),
        leading=leading,
        note_leading=_to_micrometres(SMALLEST_PT * MM_PER_POINT * _LEADING),
        baseline=_to_micrometres((leading + cap) / 2),
        cap_height=_to_micrometres(cap),
        pad_x=2.0 if roomy else 1.6,
        pad_y=1.9 if roomy else 1.6,
        indent=3.0 if roomy else 2.2,
        hang=1.6,
        gap=12.0 if roomy else 6.0,
        group_gap=5.0,
        row_gap=6.0,
        header_gap=4.0,
        side_bar=6.5,
        side_gap=3.0,
        heading=0.0,
        stretch=10.0,
        centred=True,
        side_weight=1.0,
        beside_gap=3.5,
    )


def describe(planned: Plan) -> str:
    """The figure in words, for readers who cannot see it: phase by phase, every box with its counts."""
    stamp = [entry.text for entry in planned.stamp]
    parts = [f"{planned.phase_of(cell)}: {'; '.join(entry.text for entry in cell.entries)}" for cell in planned.cells]
    return ". ".join([planned.title, *stamp, *parts]).replace(NO_BREAK, " ").replace(":;", ":").replace("\uff1a;", "\uff1a") + "."


def _to_micrometres(length: float) -> float:
    return round(length, 3)
