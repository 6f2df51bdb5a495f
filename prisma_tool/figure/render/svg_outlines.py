"""Letters of an SVG as outlines, for printers that must not depend on any font.

Invariant: every letter stands where the layout measured it; the words stay readable for programs, as the group's label.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self

from prisma_tool.figure.fonts.faces import Face, open_font
from prisma_tool.figure.fonts.units import MM_PER_POINT
from prisma_tool.figure.layout.shapes import Layout, TextLine
from prisma_tool.figure.render.glyph_coverage import characters_by_face, fonts_of, require_glyphs, require_unjoined, runs


class Outlines:
    """Draws lines of text of one figure as paths; use it within a `with` block, for it keeps the fonts open."""

    def __init__(self, layout: Layout) -> None:
        require_glyphs(layout, "SVG of outlines")
        require_unjoined(layout, "SVG of outlines")
        self._layout = layout
        self._fonts = ExitStack()
        self._glyphs: dict[Face, Any] = {}

    def __enter__(self) -> Self:
        for face in characters_by_face(self._layout):
            self._glyphs[face] = self._fonts.enter_context(open_font(face.path)).getGlyphSet()
        return self

    def __exit__(self, *error: object) -> None:
        self._fonts.close()

    def path(self, line: TextLine, number: Callable[[float], str]) -> str:
        """The data of one path for a whole line that begins (or, where it is centred, has its middle) at the origin.

        Args:
            line: The line; its place is left to the caller.
            number: How a length in millimetres is written.
        """
        from fontTools.pens.svgPathPen import SVGPathPen
        from fontTools.pens.transformPen import TransformPen

        size = line.size_pt * MM_PER_POINT
        x = -fonts_of(self._layout).width(line.text, line.size_pt, bold=line.bold) / 2 if line.centred else 0.0
        pen = SVGPathPen(None, number)
        for run in runs(self._layout, line):
            if run.face is None:
                continue
            scale = size / run.face.units
            for character in run.text:
                glyph = self._glyphs[run.face][run.face.glyphs[ord(character)]]
                glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, x, 0)))
                x += run.face.widths[ord(character)] * size
        return str(pen.getCommands())
