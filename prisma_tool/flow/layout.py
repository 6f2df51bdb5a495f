"""The flow diagram laid out for paper: 190 mm wide (a journal's full width), text of 8 points or more.

Owns the printed measures. Invariant: the same flow gives the same layout, to the last digit, on every machine.
Size limits of journals: reference prisma2020.md, C6.
"""

from __future__ import annotations

from functools import partial

from prisma_tool.flow.arrange import Style, arrange
from prisma_tool.flow.figure import MM_PER_POINT, Arrow, Bar, Box, Fill, Layout, Line, Outline
from prisma_tool.flow.flow import Flow, Template
from prisma_tool.flow.metrics import CAP_HEIGHT, NO_BREAK, text_width
from prisma_tool.flow.plan import PHASE_OF, Plan, plan

__all__ = ["Arrow", "Bar", "Box", "Fill", "Layout", "Line", "Outline", "lay_out"]

WIDTH_MM = 190.0
SMALLEST_PT = 8.0
ROOMY_PT = 9.0
"""Size of the text where the figure has two columns of boxes only."""
TALLEST_MM = 222.0
"""Above this height, more than journals take, the smaller size is used."""
_LEADING = 1.22
_WIDE_GAP_MM = 12.0
_NARROW_GAP_MM = 6.0


def lay_out(flow: Flow) -> Layout:
    """The figure of `flow` for printing at 190 mm width; all lengths in millimetres."""
    planned = plan(flow)
    words = describe(planned)
    if flow.template is Template.NEW_V1:
        roomy = arrange(planned, print_style(roomy=True), words)
        if roomy.height <= TALLEST_MM:
            return roomy
    return arrange(planned, print_style(roomy=False), words)


def print_style(*, roomy: bool) -> Style:
    """The measures of the printed figure; `roomy` where two columns share the width of a page that is not full."""
    size = ROOMY_PT if roomy else SMALLEST_PT
    gap = _WIDE_GAP_MM if roomy else _NARROW_GAP_MM
    cap = CAP_HEIGHT * size * MM_PER_POINT
    leading = _to_micrometres(size * MM_PER_POINT * _LEADING)
    return Style(
        measure=partial(text_width, size_pt=size),
        snap=_to_micrometres,
        width=WIDTH_MM,
        margin=2.0,
        size_pt=size,
        note_size_pt=SMALLEST_PT,
        measure_note=partial(text_width, size_pt=SMALLEST_PT),
        leading=leading,
        note_leading=_to_micrometres(SMALLEST_PT * MM_PER_POINT * _LEADING),
        baseline=_to_micrometres((leading + cap) / 2),
        cap_height=_to_micrometres(cap),
        pad_x=2.0 if roomy else 1.6,
        pad_y=1.9 if roomy else 1.6,
        indent=3.0 if roomy else 2.2,
        hang=1.6,
        gap=gap,
        group_gap=5.0,
        row_gap=6.0,
        header_gap=4.0,
        side_bar=6.5,
        side_gap=3.0,
        heading=0.0,
        stretch=10.0,
    )


def describe(planned: Plan) -> str:
    """The figure in words, for readers who cannot see it: phase by phase, every box with its counts."""
    stamp = [entry.text for entry in planned.stamp]
    parts = [f"{PHASE_OF[cell.row]}: {'; '.join(entry.text for entry in cell.entries)}" for cell in planned.cells]
    return ". ".join([planned.title, *stamp, *parts]).replace(NO_BREAK, " ").replace(":;", ":") + "."


def _to_micrometres(length: float) -> float:
    return round(length, 3)
