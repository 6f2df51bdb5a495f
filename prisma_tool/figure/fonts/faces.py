"""The fonts that a figure is drawn with: which face has which character, and how wide it is there.

Owns the bundled faces (Liberation Sans, metrics of Arial and Helvetica) and those that a user adds. Invariants: a character's face
depends on the character alone, except that an accent stays with its letter; all of ASCII comes from one face, so that no "(n = 17)" is
ever split between two.
"""

from __future__ import annotations

import io
import logging
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prisma_tool.errors import PrismaError
from prisma_tool.figure.fonts.units import MM_PER_POINT
from prisma_tool.file_io import read_file
from prisma_tool.model.text import one_line

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent
REGULAR = FONTS / "LiberationSans-Regular.ttf"
BOLD = FONTS / "LiberationSans-Bold.ttf"
BUNDLED = "Liberation Sans"

_MISSING_EM = 1.0
"""Width assumed for a character that no face has: a full em, the widest that a substitute is likely to be."""
_USUAL_CAP_HEIGHT = 0.7
_BOLD_FROM = 600
"""From this weight class on a face counts as bold (OpenType, OS/2 usWeightClass)."""
_NO_EMBEDDING = 0x0302
"""Bits of fsType (OpenType, OS/2) that forbid to embed a font, to subset it or to embed its outlines."""
_ASCII = range(0x20, 0x7F)
# What fontTools raises for files that are damaged; its own TTLibError is imported with it.
_DAMAGE = (struct.error, KeyError, ValueError, IndexError, TypeError, AttributeError, AssertionError, EOFError, OverflowError)

