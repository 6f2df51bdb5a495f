"""Which face draws what in a figure, and what no face can draw; asked by every output that has no other font to fall back on.

Invariant: a character that no font at hand has is reported with its place, never drawn as an empty box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from prisma_tool.errors import PrismaError
from prisma_tool.figure.fonts.faces import Face, FontRun, FontSet, font_set
from prisma_tool.figure.layout.shapes import Layout, TextLine
from prisma_tool.figure.words.line_breaking import is_wide
from prisma_tool.model.protocol.figure_words import Language

_MOST_NAMED = 10
"""As many characters as one sentence names."""
_LONGEST = 60
_JOINING = (range(0x0900, 0x0E00), range(0x0E00, 0x1100), range(0x1780, 0x1800), range(0x1A20, 0x1AB0))
"""Blocks of scripts whose letters change shape or place beside each other: Indic, Thai, Lao, Tibetan, Myanmar, Khmer, Tai Tham."""


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character that no font at hand has, and the first text that holds it."""

    character: str
    text: str

    @property
    def name(self) -> str:
        """The character and its code point."""
        return f"{self.character} (U+{ord(self.character):04X})"

    @property
    def quoted_text(self) -> str:
        """The text, quoted and not too long."""
        return f'"{self.text if len(self.text) <= _LONGEST else self.text[: _LONGEST - 1] + "…"}"'


def fonts_of(layout: Layout) -> FontSet:
    """The fonts that `layout` was measured with."""
    return layout.fonts or font_set()


def runs(layout: Layout, line: TextLine) -> tuple[FontRun, ...]:
    """The parts of a line with their faces."""
    return fonts_of(layout).runs(line.text, bold=line.bold)


def characters_by_face(layout: Layout) -> Mapping[Face, str]:
    """The characters that each face is to draw, sorted; faces in the order of preference."""
    fonts = fonts_of(layout)
    by_face: dict[Face, set[str]] = {face: set() for face in (*fonts.regular, *fonts.bold)}
    for line in layout.lines:
        for run in runs(layout, line):
            if run.face is not None:
                by_face[run.face].update(run.text)
    return {face: "".join(sorted(characters)) for face, characters in by_face.items() if characters}


def missing_glyphs(layout: Layout) -> tuple[MissingGlyph, ...]:
    """The characters in the figure that no font at hand has, each once."""
    fonts = fonts_of(layout)
    by_character: dict[str, MissingGlyph] = {}
    for line in layout.lines:
        for character in fonts.missing(line.text, bold=line.bold):
            by_character.setdefault(character, MissingGlyph(character, line.text))
    return tuple(by_character.values())


def require_glyphs(layout: Layout, form: str, *, own_fonts: bool = False) -> None:
    """Refuses to draw boxes instead of letters.

    Args:
        layout: the figure.
        form: names the output, such as "PNG".
        own_fonts: whether the programs that open it have fonts of their own for the language of the figure, as Office has for Chinese.

    Raises:
        PrismaError: no font at hand has a character of the figure.
    """
    chinese = layout.language is Language.CHINESE
    missing = tuple(glyph for glyph in missing_glyphs(layout) if not (own_fonts and chinese and is_wide(glyph.character)))
    if missing:
        font = " (for Chinese one such as Noto Sans CJK SC)" if chinese else ""
        others = "SVG, which uses the reader's fonts" if not chinese else "SVG, HTML, DOCX or PPTX, which use the reader's fonts"
        raise PrismaError(
            f"No font at hand has {list_missing(missing)}, so no {form} was written. Name a font file that has it with --font{font}, "
            f"write the figure as {others}, or change the label."
        )


def list_missing(missing: tuple[MissingGlyph, ...]) -> str:
    """The characters as a part of a sentence, each text named once."""
    parts = groupby(missing[:_MOST_NAMED], key=lambda glyph: glyph.quoted_text)
    more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    return "; ".join(f"{', '.join(glyph.name for glyph in glyphs)} in {text}" for text, glyphs in parts) + more


def require_unjoined(layout: Layout, form: str) -> None:
    """Refuses what needs a shaping engine; `form` names the output, such as "EPS".

    Raises:
        PrismaError: a text is in a script that runs from the right or joins its letters.
    """
    for line in layout.lines:
        for character in line.text:
            if _needs_shaping(character):
                glyph = MissingGlyph(character, line.text)
                raise PrismaError(
                    f"{glyph.name} in {glyph.quoted_text} belongs to a script that runs from the right or joins its letters, which the "
                    f"{form} cannot set; write the figure as SVG, PNG, TIFF, DOCX or PPTX, or change the label."
                )


def _needs_shaping(character: str) -> bool:
    if character.isascii():
        return False
    return unicodedata.bidirectional(character) in {"R", "AL"} or any(ord(character) in block for block in _JOINING)
