"""The figure as SVG: plain shapes, one `<text>` per line, no scripts, no references to anything outside.

Invariants: the same layout gives the same bytes; whatever a label holds, it arrives as text and never as markup; arrowheads are drawn
triangles, because Word, LibreOffice and many converters drop `<marker>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from prisma_tool.flow.figure import CORNER_MM, DASHES_MM, INK, MM_PER_POINT, STROKE_MM, Arrow, Bar, Box, Layout, Line, Outline

FONT_FAMILY = "Arial, Helvetica, 'Liberation Sans', sans-serif"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_svg(layout: Layout, font_family: str = FONT_FAMILY) -> str:
    """The SVG document, sized in millimetres; the title and description carry the alternative text."""
    return "\n".join([*_opening(layout, font_family), *_shapes(layout), "</svg>", ""])


def _opening(layout: Layout, font_family: str) -> Iterator[str]:
    width, height = _number(layout.width), _number(layout.height)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="prisma-title prisma-desc" font-family="{font_family}" fill="{INK}">'
    )
    yield f'<title id="prisma-title">{_text(layout.title)}</title>'
    yield f'<desc id="prisma-desc">{_text(layout.alt_text)}</desc>'
    yield f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>'


def _shapes(layout: Layout) -> Iterator[str]:
    for bar in layout.bars:
        yield from _bar(bar)
    for arrow in layout.arrows:
        yield from _arrow(arrow)
    for box in layout.boxes:
        yield from _box(box)
    yield "<g>"
    yield from (_line(line) for line in layout.footnotes)
    yield "</g>"


def _bar(bar: Bar) -> Iterator[str]:
    yield f"<g data-bar={_attribute(bar.key)}>"
    yield f'<rect {_frame(bar)} rx="{_number(CORNER_MM)}" fill="{bar.fill}" stroke="{INK}" stroke-width="{_number(STROKE_MM)}"/>'
    yield from (_line(line, upwards=bar.vertical) for line in bar.lines)
    yield "</g>"


def _box(box: Box) -> Iterator[str]:
    dashes = f' stroke-dasharray="{DASHES_MM[0]} {DASHES_MM[1]}"' if box.outline is Outline.DASHED else ""
    yield f"<g data-box={_attribute(box.key)}>"
    yield f'<rect {_frame(box)} fill="{box.fill}" stroke="{INK}" stroke-width="{_number(STROKE_MM)}"{dashes}/>'
    yield from (_line(line) for line in box.lines)
    yield "</g>"


def _arrow(arrow: Arrow) -> Iterator[str]:
    yield f"<g data-arrow={_attribute(f'{arrow.start} {arrow.end}')}>"
    yield f'<polyline points="{_points(arrow.shaft)}" fill="none" stroke="{INK}" stroke-width="{_number(STROKE_MM)}"/>'
    yield f'<polygon points="{_points(arrow.head)}"/>'
    yield "</g>"


def _line(line: Line, *, upwards: bool = False) -> str:
    x, y = _number(line.x), _number(line.y)
    attributes = [f'x="{x}" y="{y}" font-size="{_number(line.size_pt * MM_PER_POINT)}"']
    attributes += ['font-weight="bold"'] if line.bold else []
    attributes += ['text-anchor="middle"'] if line.centred else []
    attributes += [f'transform="rotate(-90 {x} {y})"'] if upwards else []
    attributes += [f"data-key={_attribute(line.key)}"] if line.key else []
    return f"<text {' '.join(attributes)}>{_text(line.text)}</text>"


def _frame(box: Box) -> str:
    return f'x="{_number(box.x)}" y="{_number(box.y)}" width="{_number(box.width)}" height="{_number(box.height)}"'


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    """Three decimals at most (a micrometre), so that no digit depends on the machine's rounding; never "-0"."""
    return f"{round(value, 3) + 0.0:.3f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    return escape(_ILLEGAL.sub("", text))


def _attribute(text: str) -> str:
    return quoteattr(_ILLEGAL.sub("", text))
