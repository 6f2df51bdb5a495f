"""Parts of fonts for documents: only the characters that a figure uses, as a font file of its own.

Invariant: the same characters of the same file give the same bytes.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from prisma_tool.figure.fonts.faces import Face, open_font

_CURVE_ERROR = 0.001
"""How far, in em, a quadratic curve may lie from the cubic one that it stands for."""


def subset_of(face: Face, characters: str, *, truetype: bool = False) -> bytes:
    """The font file of `characters`; with `truetype`, cubic outlines (OTF) become quadratic ones.

    Raises:
        PrismaError: the font is damaged.
    """
    # A file that came with the program stays what it is while the program runs; the user's may change at any time.
    return (_kept if face.bundled else _subset)(face, characters, truetype)


def _subset(face: Face, characters: str, truetype: bool) -> bytes:
    from fontTools import subset

    options = subset.Options(notdef_outline=True, hinting=False, layout_features=[], name_IDs=[1, 2, 4, 6])
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    target = io.BytesIO()
    with open_font(face.path) as font:
        subsetter.subset(font)
        if truetype and "glyf" not in font:
            _make_quadratic(font)
        font.save(target)
    return target.getvalue()


_kept = lru_cache(maxsize=16)(_subset)
"""Figures that follow each other, and the forms of one figure, mostly use the same characters."""


def _make_quadratic(font: Any) -> None:
    """Replaces the outlines of an OTF by those of a TTF (OpenType: tables glyf, loca and maxp 1.0 for CFF and maxp 0.5)."""
    from fontTools.ttLib import newTable

    outlines = {name: _quadratic(font, name) for name in font.getGlyphOrder()}
    font["loca"] = newTable("loca")
    glyf = font["glyf"] = newTable("glyf")
    glyf.glyphOrder = font.getGlyphOrder()
    glyf.glyphs = outlines
    for name, glyph in outlines.items():
        glyph.recalcBounds(glyf)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    _set_maxima(font)
    for table in ("CFF ", "CFF2", "VORG"):
        if table in font:
            del font[table]
    font.sfntVersion = "\0\1\0\0"


def _quadratic(font: Any, name: str) -> Any:
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyphs = font.getGlyphSet()
    drawn = TTGlyphPen(glyphs)
    glyphs[name].draw(Cu2QuPen(drawn, font["head"].unitsPerEm * _CURVE_ERROR, reverse_direction=True))
    return drawn.glyph()


def _set_maxima(font: Any) -> None:
    maxima = font["maxp"]
    maxima.tableVersion = 0x00010000
    maxima.maxZones = 1
    for name in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements", "SizeOfInstructions"):
        setattr(maxima, f"max{name}", 0)
    maxima.maxComponentElements = max((len(getattr(g, "components", ())) for g in font["glyf"].glyphs.values()), default=0)
    maxima.recalc(font)
