"""Shapes and connectors as Office draws them (DrawingML), for Word and PowerPoint alike.

Invariant: a shape lies where the layout says, to a thousandth of a millimetre, and a connector is glued to the middle of the sides of
its two boxes, so that it follows when somebody moves them. Shape and connector geometry: ECMA-376, part 1, chapters 20.1.9 and 20.1.10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from prisma_tool.figure.fonts.faces import FontRun
from prisma_tool.figure.fonts.units import MM_PER_POINT
from prisma_tool.figure.layout.shapes import (
    CORNER_MM,
    INK,
    STROKE_MM,
    Arrow,
    Bar,
    Box,
    BoxSide,
    Colours,
    Layout,
    Outline,
    TextLine,
)
from prisma_tool.figure.render.glyph_coverage import fonts_of
from prisma_tool.model.protocol.figure_words import Language

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
OFFICE_FONT = "Arial"
"""What the bundled font is called in a document: its equal in width, which Office has."""
CHINESE_FONT = "Microsoft YaHei"
"""What Office has for Chinese characters; where it is missing, Office takes another."""
_EMU_PER_MM = 36_000
_FULL = 100_000
_DOWN_LEFT = 'rot="5400000"'
_DOWN_RIGHT = 'rot="16200000" flipH="1"'
_UPWARDS = 'flipV="1"'
_MIRRORED = 'rot="10800000" flipV="1"'
_BEND_WIDTH = 12_700
"""A bent connector measures its bend in shares of its width, so a connector between two left sides needs a little of it."""
_SLACK_MM = 0.4
"""Given back to the text at the right, so that a program that measures a hair's breadth wider breaks the same lines."""


@dataclass(frozen=True, slots=True)
class FontedText:
    """A piece of text in one font."""

    text: str
    font: str


@dataclass(frozen=True, slots=True)
class BoxParagraph:
    """One statement of a box; `count` stands on a line of its own where `broken`. Lengths in millimetres."""

    label: tuple[FontedText, ...]
    count: str
    broken: bool
    font: str
    indent: float
    hang: float
    line: TextLine

    @property
    def runs(self) -> tuple[tuple[str, str], ...]:
        """Texts with their fonts: the label and, unless it is `broken` off, the count, whole, in the label's last run if it can be."""
        pieces = [(part.text, part.font) for part in self.label]
        if self.count and not self.broken:
            label, font = pieces.pop() if pieces and pieces[-1][1] == self.font else ("", self.font)
            pieces.append((f"{label} {self.count}", font))
        return tuple(pieces)


def emu(millimetres: float) -> int:
    """A length in the unit of Office."""
    return round(millimetres * _EMU_PER_MM)


def shape(box: Box | Bar, colours: Colours, tag: str) -> str:
    """The outline and fill of a box as the element `tag` ("p:spPr")."""
    rounded = isinstance(box, Bar)
    corner = round(CORNER_MM / min(box.width, box.height) * _FULL)
    guides = f'<a:avLst><a:gd name="adj" fmla="val {corner}"/></a:avLst>' if rounded else "<a:avLst/>"
    dashes = '<a:prstDash val="dash"/>' if box.outline is Outline.DASHED else ""
    return (
        f"<{tag}>{_frame(emu(box.x), emu(box.y), emu(box.width), emu(box.height))}"
        f'<a:prstGeom prst="{"roundRect" if rounded else "rect"}">{guides}</a:prstGeom>'
        f'{_solid(colours.of(box.fill))}<a:ln w="{emu(STROKE_MM)}">{_solid(INK)}{dashes}</a:ln></{tag}>'
    )


def frame(width: float, height: float, tag: str) -> str:
    """An invisible rectangle of `width` by `height` millimetres around a whole figure, as the element `tag`."""
    transform = _frame(0, 0, emu(width), emu(height))
    return f"<{tag}>{transform}{_preset('rect')}<a:noFill/><a:ln><a:noFill/></a:ln></{tag}>"


def at_origin(box: Bar) -> Bar:
    """A shape that something else places."""
    return replace(box, x=0, y=0)


def connection_sites(arrow: Arrow, numbers: Mapping[str, int]) -> str:
    """What a connector hangs on; `numbers` are the boxes' shape ids."""
    start, end = arrow.sides
    return f'<a:stCxn id="{numbers[arrow.start]}" idx="{start}"/><a:endCxn id="{numbers[arrow.end]}" idx="{end}"/>'


def connector(arrow: Arrow, tag: str) -> str:
    """The course of an arrow as the element `tag`."""
    transform, geometry = _course(arrow)
    return f"<{tag}>{transform}{geometry}{_ARROW_LINE}</{tag}>"


def freeform(arrow: Arrow, tag: str) -> str:
    """An arrow as a drawn line instead of a connector, for the element `tag`; it does not follow its boxes."""
    corners = [(emu(x), emu(y)) for x, y in arrow.points]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    width, height = max(x for x, _ in corners) - left, max(y for _, y in corners) - top
    first, *others = (f'<a:pt x="{x - left}" y="{y - top}"/>' for x, y in corners)
    path = f"<a:moveTo>{first}</a:moveTo>{''.join(f'<a:lnTo>{point}</a:lnTo>' for point in others)}"
    return (
        f"<{tag}>{_frame(left, top, width, height)}<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path w="{width}" h="{height}" fill="none">{path}</a:path></a:pathLst>'
        f"</a:custGeom><a:noFill/>{_ARROW_LINE}</{tag}>"
    )


