"""The figure as a Word document of native shapes and connectors, that a co-author edits in Word or LibreOffice.

The caption and the footnotes are paragraphs below it. Invariants: a count is one run of text; the shapes carry the alternative text;
the same figure gives the same bytes. Shapes are `wps` elements in a `wpg` group (Microsoft, MS-ODRAWXML), inline in a paragraph.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.figure.layout.shapes import INK, Arrow, Bar, Box, Layout, TextLine
from prisma_tool.figure.render.drawingml import (
    OFFICE_FONT,
    A,
    BoxParagraph,
    FontedText,
    at_origin,
    connection_sites,
    connector,
    emu,
    frame,
    leading_points,
    paragraphs,
    shape,
    shapes_bottom,
    text_frame,
    text_parts,
)
from prisma_tool.figure.render.glyph_coverage import require_glyphs
from prisma_tool.figure.render.reproducible_zip import document_date, with_fixed_dates
from prisma_tool.figure.render.xml_text import attribute, text
from prisma_tool.model.protocol.figure_words import Language

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACES = (
    f'xmlns:w="{_W}" xmlns:a="{A}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_GROUP = "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"
_SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_FIRST_ANCHORED = 1001
"""Number of the first shape beside the group; the group has far fewer."""
_PAGE_MM = (210.0, 297.0)
_MARGIN_MM = 10.0
_BELOW_MM = 60.0
"""What is kept free for the caption and the footnotes where the page can be that high."""
_HIGHEST_PAGE_MM = 558.0
"""Word's largest page is 22 inches."""
TALLEST_MM = _HIGHEST_PAGE_MM - 2 * _MARGIN_MM
_TWIPS_PER_MM = 1440 / 25.4
_TWIPS_PER_POINT = 20


def render_docx(layout: Layout, caption: str) -> bytes:
    """The document, on one page as large as it needs; `caption` is a paragraph below the figure.

    Raises:
        PrismaError: no font at hand has a character, or the figure is higher than the largest page of Word.
    """
    from docx import Document
    from docx.oxml import parse_xml

    require_glyphs(layout, "DOCX", own_fonts=True)
    height = shapes_bottom(layout) + layout.padding[1]
    if height > TALLEST_MM:
        raise PrismaError(
            f"The figure is {height:.0f} mm high, but a page of Word ends at {_HIGHEST_PAGE_MM:.0f} mm. Write it as PDF, SVG or PPTX, "
            "make it wider, or hide lists, for example with --hide database_specific_results."
        )
    document = Document()
    _describe(document, layout)
    _set_page(document.sections[0], layout.width, height)
    last = document.element.body.sectPr
    for paragraph in _paragraphs(layout, height, caption):
        last.addprevious(parse_xml(paragraph))
    target = io.BytesIO()
    document.save(target)
    return with_fixed_dates(target.getvalue())


def _describe(document: Any, layout: Layout) -> None:
    about = document.core_properties
    about.title, about.subject = layout.title[:255], "PRISMA flow diagram"
    about.author, about.last_modified_by, about.comments, about.keywords = layout.author[:255], "", "", ""
    about.created = about.modified = document_date(layout.dated)
    about.revision = 1
    about.language = layout.language_tag


def _set_page(section: Any, width: float, height: float) -> None:
    from docx.shared import Mm

    needed = (width + 2 * _MARGIN_MM, min(height + 2 * _MARGIN_MM + _BELOW_MM, _HIGHEST_PAGE_MM))
    section.page_width, section.page_height = (Mm(max(size, page)) for size, page in zip(needed, _PAGE_MM, strict=True))
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)
    section.header_distance = section.footer_distance = Mm(_MARGIN_MM / 2)


def _paragraphs(layout: Layout, height: float, caption: str) -> Iterator[str]:
    upright = [bar for bar in layout.bars if bar.vertical]
    beside = "".join(f"<w:r>{_anchored(bar, number, layout)}</w:r>" for number, bar in enumerate(upright, start=_FIRST_ANCHORED))
    yield f'<w:p {_SPACES}><w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr>{beside}<w:r>{_drawing(layout, height)}</w:r></w:p>'
    words = text_parts(caption, TextLine("", 0, 0, layout.size_pt), layout) if layout.language is Language.CHINESE else ()
    yield _plain(words or (FontedText(caption, OFFICE_FONT),), layout.size_pt, before=120)
    for note in layout.footnotes:
        if note.paragraph:
            yield _plain(text_parts(note.paragraph, note, layout), note.size_pt, before=40)


def _plain(words: tuple[FontedText, ...], size: float, *, before: int) -> str:
    line = TextLine("", 0, 0, size)
    runs = "".join(_run(part.text, part.font, line) for part in words)
    return f'<w:p {_SPACES}><w:pPr><w:spacing w:before="{before}" w:after="0"/></w:pPr>{runs}</w:p>'


