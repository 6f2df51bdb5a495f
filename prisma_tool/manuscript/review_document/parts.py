"""What a manuscript is made of: generated parts, and headings that belong to the authors once they are written. Pure.

Invariant: the name of a part is one dotted pair of small letters, short enough that a bookmark of Word holds it with its mark; no two
parts have the same name, and none is empty.
"""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.manuscript.document.blocks import Block, Heading, Paragraph

LONGEST_NAME = 21
"""A bookmark of Word has at most 40 characters: these, 4 before them, and 15 behind."""
NOTHING_YET = "Nothing is recorded of this yet."


@dataclass(frozen=True, slots=True)
class GeneratedPart:
    """A part that the review's data write, and write again at every refresh. `landscape` says how wide its tables are."""

    name: str
    blocks: tuple[Block, ...]
    landscape: bool = False

    @property
    def content(self) -> tuple[Block, ...]:
        """The blocks, or a sentence that says that there are none."""
        return self.blocks or (Paragraph(NOTHING_YET),)


@dataclass(frozen=True, slots=True)
class PageTurn:
    """From here on pages lie on their side."""


Piece = Heading | GeneratedPart | PageTurn


@dataclass(frozen=True, slots=True)
class Manuscript:
    """The whole document in its order; `settings` are the version and the citation style that it speaks with."""

    title: str
    pieces: tuple[Piece, ...]
    settings: ManuscriptSettings

    @property
    def parts(self) -> tuple[GeneratedPart, ...]:
        """The generated parts, in their order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, GeneratedPart))


@dataclass(frozen=True, slots=True)
class ManuscriptSettings:
    """Of which closed version a manuscript speaks (empty: the review as it stands), and in which style it cites."""

    version: str
    style: str