logging.getLogger("fontTools").addHandler(logging.NullHandler())  # what it finds odd in a font is nothing for a terminal


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One font file: glyph names and widths (in em) by code point; `cap_height` in em."""

    path: Path
    family: str
    bold: bool
    glyphs: Mapping[int, str]
    widths: Mapping[int, float]
    cap_height: float
    units: int
    """Units of the outlines to the em."""

    @property
    def bundled(self) -> bool:
        """True for the faces that come with this program."""
        return self.path.parent == FONTS

    def has(self, character: str) -> bool:
        """True where this face is to draw `character`; a face with gaps in ASCII is not asked for any of it."""
        code = ord(character)
        return code in self.widths and (code not in _ASCII or all(letter in self.widths for letter in _ASCII))


@dataclass(frozen=True, slots=True)
class FontRun:
    """A part of a line that one face draws; `face` None where none can."""

    text: str
    face: Face | None


@dataclass(frozen=True, slots=True, eq=False)
class FontSet:
    """Faces in order of preference, for upright and for bold text."""

    regular: tuple[Face, ...]
    bold: tuple[Face, ...]
    _face_cache: dict[tuple[str, bool], Face | None] = field(default_factory=dict)
    _widths: tuple[dict[str, float], dict[str, float]] = field(default_factory=lambda: ({}, {}))
    """What was found before; a figure asks for the same few characters thousands of times. Upright widths, then bold ones."""

    @property
    def cap_height(self) -> float:
        """Height of a capital letter in em, of the face that draws ASCII."""
        face = self._face_for("H", bold=False)
        return face.cap_height if face else _USUAL_CAP_HEIGHT

    @property
    def added(self) -> tuple[Face, ...]:
        """The faces that the user added, each once."""
        return tuple(dict.fromkeys(face for face in (*self.regular, *self.bold) if not face.bundled))

    def runs(self, text: str, *, bold: bool = False) -> tuple[FontRun, ...]:
        """`text` in parts, each with the face that draws it."""
        parts = groupby(self._faces(text, bold=bold), key=lambda pair: pair[1])
        return tuple(FontRun("".join(character for character, _ in pairs), face) for face, pairs in parts)

    def width(self, text: str, size_pt: float, *, bold: bool = False) -> float:
        """Width in millimetres of `text` at `size_pt` points, without kerning."""
        known = self._widths[bold]
        if not known.keys() >= set(text):
            known.update((character, _advance(character, self._face_for(character, bold=bold))) for character in text)
        return sum(map(known.__getitem__, text)) * size_pt * MM_PER_POINT

    def missing(self, text: str, *, bold: bool = False) -> tuple[str, ...]:
        """The characters of `text` that no face has, each once, in order of appearance."""
        return tuple(dict.fromkeys(character for character, face in self._faces(text, bold=bold) if face is None))

    def _faces(self, text: str, *, bold: bool) -> Iterator[tuple[str, Face | None]]:
        face: Face | None = None
        for character in text:
            if not (face and unicodedata.combining(character) and face.has(character)):
                face = self._face_for(character, bold=bold)
            yield character, face

    def _face_for(self, character: str, *, bold: bool) -> Face | None:
        key = (character, bold)
        if key not in self._face_cache:
            faces = self.bold if bold else self.regular
            self._face_cache[key] = next((face for face in faces if face.has(character)), None)
        return self._face_cache[key]


def _advance(character: str, face: Face | None) -> float:
    if face is None:
        return 0.0 if unicodedata.combining(character) else _MISSING_EM
    return face.widths[ord(character)]


def font_set(paths: tuple[Path, ...] = ()) -> FontSet:
    """The faces in `paths`, which come first, and the bundled ones.

    Raises:
        PrismaError: a file is no usable font.
    """
    added = tuple(load_face(path) for path in paths)
    upright = tuple(face for face in added if not face.bold)
    heavy = tuple(face for face in added if face.bold)
    if not added:
        return _bundled()
    return FontSet((*upright, _face(REGULAR), *heavy), (*heavy, *upright, _face(BOLD), _face(REGULAR)))


@cache
def _bundled() -> FontSet:
    return FontSet((_face(REGULAR),), (_face(BOLD), _face(REGULAR)))


@cache
def _face(path: Path) -> Face:
    return load_face(path)


def load_face(path: Path) -> Face:
    """The face in a TTF, OTF or TTC file (of a collection: the first).

    Raises:
        PrismaError: the file is missing, no font, damaged, or its licence bits forbid to embed it.
    """
    with open_font(path) as font:
        if getattr(font["OS/2"], "fsType", 0) & _NO_EMBEDDING:
            raise PrismaError(f"{path}: this font's licence flags forbid to embed it in a document; choose another font.")
        return _read(path, font)


def _read(path: Path, font: TTFont) -> Face:
    em = font["head"].unitsPerEm
    glyphs = {code: name for code, name in (font.getBestCmap() or {}).items() if code > _ASCII.start - 1}
    advances = font["hmtx"].metrics
    heights = font["OS/2"]
    return Face(
        path,
        family=_family(font),
        bold=heights.usWeightClass >= _BOLD_FROM,
        glyphs=glyphs,
        widths={code: advances[name][0] / em for code, name in glyphs.items()},
        cap_height=(getattr(heights, "sCapHeight", 0) or 0) / em or _USUAL_CAP_HEIGHT,
        units=em,
    )


def _family(font: TTFont) -> str:
    """The family's name as one line without quotes and markup, because it goes into files by itself."""
    name = one_line(str(font["name"].getBestFamilyName() or ""))
    return "".join(c for c in name if c.isalnum() or c in " -_.").strip() or "Unnamed"


@contextmanager
def open_font(path: Path) -> Iterator[Any]:
    """The font in `path`, for fontTools.

    Raises:
        PrismaError: the file is missing, no font, or damaged.
    """
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(io.BytesIO(read_file(path)), fontNumber=0, lazy=True, recalcTimestamp=False) as font:
            yield font
    except (TTLibError, *_DAMAGE) as error:
        raise PrismaError(f"{path} is not a font that can be used (TTF or OTF): {_library_message(error)}.") from error


def _library_message(error: BaseException) -> str:
    """What a library says about a file, as one short line."""
    return one_line(str(error))[:120].rstrip(".") or type(error).__name__
