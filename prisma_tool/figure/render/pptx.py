"""The figure as one PowerPoint slide of its own size, of native shapes and connectors that move with their boxes.

The notes hold the caption. Invariants: a count is one run of text; the same figure gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.figure.layout.shapes import INK, Arrow, Bar, Box, BoxSide, Layout, TextLine
from prisma_tool.figure.render.drawingml import (
    A,
    BoxParagraph,
    connection_sites,
    connector,
    emu,
    frame,
    freeform,
    leading_points,
    paragraphs,
    points,
    shape,
    shapes_bottom,
    text_frame,
    text_parts,
)
from prisma_tool.figure.render.glyph_coverage import require_glyphs
from prisma_tool.figure.render.reproducible_zip import document_date, with_fixed_dates
from prisma_tool.figure.render.xml_text import attribute, text

_SPACES = (
    f'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="{A}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_BLANK = 6
"""The layout without placeholders in the template that python-pptx brings."""
TALLEST_MM = 1422.0
"""PowerPoint's largest slide is 56 inches."""
_LEADING = 1.22


def render_pptx(layout: Layout, caption: str) -> bytes:
    """The presentation; `caption` stands in the notes of its slide.

    Raises:
        PrismaError: no font at hand has a character, or the figure is higher than the largest slide.
    """
    from pptx import Presentation
    from pptx.oxml import parse_xml
    from pptx.util import Emu

    require_glyphs(layout, "PPTX", own_fonts=True)
    if layout.height > TALLEST_MM:
        raise PrismaError(
            f"The figure is {layout.height:.0f} mm high, but a slide ends at {TALLEST_MM:.0f} mm. Write it as PDF or SVG, make it "
            "wider, or hide lists, for example with --hide database_specific_results."
        )
    presentation = Presentation()
    _describe(presentation, layout)
    presentation.slide_width, presentation.slide_height = Emu(emu(layout.width)), Emu(emu(layout.height))
    slide = presentation.slides.add_slide(presentation.slide_layouts[_BLANK])
    slide.notes_slide.notes_text_frame.text = caption
    for element in _elements(layout):
        slide.shapes._spTree.append(parse_xml(element))  # noqa: SLF001 # the only way to glue connectors where the layout puts them
    target = io.BytesIO()
    presentation.save(target)
    return with_fixed_dates(target.getvalue())


def _describe(presentation: Any, layout: Layout) -> None:
    about = presentation.core_properties
    about.title, about.subject = layout.title[:255], "PRISMA flow diagram"
    about.author, about.last_modified_by, about.comments, about.keywords = layout.author[:255], "", "", ""
    about.created = about.modified = document_date(layout.dated)
    about.revision = 1
    about.language = layout.language_tag


def _elements(layout: Layout) -> Iterator[str]:
    """The slide from back to front; the description hangs on an invisible frame around the whole figure."""
    numbers = {box.key: number for number, box in enumerate(layout.boxes, start=3)}
    after = len(numbers) + 3
    yield _whole(layout)
    for number, bar in enumerate(layout.bars, start=after):
        yield _box(bar, number, layout)
    for number, arrow in enumerate(layout.arrows, start=after + len(layout.bars)):
        yield _arrow(arrow, number, numbers)
    for box in layout.boxes:
        yield _box(box, numbers[box.key], layout)
    if layout.footnotes:
        yield _footnotes(layout, after + len(layout.bars) + len(layout.arrows))


def _whole(layout: Layout) -> str:
    described = f"title={attribute(layout.title)} descr={attribute(layout.alt_text)}"
    return (
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="2" name="PRISMA flow diagram" {described}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f"{frame(layout.width, layout.height, 'p:spPr')}</p:sp>"
    )


def _transform(x: float, y: float, width: float, height: float) -> str:
    return f'<a:xfrm><a:off x="{emu(x)}" y="{emu(y)}"/><a:ext cx="{emu(width)}" cy="{emu(height)}"/></a:xfrm>'


