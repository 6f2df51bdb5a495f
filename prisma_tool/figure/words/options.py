"""How a figure is to look: everything about it that is a choice and not a count.

Owns the choices and their limits. Invariant: `FigureOptions()` is the official template at a journal's full width; no option can
change a number, only how (and whether) it is shown. Widths and resolutions: what Elsevier's and PLOS's guides for authors ask of figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from prisma_tool.errors import UsageError
from prisma_tool.model.protocol.figure_words import ExtraBoxes, Language

if TYPE_CHECKING:
    from prisma_tool.flow.flow import Flow

NARROWEST_MM, WIDEST_MM = 80.0, 500.0
LOWEST_DPI, HIGHEST_DPI = 36, 2400
PRESETS: Mapping[str, float] = {"90": 90.0, "140": 140.0, "190": 190.0}
"""Widths by name, in millimetres: one column, one and a half, the full width of a journal's page."""

SLIDE_MM = 254.0
"""Width of a slide, the usual one of a figure from left to right."""


class Palette(StrEnum):
    """The colours of the official template, the same in greys, or black lines on white."""

    COLOUR = "colour"
    GREY = "grey"
    LINE_ART = "line-art"


class Thousands(StrEnum):
    """What stands between the thousands of a count."""

    NONE = "none"
    COMMA = "comma"
    THIN_SPACE = "thin-space"

    @property
    def mark(self) -> str:
        """The separator itself."""
        return {"none": "", "comma": ",", "thin-space": "\u2009"}[self.value]


class Wording(StrEnum):
    """The words of a systematic review (PRISMA 2020) or of a scoping review (PRISMA-ScR, item 14)."""

    SYSTEMATIC = "systematic"
    SCOPING = "scoping"


class Direction(StrEnum):
    """Whether the phases follow each other down the page, as in the template, or from left to right, for slides."""

    VERTICAL = "vertical"
    HORIZONTAL = "horizontal"


class TextForm(StrEnum):
    """Whether the letters of an SVG are text with its font, or outlines."""

    FONT = "font"
    PATHS = "paths"


@dataclass(frozen=True, slots=True)
class FigureOptions:
    """The choices for one figure.

    `fonts` are files (TTF or OTF) that come before the bundled font. `dpi` None means what the format's users expect. `hide` holds
    data keys of counts and lists, "LIST:LABEL" for one line of a list, "previous" or "other" for a whole column, "footnotes" for these and their
    marks.

    Raises:
        UsageError: a width or resolution that no figure can have.
    """

    width_mm: float = PRESETS["190"]
    palette: Palette = Palette.COLOUR
    fonts: tuple[Path, ...] = ()
    thousands: Thousands = Thousands.NONE
    dpi: int | None = None
    hide: frozenset[str] = frozenset()
    wording: Wording = Wording.SYSTEMATIC
    reasons_at_screening: bool = False
    """Show why records were excluded at title/abstract too, which PRISMA 2020 does not ask for."""
    text: TextForm = TextForm.FONT
    """How an SVG holds its letters; EPS always has outlines, PDF always its fonts."""
    notes_outside: bool = False
    """Leave the footnotes out of the figure but keep their marks, for journals that print them below it."""
    direction: Direction = Direction.VERTICAL
    show: frozenset[ExtraBoxes] = frozenset()
    """Boxes that PRISMA 2020 has not, besides those that the review asks for."""
    language: Language | None = None
    """The language of the figure's own wording; None for the one that the review names."""

    def __post_init__(self) -> None:
        if not NARROWEST_MM <= self.width_mm <= WIDEST_MM:
            raise UsageError(f"A width of {self.width_mm:g} mm is not between {NARROWEST_MM:g} and {WIDEST_MM:g} mm.")
        if self.dpi is not None and not LOWEST_DPI <= self.dpi <= HIGHEST_DPI:
            raise UsageError(
                f"{self.dpi} dpi is not between {LOWEST_DPI} and {HIGHEST_DPI}; journals ask for 300, 600, 1000 or 1200."
            )

    def language_for(self, flow: Flow) -> Language:
        """The language in which the figure of `flow` speaks."""
        return self.language or flow.words.language


PLAIN = FigureOptions()
"""The official look at 190 mm."""