def _drawing(layout: Layout, height: float) -> str:
    size = f'cx="{emu(layout.width)}" cy="{emu(height)}"'
    described = f"title={attribute(layout.title)} descr={attribute(layout.alt_text)}"
    return (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="1" name="PRISMA flow diagram" {described}/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{_GROUP}"><wpg:wgp><wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm>'
        f'<a:off x="0" y="0"/><a:ext {size}/><a:chOff x="0" y="0"/><a:chExt {size}/></a:xfrm></wpg:grpSpPr>'
        f"{''.join(_shapes(layout, height))}</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _anchored(bar: Bar, number: int, layout: Layout) -> str:
    """A phase's bar beside the group, tied to the same paragraph: LibreOffice does not turn text inside a group."""
    x, y, width, height = (emu(length) for length in (bar.x, bar.y, bar.width, bar.height))
    return (
        '<w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" '
        'layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="column"><wp:posOffset>{x}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="paragraph"><wp:posOffset>{y}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="{number}" name={attribute(bar.key)} descr={attribute(f"Phase: {bar.text}")}/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{_SHAPE}"><wps:wsp><wps:cNvSpPr/>{shape(at_origin(bar), layout.colours, "wps:spPr")}'
        f"{_inside(bar, layout)}</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )


def _shapes(layout: Layout, height: float) -> Iterator[str]:
    """The group from back to front; an invisible frame first, because LibreOffice stretches what a group holds to its size."""
    numbers = {box.key: number for number, box in enumerate(layout.boxes, start=3)}
    after = len(numbers) + 3
    yield f'<wps:wsp><wps:cNvPr id="2" name="frame"/><wps:cNvSpPr/>{frame(layout.width, height, "wps:spPr")}<wps:bodyPr/></wps:wsp>'
    headers = [bar for bar in layout.bars if not bar.vertical]
    for number, bar in enumerate(headers, start=after):
        yield _box(bar, number, layout)
    for number, arrow in enumerate(layout.arrows, start=after + len(headers)):
        yield _arrow(arrow, number, numbers)
    for box in layout.boxes:
        yield _box(box, numbers[box.key], layout)


def _box(box: Box | Bar, number: int, layout: Layout) -> str:
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name={attribute(box.key)}/><wps:cNvSpPr/>{shape(box, layout.colours, "wps:spPr")}'
        f"{_inside(box, layout)}</wps:wsp>"
    )


def _inside(box: Box | Bar, layout: Layout) -> str:
    words = "".join(_paragraph(paragraph, layout) for paragraph in paragraphs(box, layout)) or "<w:p/>"
    placed = f"<wps:bodyPr {text_frame(box, layout)}><a:noAutofit/></wps:bodyPr>"
    return f"<wps:txbx><w:txbxContent>{words}</w:txbxContent></wps:txbx>{placed}"


def _arrow(arrow: Arrow, number: int, numbers: dict[str, int]) -> str:
    name = attribute(f"{arrow.start} to {arrow.end}")
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name={name}/><wps:cNvCnPr>{connection_sites(arrow, numbers)}</wps:cNvCnPr>'
        f"{connector(arrow, 'wps:spPr')}<wps:bodyPr/></wps:wsp>"
    )


def _paragraph(paragraph: BoxParagraph, layout: Layout) -> str:
    indent = f'w:left="{_twips(paragraph.indent + paragraph.hang)}" w:hanging="{_twips(paragraph.hang)}"'
    spacing = f'w:before="0" w:after="0" w:line="{round(leading_points(layout) * _TWIPS_PER_POINT)}" w:lineRule="exact"'
    placed = "center" if paragraph.line.centred else "left"
    return f'<w:p><w:pPr><w:spacing {spacing}/><w:ind {indent}/><w:jc w:val="{placed}"/></w:pPr>{"".join(_runs(paragraph))}</w:p>'


def _runs(paragraph: BoxParagraph) -> Iterator[str]:
    yield from (_run(words, font, paragraph.line) for words, font in paragraph.runs)
    if paragraph.broken:
        yield _run(paragraph.count, paragraph.font, paragraph.line, "<w:br/>")


def _run(words: str, font: str, line: TextLine, before: str = "") -> str:
    return f'<w:r>{_letters(font, round(line.size_pt * 2), bold=line.bold)}{before}<w:t xml:space="preserve">{text(words)}</w:t></w:r>'


def _letters(font: str, half_points: int, *, bold: bool) -> str:
    name = attribute(font)
    return (
        f"<w:rPr><w:rFonts w:ascii={name} w:hAnsi={name} w:eastAsia={name} w:cs={name}/>{'<w:b/>' if bold else ''}"
        f'<w:color w:val="{INK.lstrip("#")}"/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>'
    )


def _twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS_PER_MM)
