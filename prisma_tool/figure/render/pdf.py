"""The figure as a one-page PDF: vector shapes, text that can be selected, searched and read aloud, the bundled fonts embedded.

Invariant: the same layout gives the same bytes (no date but the layout's, no random identifier in the file).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from prisma_tool.errors import PrismaError
from prisma_tool.figure.fonts.faces import Face
from prisma_tool.figure.fonts.subset import subset_of
from prisma_tool.figure.fonts.units import MM_PER_POINT
from prisma_tool.figure.layout.shapes import (
    CORNER_MM,
    DASHES_MM,
    INK,
    STROKE_MM,
    Arrow,
    Bar,
    Box,
    Layout,
    Outline,
    Point,
    TextLine,
)
from prisma_tool.figure.render.glyph_coverage import characters_by_face, require_glyphs, require_unjoined, runs
from prisma_tool.figure.render.tagged_pdf.tags import VERSION, PageTags
from prisma_tool.figure.render.tagged_pdf.xmp import xmp_packet

if TYPE_CHECKING:
    from reportlab.pdfbase.pdfdoc import PDFStream
    from reportlab.pdfgen.canvas import Canvas

Names = Mapping[Face, str]


@dataclass(frozen=True, slots=True)
class _PdfPage:
    """The canvas, the figure on it, and under which names its fonts are registered."""

    canvas: Canvas
    layout: Layout
    names: Names
    tags: PageTags


def render_pdf(layout: Layout) -> bytes:
    """The page, as large as the figure.

    Raises:
        PrismaError: no font at hand has a character, a script needs shaping, or a font cannot be embedded.
    """
    from reportlab.pdfgen.canvas import Canvas

    require_glyphs(layout, "PDF")
    require_unjoined(layout, "PDF")
    names = {face: _registered(face, characters) for face, characters in characters_by_face(layout).items()}
    target = io.BytesIO()
    canvas = Canvas(
        target,
        pagesize=(layout.width / MM_PER_POINT, layout.height / MM_PER_POINT),
        invariant=1,
        pageCompression=1,
        pdfVersion=VERSION,
        lang=layout.language_tag,
        initialFontName=next(iter(names.values())),  # type: ignore[arg-type] # the stub says float; else each page names Helvetica
    )
    canvas.setTitle(layout.title)
    canvas.setSubject(layout.alt_text)
    canvas.setCreator("prisma-tool")
    canvas.setAuthor(layout.author)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    if layout.dated is not None:
        stamp = f"D:{layout.dated.astimezone(UTC):%Y%m%d%H%M%S}Z"
        canvas.setDateFormatter(lambda *_: stamp)
    catalog: Any = canvas._doc.Catalog  # type: ignore[attr-defined] # noqa: SLF001 # reportlab has no other way to add XMP
    catalog.Metadata = _metadata(layout)
    tags = PageTags(canvas)
    _draw(_PdfPage(canvas, layout, names, tags))
    canvas.showPage()
    tags.add_structure(layout)
    canvas.save()
    return target.getvalue()


def _metadata(layout: Layout) -> PDFStream:
    """The XMP packet, uncompressed, so that programs that do not read PDF find it."""
    from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream

    kind = PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
    return PDFStream(kind, xmp_packet(layout, layout.language_tag), filters=[])


def _registered(face: Face, characters: str) -> str:
    """The name under which reportlab knows the face: one of our own, so that no other font is taken for ours.

    An added font is registered with the characters of this figure only, its name made of its content.
    """
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    data = face.path.read_bytes() if face.bundled else subset_of(face, characters, truetype=True)
    name = f"PrismaTool{hashlib.sha256(data).hexdigest()[:8]}"
    if name not in pdfmetrics.getRegisteredFontNames():
        try:
            pdfmetrics.registerFont(TTFont(name, io.BytesIO(data)))
        except TTFError as error:
            raise PrismaError(f"{face.path} cannot be embedded in a PDF; choose another font.") from error
    return name


def _draw(page: _PdfPage) -> None:
    """Draws in millimetres; only y is turned, because a page of PDF begins at the bottom."""
    canvas, layout = page.canvas, page.layout
    canvas.scale(1 / MM_PER_POINT, 1 / MM_PER_POINT)
    canvas.setLineWidth(STROKE_MM)
    canvas.setStrokeColor(INK)
    for bar in layout.bars:
        _draw_bar(page, bar)
    with page.tags.decoration():
        for arrow in layout.arrows:
            _draw_arrow(canvas, arrow, layout.height)
    for box in layout.boxes:
        _draw_box(page, box)
    for line in layout.footnotes:
        with page.tags.text(line, footnote=True):
            _write(page, line)


def _draw_bar(page: _PdfPage, bar: Bar) -> None:
    with page.tags.decoration():
        page.canvas.setFillColor(page.layout.colours.of(bar.fill))
        page.canvas.roundRect(bar.x, page.layout.height - bar.bottom, bar.width, bar.height, CORNER_MM, stroke=1, fill=1)
    for line in bar.lines:
        with page.tags.text(line):
            _write(page, line, upwards=bar.vertical)


def _draw_box(page: _PdfPage, box: Box) -> None:
    with page.tags.decoration():
        page.canvas.setFillColor(page.layout.colours.of(box.fill))
        page.canvas.setDash(*(DASHES_MM if box.outline is Outline.DASHED else ()))
        page.canvas.rect(box.x, page.layout.height - box.bottom, box.width, box.height, stroke=1, fill=1)
        page.canvas.setDash()
    for line in box.lines:
        with page.tags.text(line):
            _write(page, line)


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


def _write(page: _PdfPage, line: TextLine, *, upwards: bool = False) -> None:
    """One line; where two faces share it, each part is shown where the one before ends."""
    canvas, size = page.canvas, line.size_pt * MM_PER_POINT
    parts = [(run.text, page.names[run.face]) for run in runs(page.layout, line) if run.face is not None]
    canvas.saveState()
    canvas.setFillColor(INK)
    canvas.translate(line.x, page.layout.height - line.y)
    canvas.rotate(90 if upwards else 0)
    x = -sum(canvas.stringWidth(text, name, size) for text, name in parts) / 2 if line.centred else 0.0
    for text, name in parts:
        canvas.setFont(name, size)
        canvas.drawString(x, 0, text)
        x += canvas.stringWidth(text, name, size)
    canvas.restoreState()
