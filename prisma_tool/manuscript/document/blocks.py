"""A report as plain blocks of words, before any file format.

Owns the few kinds of block that reports are made of. Invariant: every text in them is plain; a renderer escapes what its format
would take for markup, and cleans what came from outside.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 stands below the document's title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of words."""

    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """An unnumbered list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines to be shown letter by letter, such as a search strategy."""

    lines: tuple[str, ...]


CellText = str | tuple[str, ...]
"""What stands in a cell of a table: a text, or several that begin a line each."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as there are columns. `shares` divide the width; without them the cells do."""

    columns: tuple[str, ...]
    rows: tuple[tuple[CellText, ...], ...]
    shares: tuple[int, ...] = ()


def cell_lines(cell: CellText) -> tuple[str, ...]:
    """The lines of a cell, at least one."""
    return (cell,) if isinstance(cell, str) else cell or ("",)


Block = Heading | Paragraph | Points | CodeBlock | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A titled sequence of blocks; `landscape` turns the page, for wide tables."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False