def _course(arrow: Arrow) -> tuple[str, str]:
    (x0, y0), (x1, y1) = ((emu(x), emu(y)) for x, y in (arrow.points[0], arrow.points[-1]))
    if arrow.sides == (BoxSide.LEFT, BoxSide.LEFT):
        bend = round((x0 + _BEND_WIDTH - emu(arrow.points[1][0])) / _BEND_WIDTH * _FULL)
        guides = f'<a:avLst><a:gd name="adj1" fmla="val {bend}"/></a:avLst>'
        return _frame(x0, y0, _BEND_WIDTH, y1 - y0, _MIRRORED), f'<a:prstGeom prst="bentConnector3">{guides}</a:prstGeom>'
    if len(arrow.points) == 2:  # noqa: PLR2004 # a straight arrow has two ends
        return _frame(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)), _preset("straightConnector1")
    if arrow.sides[0] is BoxSide.RIGHT:
        turned = _UPWARDS if y1 < y0 else ""
        return _frame(x0, min(y0, y1), x1 - x0, abs(y1 - y0), turned), _preset("bentConnector2")
    across, down = abs(x1 - x0), y1 - y0
    left, top = (x0 + x1 - down) // 2, (y0 + y1 - across) // 2
    return _frame(left, top, down, across, _DOWN_RIGHT if x1 > x0 else _DOWN_LEFT), _preset("bentConnector2")


def _preset(name: str) -> str:
    return f'<a:prstGeom prst="{name}"><a:avLst/></a:prstGeom>'


def _frame(x: int, y: int, width: int, height: int, turned: str = "") -> str:
    opening = f"<a:xfrm {turned}>" if turned else "<a:xfrm>"
    return f'{opening}<a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.lstrip("#")}"/></a:solidFill>'


def text_frame(box: Box | Bar, layout: Layout) -> str:
    """How text stands in a box: its insets, vertically in the middle; upwards in a vertical bar."""
    upwards = isinstance(box, Bar) and box.vertical
    side = 0 if upwards else emu(layout.padding[0])
    right = max(0, side - emu(_SLACK_MM))
    turned = ' vert="vert270"' if upwards else ""
    return f'wrap="square" lIns="{side}" tIns="0" rIns="{right}" bIns="0" anchor="ctr" anchorCtr="0"{turned}'


def paragraphs(box: Box | Bar, layout: Layout) -> Iterator[BoxParagraph]:
    """The statements in a box, each with its lines joined again."""
    lines = list(box.lines)
    starts = [index for index, line in enumerate(lines) if line.paragraph] + [len(lines)]
    for first, after in pairwise(starts):
        yield _paragraph(lines[first:after], box.x + layout.padding[0], layout)


def _paragraph(lines: list[TextLine], left: float, layout: Layout) -> BoxParagraph:
    first, last = lines[0], lines[-1]
    label, count = _parted(first.paragraph)
    return BoxParagraph(
        label=text_parts(label, first, layout),
        count=count,
        broken=bool(count) and len(lines) > 1 and last.text == count,
        font=text_parts(count or "n", first, layout)[0].font,
        indent=0 if first.centred else max(0, first.x - left),
        hang=0 if first.centred or len(lines) == 1 else lines[1].x - first.x,
        line=first,
    )


def _parted(statement: str) -> tuple[str, str]:
    """A statement's label and its count, "" without one."""
    label, mark, count = statement.rpartition(" (n = ")
    return (label, f"(n = {count}") if mark and count.endswith(")") else (statement, "")


def text_parts(text: str, line: TextLine, layout: Layout) -> tuple[FontedText, ...]:
    """`text` in pieces with their fonts, set as `line` is."""
    runs = fonts_of(layout).runs(text, bold=line.bold)
    return tuple(FontedText(run.text, _office_font(run, layout)) for run in runs)


def _office_font(run: FontRun, layout: Layout) -> str:
    if run.face is None and layout.language is Language.CHINESE:
        return CHINESE_FONT
    return OFFICE_FONT if run.face is None or run.face.bundled else run.face.family


def shapes_bottom(layout: Layout) -> float:
    """Where the shapes end and the footnotes begin, in millimetres."""
    return max(shape.bottom for shape in (*layout.boxes, *layout.bars))


def points(line: TextLine) -> int:
    """A line's size in hundredths of a point."""
    return round(line.size_pt * 100)


def leading_points(layout: Layout) -> float:
    """The distance of two lines in points."""
    return layout.leading / MM_PER_POINT


_ARROW_LINE = (
    f'<a:ln w="{emu(STROKE_MM)}">{_solid(INK)}<a:miter lim="800000"/><a:tailEnd type="triangle" w="med" len="med"/></a:ln>'
)
