"""The figure as EPS: vector shapes and letters as outlines, so that no printer needs the font.

Every text is repeated in a comment, because outlines cannot be searched. Invariants: the file is 7-bit ASCII with lines below 255
characters, conforms to the document structuring conventions (Adobe, DSC 3.0 and EPSF 3.0), and is the same for the same layout.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from prisma_tool.figure.fonts.faces import Face, open_font
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
from prisma_tool.figure.render.glyph_coverage import characters_by_face, fonts_of, require_glyphs, require_unjoined, runs

_WIDEST = 200
"""Characters in a line of the file; DSC allows 255."""
_PROLOG = """\
/PrismaTool 16 dict def PrismaTool begin
/m /moveto load def /l /lineto load def /c /curveto load def /h /closepath load def
/path { newpath } bind def
% r g b: colour of what follows
/ink /setrgbcolor load def
% x y width height: a rectangle as path
/box { /H exch def /W exch def newpath m W 0 rlineto 0 H rlineto W neg 0 rlineto h } bind def
% x y width height radius: a rectangle with round corners as path
/bar { /R exch def /H exch def /W exch def /Y exch def /X exch def newpath X R add Y m
  X W add Y X W add Y H add R arcto 4 { pop } repeat X W add Y H add X Y H add R arcto 4 { pop } repeat
  X Y H add X Y R arcto 4 { pop } repeat X Y X W add Y R arcto 4 { pop } repeat h } bind def
% red green blue: fills the path and strokes it in the ink
/paint { gsave ink fill grestore stroke } bind def
% x y angle: text begins
/text { gsave 3 1 roll translate rotate } bind def
% units: the next letters are drawn in a font of so many units to the millimetre
/size { gsave 1 exch div dup scale } bind def"""

_Names = dict[tuple[Face, str], str]


@dataclass(frozen=True, slots=True)
class _EpsPage:
    """The figure and the names of the procedures that draw its letters."""

    layout: Layout
    names: _Names

    def y(self, y: float) -> str:
        """A height above the lower edge, where PostScript begins."""
        return _number(self.layout.height - y)


def render_eps(layout: Layout) -> bytes:
    """The EPS file.

    Raises:
        PrismaError: no font at hand has a character, a script needs shaping, or a font is damaged.
    """
    require_glyphs(layout, "EPS")
    require_unjoined(layout, "EPS")
    names: _Names = {}
    letters = [line for face, characters in characters_by_face(layout).items() for line in _letters(face, characters, names)]
    lines = [*_opening(layout), *letters, "%%EndProlog", "%%Page: 1 1", *_drawing(_EpsPage(layout, names)), *_closing()]
    return ("\n".join(lines) + "\n").encode("ascii")


def _opening(layout: Layout) -> Iterator[str]:
    width, height = layout.width / MM_PER_POINT, layout.height / MM_PER_POINT
    yield "%!PS-Adobe-3.0 EPSF-3.0"
    yield f"%%BoundingBox: 0 0 {-int(-width // 1)} {-int(-height // 1)}"
    yield f"%%HiResBoundingBox: 0 0 {_number(width)} {_number(height)}"
    yield f"%%Title: ({_ascii(layout.title)})"
    yield "%%Creator: prisma-tool"
    yield "%%LanguageLevel: 2"
    yield "%%DocumentData: Clean7Bit"
    yield "%%Pages: 1"
    yield "%%EndComments"
    yield from _comments(layout.alt_text)
    yield "%%BeginProlog"
    yield from _PROLOG.splitlines()


def _closing() -> tuple[str, ...]:
    return ("grestore", "end", "showpage", "%%Trailer", "%%EOF")


def _letters(face: Face, characters: str, names: _Names) -> Iterator[str]:
    """A procedure for each character: it fills the outline and moves on by the letter's width."""
    with open_font(face.path) as font:
        em, glyphs = font["head"].unitsPerEm, font.getGlyphSet()
        for character in characters:
            name = names[face, character] = f"g{len(names)}"
            path = _outline(glyphs, face.glyphs[ord(character)])
            advance = _number(face.widths[ord(character)] * em)
            yield from _broken([f"/{name} {{", *(("path", *path, "fill") if path else ()), advance, "0 translate } bind def"])


