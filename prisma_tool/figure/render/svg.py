"""The figure as SVG: plain shapes, one `<text>` per line, no scripts, no references to anything outside.

Invariants: the same layout gives the same bytes; whatever a label holds, it arrives as text and never as markup; arrowheads are drawn
triangles, because Word, LibreOffice and many converters drop `<marker>`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial

from prisma_tool.figure.fonts.faces import BUNDLED
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
    Colours,
    Layout,
    Outline,
    TextLine,
)
from prisma_tool.figure.render.glyph_coverage import characters_by_face, fonts_of
from prisma_tool.figure.render.svg_outlines import Outlines
from prisma_tool.figure.render.xml_text import attribute, text
from prisma_tool.model.protocol.figure_words import Language

FONT_FAMILY = f"'{BUNDLED}', Arial, Helvetica, sans-serif"
"""The bundled font, of which the figure brings its characters along, and its equals in width where embedded fonts are not shown."""
_CHINESE_FAMILY = (
    f"'{BUNDLED}', Arial, Helvetica, 'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
)
"""The same with the fonts that readers have for Chinese."""

LineWriter = Callable[..., str]
"""Writes a line of text; `upwards` where it is read so."""


def render_svg(layout: Layout, font_family: str = "", *, embed: bool = True) -> str:
    """The SVG document, sized in millimetres; the title and description carry the alternative text.

    Args:
        layout: the figure, in millimetres.
        font_family: the CSS font families, if others than the usual; fonts that the user added come before them.
        embed: whether the characters that the figure uses are embedded, and each line held to the width that was measured.

    Raises:
        PrismaError: an added font is damaged.
    """
    font_family = font_family or (_CHINESE_FAMILY if layout.language is Language.CHINESE else FONT_FAMILY)
    families = ", ".join([*dict.fromkeys(f"'{face.family}'" for face in fonts_of(layout).added), font_family])
    faces = _font_faces(layout) if embed else ()
    write = partial(_line, layout=layout, fitted=embed)
    return "\n".join([*_opening(layout, families), *faces, *_shapes(layout, write), "</svg>", ""])


def render_outlined_svg(layout: Layout) -> str:
    """The SVG document without any font: letters are outlines, for printers.

    Raises:
        PrismaError: no font at hand has a character, a script needs shaping, or a font is damaged.
    """
    with Outlines(layout) as outlines:
        return "\n".join([*_opening(layout, FONT_FAMILY), *_shapes(layout, partial(_outlined, outlines=outlines)), "</svg>", ""])


def _opening(layout: Layout, families: str) -> Iterator[str]:
    width, height = _number(layout.width), _number(layout.height)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="prisma-title prisma-desc"{_language(layout)} font-family="{families}" fill="{INK}">'
    )
    yield f'<title id="prisma-title">{text(layout.title)}</title>'
    yield f'<desc id="prisma-desc">{text(layout.alt_text)}</desc>'
    yield f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>'


def _language(layout: Layout) -> str:
    return "" if layout.language is Language.ENGLISH else f' xml:lang="{layout.language.value}"'


def _font_faces(layout: Layout) -> Iterator[str]:
    yield "<style>"
    for face, characters in characters_by_face(layout).items():
        data = base64.b64encode(subset_of(face, characters)).decode()
        weight = "bold" if face.bold else "normal"
        yield f"@font-face{{font-family:'{face.family}';font-weight:{weight};src:url(data:font/ttf;base64,{data})}}"
    yield "</style>"


def _shapes(layout: Layout, write: LineWriter) -> Iterator[str]:
    for bar in layout.bars:
        yield from _bar(bar, layout.colours, write)
    for arrow in layout.arrows:
        yield from _arrow(arrow)
    for box in layout.boxes:
        yield from _box(box, layout.colours, write)
    yield "<g>"
    yield from (write(line) for line in layout.footnotes)
    yield "</g>"


def _bar(bar: Bar, colours: Colours, write: LineWriter) -> Iterator[str]:
    yield f"<g data-bar={attribute(bar.key)}>"
    yield f'<rect {_frame(bar)} rx="{_number(CORNER_MM)}" fill="{colours.of(bar.fill)}" stroke="{INK}" stroke-width="{_number(STROKE_MM)}"/>'
    yield from (write(line, upwards=bar.vertical) for line in bar.lines)
    yield "</g>"


def _box(box: Box, colours: Colours, write: LineWriter) -> Iterator[str]:
    dashes = f' stroke-dasharray="{DASHES_MM[0]} {DASHES_MM[1]}"' if box.outline is Outline.DASHED else ""
    yield f"<g data-box={attribute(box.key)}>"
    yield f'<rect {_frame(box)} fill="{colours.of(box.fill)}" stroke="{INK}" stroke-width="{_number(STROKE_MM)}"{dashes}/>'
    yield from (write(line) for line in box.lines)
    yield "</g>"


def _arrow(arrow: Arrow) -> Iterator[str]:
    yield f"<g data-arrow={attribute(f'{arrow.start} {arrow.end}')}>"
    yield f'<polyline points="{_points(arrow.shaft)}" fill="none" stroke="{INK}" stroke-width="{_number(STROKE_MM)}"/>'
    yield f'<polygon points="{_points(arrow.head)}"/>'
    yield "</g>"


def _line(line: TextLine, *, layout: Layout, fitted: bool, upwards: bool = False) -> str:
    """The line as text; a `fitted` one is as wide as measured whatever font it is shown in, so that it stays in its box."""
    x, y = _number(line.x), _number(line.y)
    fonts = fonts_of(layout)
    width = fonts.width(line.text, line.size_pt, bold=line.bold)
    attributes = [f'x="{x}" y="{y}" font-size="{_number(line.size_pt * MM_PER_POINT)}"']
    attributes += ['font-weight="bold"'] if line.bold else []
    attributes += ['text-anchor="middle"'] if line.centred else []
    # In a font that nobody has measured a line is as wide as it is.
    fitted = fitted and bool(width) and not (layout.language is Language.CHINESE and fonts.missing(line.text, bold=line.bold))
    attributes += [f'textLength="{_number(width)}" lengthAdjust="spacingAndGlyphs"'] if fitted else []
    attributes += [f'transform="rotate(-90 {x} {y})"'] if upwards else []
    attributes += [f"data-key={attribute(line.key)}"] if line.key else []
    return f"<text {' '.join(attributes)}>{text(line.text)}</text>"


def _outlined(line: TextLine, *, outlines: Outlines, upwards: bool = False) -> str:
    """The line as one path, which a reader's program knows by its words."""
    turn = " rotate(-90)" if upwards else ""
    place = f'transform="translate({_number(line.x)} {_number(line.y)}){turn}"'
    key = f" data-key={attribute(line.key)}" if line.key else ""
    return f'<path role="img" aria-label={attribute(line.text)}{key} {place} d="{outlines.path(line, _number)}"/>'


def _frame(box: Box) -> str:
    return f'x="{_number(box.x)}" y="{_number(box.y)}" width="{_number(box.width)}" height="{_number(box.height)}"'


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    """Three decimals at most (a micrometre), so that no digit depends on the machine's rounding; never "-0"."""
    return f"{round(value, 3) + 0.0:.3f}".rstrip("0").rstrip(".")