def _box(box: Box | Bar, number: int, layout: Layout) -> str:
    words = "".join(_paragraph(paragraph, layout) for paragraph in paragraphs(box, layout)) or "<a:p/>"
    return (
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name={attribute(box.key)}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f"{shape(box, layout.colours, 'p:spPr')}<p:txBody><a:bodyPr {text_frame(box, layout)}><a:noAutofit/></a:bodyPr><a:lstStyle/>"
        f"{words}</p:txBody></p:sp>"
    )


def _arrow(arrow: Arrow, number: int, numbers: dict[str, int]) -> str:
    about = f'<p:cNvPr id="{number}" name={attribute(f"{arrow.start} to {arrow.end}")}/>'
    if arrow.sides == (BoxSide.LEFT, BoxSide.LEFT):
        # LibreOffice draws a connector between two left sides on top of them; a line keeps its course in every program.
        return f"<p:sp {_SPACES}><p:nvSpPr>{about}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>{freeform(arrow, 'p:spPr')}</p:sp>"
    return (
        f"<p:cxnSp {_SPACES}><p:nvCxnSpPr>{about}<p:cNvCxnSpPr>{connection_sites(arrow, numbers)}</p:cNvCxnSpPr>"
        f"<p:nvPr/></p:nvCxnSpPr>{connector(arrow, 'p:spPr')}</p:cxnSp>"
    )


def _footnotes(layout: Layout, number: int) -> str:
    first = layout.footnotes[0]
    top = shapes_bottom(layout) + layout.padding[1]
    transform = _transform(first.x, top, layout.width - 2 * first.x, layout.height - top - first.x)
    notes = "".join(_note(note, layout) for note in layout.footnotes if note.paragraph)
    return (
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name="footnotes"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>{transform}'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody>'
        '<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f"{notes}</p:txBody></p:sp>"
    )


def _note(note: TextLine, layout: Layout) -> str:
    runs = "".join(_run(part.text, part.font, note, layout) for part in text_parts(note.paragraph, note, layout))
    return f"<a:p><a:pPr>{_leading(note.size_pt * _LEADING)}</a:pPr>{runs}</a:p>"


def _paragraph(paragraph: BoxParagraph, layout: Layout) -> str:
    placed = "ctr" if paragraph.line.centred else "l"
    indent = f'marL="{emu(paragraph.indent + paragraph.hang)}" indent="{-emu(paragraph.hang)}" algn="{placed}"'
    return f"<a:p><a:pPr {indent}>{_leading(leading_points(layout))}</a:pPr>{''.join(_runs(paragraph, layout))}</a:p>"


def _leading(size_pt: float) -> str:
    return f'<a:lnSpc><a:spcPts val="{round(size_pt * 100)}"/></a:lnSpc>'


def _runs(paragraph: BoxParagraph, layout: Layout) -> Iterator[str]:
    yield from (_run(words, font, paragraph.line, layout) for words, font in paragraph.runs)
    if paragraph.broken:
        letters = _letters(paragraph.font, paragraph.line, layout)
        yield f"<a:br>{letters}</a:br>{_run(paragraph.count, paragraph.font, paragraph.line, layout)}"


def _run(words: str, font: str, line: TextLine, layout: Layout) -> str:
    return f"<a:r>{_letters(font, line, layout)}<a:t>{text(words)}</a:t></a:r>"


def _letters(font: str, line: TextLine, layout: Layout) -> str:
    name, ink = attribute(font), INK.lstrip("#")
    return (
        f'<a:rPr lang="{layout.language_tag}" sz="{points(line)}" b="{int(line.bold)}" dirty="0"><a:solidFill><a:srgbClr val="{ink}"/>'
        f"</a:solidFill><a:latin typeface={name}/><a:ea typeface={name}/><a:cs typeface={name}/></a:rPr>"
    )
