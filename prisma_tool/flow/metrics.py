"""How wide text is in the bundled font, and where it may be broken.

Liberation Sans has the metrics of Arial and Helvetica, so text that fits here fits wherever the figure is opened. Invariant: a
no-break space is never a place to break unless the word alone is wider than the line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from prisma_tool.flow.figure import MM_PER_POINT

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFontFile

FONTS = Path(__file__).parent / "fonts"
REGULAR = FONTS / "LiberationSans-Regular.ttf"
BOLD = FONTS / "LiberationSans-Bold.ttf"

NO_BREAK = "\u00a0"
CAP_HEIGHT = 0.688
"""Height of a capital letter in Liberation Sans, as a share of the font size."""
_MISSING_EM = 1.0
"""Width assumed for a character that the font lacks: a full em, the widest that a substitute is likely to be."""

Measure = Callable[[str], float]


@cache
def _face(*, bold: bool) -> TTFontFile:
    from reportlab.pdfbase.ttfonts import TTFontFile

    return TTFontFile(str(BOLD if bold else REGULAR))


@cache
def _advance(character: str, *, bold: bool) -> float:
    face = _face(bold=bold)
    if ord(character) in face.charToGlyph:
        return float(face.charWidths[ord(character)]) / 1000
    return 0.0 if unicodedata.combining(character) else _MISSING_EM


def text_width(text: str, size_pt: float, *, bold: bool = False) -> float:
    """Width in millimetres of `text` set at `size_pt` points in the bundled font, without kerning."""
    return sum(_advance(character, bold=bold) for character in text) * size_pt * MM_PER_POINT


def missing_glyphs(text: str) -> tuple[str, ...]:
    """The characters of `text` that the bundled font cannot draw, each once, in order of appearance."""
    known = _face(bold=False).charToGlyph
    return tuple(character for character in dict.fromkeys(text) if ord(character) not in known)


def wrap(text: str, width: float, measure: Measure, hang: float = 0) -> tuple[str, ...]:
    """`text` in lines no wider than `width` by `measure`; the second and later lines are narrower by `hang`.

    Breaks at plain spaces, and anywhere between letters in a word that is too long for a line of its own. No-break spaces come out
    as plain ones.
    """
    lines: list[str] = []
    current = ""
    for piece in _pieces(text, width, hang, measure):
        longer = f"{current} {piece}" if current else piece
        if current and measure(longer) > width - (hang if lines else 0):
            lines.append(current)
            current = piece
        else:
            current = longer
    return tuple(line.replace(NO_BREAK, " ") for line in (*lines, current))


def _pieces(text: str, width: float, hang: float, measure: Measure) -> Iterator[str]:
    """The words of `text`, cut where one is wider than a line; only the first may be as wide as the first line."""
    for number, word in enumerate(text.split(" ")):
        fits = measure(word) <= width - (hang if number else 0)
        yield from (word,) if fits else _cut(word, width - hang, measure)


def _cut(word: str, width: float, measure: Measure) -> Iterator[str]:
    current = ""
    for letter in _letters(word):
        if current and measure(current + letter) > width:
            yield current
            current = letter
        else:
            current += letter
    yield current


def _letters(word: str) -> Iterator[str]:
    """Characters with the accents that belong to them."""
    current = ""
    for character in word:
        if current and not unicodedata.combining(character):
            yield current
            current = ""
        current += character
    yield current
