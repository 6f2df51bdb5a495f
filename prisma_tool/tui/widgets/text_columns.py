"""Text in columns of terminal cells. Pure.

Invariant: what `fitted` gives takes exactly the cells asked for, whatever the text holds: wide and combining characters, markup,
escape sequences, line breaks. What is cut ends in a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from prisma_tool.model.text import printable

CUT = "…"
_SHORTEST = 5
Piece = tuple[str, str]
"""Text and the name of its style: "" for plain, or one of `STYLES`."""
STYLES = frozenset({"strong", "quiet", "good", "bad", "doubt", "clash", "other"})


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column: its heading, and its width in cells; of the width that is left over, a column of width 0 takes all."""

    heading: str
    width: int = 0


def fitted(text: str, width: int) -> str:
    """`text` as one line of exactly so many cells."""
    line = printable(text)
    if cell_len(line) <= width:
        return set_cell_size(line, width)
    return set_cell_size(line, width - 1) + CUT if width > 0 else ""


def shortened(text: str, width: int) -> str:
    """A name such as a key in so many cells: what is too long loses its middle, for keys differ at their ends."""
    line = printable(text)
    if cell_len(line) <= width or width < _SHORTEST:
        return fitted(line, width).rstrip()
    tail = (width - 1) // 2
    return set_cell_size(line, width - 1 - tail).rstrip() + CUT + line[-tail:]


def laid_out(columns: Sequence[TextColumn], pieces: Iterable[Piece], width: int) -> list[Piece]:
    """One line of a table: each piece in its column, a blank before each, exactly `width` cells in all."""
    widths = _widths(columns, width)
    line = [(f" {fitted(text, cells)}", style) for (text, style), cells in zip(pieces, widths, strict=True)]
    used = sum(cells + 1 for cells in widths)
    return [*line, (" " * max(0, width - used), "")]


def headings(columns: Sequence[TextColumn], width: int) -> list[Piece]:
    """The line of the columns' headings."""
    return laid_out(columns, [(column.heading, "quiet") for column in columns], width)


def _widths(columns: Sequence[TextColumn], width: int) -> list[int]:
    fixed = sum(column.width for column in columns)
    # A blank before each column, and one at the end of the line.
    left = max(0, width - fixed - len(columns) - 1)
    return [column.width or left for column in columns]
