"""The figure as a one-page PDF: vector shapes, text that can be selected and searched, the bundled fonts embedded.

Invariant: the same layout gives the same bytes (no date, no random identifier in the file).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from prisma_tool.flow.figure import (
    CORNER_MM,
    DASHES_MM,
    INK,
    MM_PER_POINT,
    STROKE_MM,
    Arrow,
    Bar,
    Box,
    Layout,
    Line,
    Outline,
    Point,
)
from prisma_tool.flow.glyphs import require_glyphs
from prisma_tool.flow.metrics import BOLD, REGULAR

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_REGULAR_NAME, _BOLD_NAME = "PrismaToolSans", "PrismaToolSans-Bold"
"""Names of our own, so that no font that another part of the process registered is taken for ours."""


def render_pdf(layout: Layout) -> bytes:
    """The page, as large as the figure. Raises PrismaError where the bundled font lacks a character."""
    from reportlab.pdfgen.canvas import Canvas

    require_glyphs(layout, "PDF")
    _register_fonts()
    target = io.BytesIO()
    size = (layout.width / MM_PER_POINT, layout.height / MM_PER_POINT)
    canvas = Canvas(
        target,
        pagesize=size,
        invariant=1,
        pageCompression=1,
        lang="en-GB",
        initialFontName=_REGULAR_NAME,  # type: ignore[arg-type] # the stub says float; without it each page names Helvetica
    )
    canvas.setTitle(layout.title)
    canvas.setSubject(layout.alt_text)
    canvas.setCreator("prisma-tool")
    _draw(canvas, layout)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _register_fonts() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont(_REGULAR_NAME, str(REGULAR)))
    pdfmetrics.registerFont(TTFont(_BOLD_NAME, str(BOLD)))


def _draw(canvas: Canvas, layout: Layout) -> None:
    """Draws in millimetres; only y is turned, because a page of PDF begins at the bottom."""
    canvas.scale(1 / MM_PER_POINT, 1 / MM_PER_POINT)
    canvas.setLineWidth(STROKE_MM)
    canvas.setStrokeColor(INK)
    for bar in layout.bars:
        _draw_bar(canvas, bar, layout.height)
    for arrow in layout.arrows:
        _draw_arrow(canvas, arrow, layout.height)
    for box in layout.boxes:
        _draw_box(canvas, box, layout.height)
    for line in layout.footnotes:
        _write(canvas, line, layout.height)


def _draw_bar(canvas: Canvas, bar: Bar, height: float) -> None:
    canvas.setFillColor(bar.fill.value)
    canvas.roundRect(bar.x, height - bar.bottom, bar.width, bar.height, CORNER_MM, stroke=1, fill=1)
    for line in bar.lines:
        _write(canvas, line, height, upwards=bar.vertical)


def _draw_box(canvas: Canvas, box: Box, height: float) -> None:
    canvas.setFillColor(box.fill.value)
    canvas.setDash(*(DASHES_MM if box.outline is Outline.DASHED else ()))
    canvas.rect(box.x, height - box.bottom, box.width, box.height, stroke=1, fill=1)
    canvas.setDash()
    for line in box.lines:
        _write(canvas, line, height)


def _draw_arrow(canvas: Canvas, arrow: Arrow, height: float) -> None:
    _draw_path(canvas, arrow.shaft, height, filled=False)
    _draw_path(canvas, arrow.head, height, filled=True)


def _draw_path(canvas: Canvas, points: tuple[Point, ...], height: float, *, filled: bool) -> None:
    path = canvas.beginPath()
    path.moveTo(points[0][0], height - points[0][1])
    for x, y in points[1:]:
        path.lineTo(x, height - y)
    if filled:
        path.close()
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0 if filled else 1, fill=1 if filled else 0)


def _write(canvas: Canvas, line: Line, height: float, *, upwards: bool = False) -> None:
    canvas.saveState()
    canvas.setFillColor(INK)
    canvas.setFont(_BOLD_NAME if line.bold else _REGULAR_NAME, line.size_pt * MM_PER_POINT)
    canvas.translate(line.x, height - line.y)
    canvas.rotate(90 if upwards else 0)
    (canvas.drawCentredString if line.centred else canvas.drawString)(0, 0, line.text)
    canvas.restoreState()