def _outline(glyphs: Any, name: str) -> tuple[str, ...]:
    from fontTools.pens.basePen import BasePen

    class OutlinePen(BasePen):  # type: ignore[misc] # fontTools is untyped
        """Writes an outline in PostScript; curves of either kind arrive here as cubic ones."""

        steps: tuple[str, ...] = ()

        def _moveTo(self, point: Point) -> None:  # noqa: N802 # the name is fontTools'
            self.steps += (f"{_pair(point)} m",)

        def _lineTo(self, point: Point) -> None:  # noqa: N802 # the name is fontTools'
            self.steps += (f"{_pair(point)} l",)

        def _curveToOne(self, one: Point, two: Point, end: Point) -> None:  # noqa: N802 # the name is fontTools'
            self.steps += (f"{_pair(one)} {_pair(two)} {_pair(end)} c",)

        def _closePath(self) -> None:  # noqa: N802 # the name is fontTools'
            self.steps += ("h",)

    pen = OutlinePen(glyphs)
    glyphs[name].draw(pen)
    return pen.steps


def _drawing(page: _EpsPage) -> Iterator[str]:
    layout = page.layout
    yield "PrismaTool begin"
    yield "gsave 72 25.4 div dup scale"
    yield f"1 1 1 ink 0 0 {_number(layout.width)} {_number(layout.height)} box fill"
    yield f"{_rgb(INK)} ink {_number(STROKE_MM)} setlinewidth"
    for bar in layout.bars:
        yield f"{_frame(page, bar)} {_number(CORNER_MM)} bar {_rgb(layout.colours.of(bar.fill))} paint"
        yield from _texts(page, bar.lines, upwards=bar.vertical)
    for arrow in layout.arrows:
        yield from _arrow(page, arrow)
    for box in layout.boxes:
        yield from _box(page, box)
    yield from _texts(page, layout.footnotes)


def _box(page: _EpsPage, box: Box) -> Iterator[str]:
    dashed = box.outline is Outline.DASHED
    if dashed:
        yield f"[{_number(DASHES_MM[0])} {_number(DASHES_MM[1])}] 0 setdash"
    yield f"{_frame(page, box)} box {_rgb(page.layout.colours.of(box.fill))} paint"
    if dashed:
        yield "[] 0 setdash"
    yield from _texts(page, box.lines)


def _frame(page: _EpsPage, box: Bar | Box) -> str:
    return f"{_number(box.x)} {page.y(box.bottom)} {_number(box.width)} {_number(box.height)}"


def _arrow(page: _EpsPage, arrow: Arrow) -> Iterator[str]:
    yield f"{_path(page, arrow.shaft)} stroke"
    yield f"{_path(page, arrow.head)} h fill"


def _path(page: _EpsPage, points: tuple[Point, ...]) -> str:
    positions = [f"{_number(x)} {page.y(y)}" for x, y in points]
    return " ".join(["path", f"{positions[0]} m", *(f"{position} l" for position in positions[1:])])


def _texts(page: _EpsPage, lines: Iterable[TextLine], *, upwards: bool = False) -> Iterator[str]:
    for line in lines:
        yield from _comments(line.text)
        yield from _text(page, line, 90 if upwards else 0)


def _text(page: _EpsPage, line: TextLine, angle: int) -> Iterator[str]:
    yield f"{_number(line.x)} {page.y(line.y)} {angle} text"
    size = line.size_pt * MM_PER_POINT
    if line.centred:
        yield f"{_number(-fonts_of(page.layout).width(line.text, line.size_pt, bold=line.bold) / 2)} 0 translate"
    for run in runs(page.layout, line):
        if run.face is not None:
            width = sum(run.face.widths[ord(character)] for character in run.text) * size
            yield f"{run.face.units / size:.4f} size"
            yield from _broken([page.names[run.face, character] for character in run.text])
            yield f"grestore {_number(width)} 0 translate"
    yield "grestore"


def _comments(text: str) -> Iterator[str]:
    """`text` as comments; a count in parentheses stays on one line."""
    glued = _ascii(text).replace("(n = ", "(n\0=\0")
    for line in textwrap.wrap(glued, _WIDEST, break_on_hyphens=False):
        yield "% " + line.replace("\0", " ")


def _ascii(text: str) -> str:
    """In ASCII, other characters as their code points; parentheses are left alone, because they come in pairs or in a comment."""
    return text.encode("ascii", "backslashreplace").decode()


def _broken(words: list[str]) -> Iterator[str]:
    yield from textwrap.wrap(" ".join(words), _WIDEST, break_long_words=False, break_on_hyphens=False)


def _rgb(colour: str) -> str:
    return " ".join(_number(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))


def _pair(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{round(value, 3) + 0.0:.3f}".rstrip("0").rstrip(".")
