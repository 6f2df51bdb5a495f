"""What a terminal shows, cell by cell, and the least that must be sent so that it shows something else. Pure.

Invariant: after what `ShownCells.paint` gives has been sent, every cell that was ever painted looks as if all of it had just been sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from operator import ne
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

from prisma_tool.tui.terminal.appearance import PLAIN, Appearance, appearance_of, change, of_blank, shows_blank

Cell = tuple[str, Appearance]
"""The text that begins in a cell, which is empty where the one before reaches into it, and its look."""
Line = list[Cell | None]
"""The cells of a line; None is one of which it is not known what it shows."""
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
"""They have no place on the screen, and might change all of it."""
_GAP = 4
"""So many cells are written again rather than jumped over, which costs as much."""


class PaintedStrip(NamedTuple):
    """Something that is painted: a strip from a cell on."""

    y: int
    x: int
    strip: Strip


class ShownCells:
    """What a terminal shows. It begins as one that may show anything."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._size = (0, 0)

    def forget(self) -> None:
        """The terminal may show anything from now on: others wrote to it."""
        self._lines = []
        self._size = (0, 0)

    def paint(self, pieces: Iterable[PaintedStrip], size: tuple[int, int], colours: ColorSystem) -> str:
        """Paint over what is shown; gives what has to be sent. A terminal of another size may show anything.

        Args:
            pieces: what is painted, in any order; what reaches beyond the terminal is cut.
            size: columns and lines of the terminal.
            colours: which colours it has.
        """
        if size != self._size:
            self._size = size
            self._lines = [[None] * size[0] for _ in range(size[1])]
        painted: dict[int, Line] = {}
        for y, x, strip in pieces:
            if 0 <= y < size[1]:
                line = painted.get(y)
                if line is None:
                    line = painted[y] = self._lines[y].copy()
                cells = cells_of(strip, colours)[: max(0, size[0] - x)]
                line[x : x + len(cells)] = cells
        pen = Pen()
        for y, line in painted.items():
            if line != self._lines[y]:
                pen.write_line(y, line, _changed(self._lines[y], line))
                self._lines[y] = line
        return pen.finished()


def cells_of(strip: Strip, colours: ColorSystem) -> list[Cell]:
    """The cells of a strip."""
    cells: list[Cell] = []
    for text, style, _ in strip:
        own = _segment_cells(text, style, colours)
        if own or not cells:
            cells.extend(own)
        else:
            # An accent whose letter stands before it in another style.
            head = next(x for x in range(len(cells) - 1, -1, -1) if cells[x][0])
            cells[head] = (cells[head][0] + text.translate(_CONTROLS), cells[head][1])
    return cells


@lru_cache(maxsize=8192)
def _segment_cells(text: str, style: Style | None, colours: ColorSystem) -> tuple[Cell, ...]:
    look = appearance_of(style, colours)
    blank = of_blank(look)
    shown = text.translate(_CONTROLS)
    if shown.isascii() or all(cell_len(sign) == 1 for sign in shown):
        return tuple([(sign, blank if sign == " " else look) for sign in shown])
    # Terminals differ in how wide some letters are: such a text stays in one piece.
    width = cell_len(shown)
    return ((shown, look), *[("", look)] * (width - 1)) if width else ()


def _changed(before: Line, after: Line) -> list[tuple[int, int]]:
    """Which cells of a line have to be written, from and to."""
    if _is_uncertain(before) or _is_uncertain(after):
        return _known(after)
    changed = [x for x, differs in enumerate(map(ne, before, after)) if differs]
    runs: list[tuple[int, int]] = []
    for x in changed:
        if runs and _is_worth_writing(after, runs[-1][1], x):
            runs[-1] = (runs[-1][0], x + 1)
        else:
            runs.append((x, x + 1))
    return runs


def _is_uncertain(line: Line) -> bool:
    """Whether some letter of a line may be wider or narrower in this terminal than is thought, and shift what follows."""
    return any(cell is not None and len(cell[0]) != 1 for cell in line)


def _known(line: Line) -> list[tuple[int, int]]:
    """All cells of a line of which it is known what they are to show."""
    runs = []
    for is_known, group in groupby(range(len(line)), lambda x: line[x] is not None):
        columns = list(group)
        if is_known:
            runs.append((columns[0], columns[-1] + 1))
    return runs


def _is_worth_writing(line: Line, start: int, end: int) -> bool:
    """Whether the unchanged cells between two changed ones are written, too: they are few and look as their neighbour does."""
    return end - start <= _GAP and all(_looks(cell, line[start - 1]) for cell in line[start:end])


def _looks(cell: Cell | None, other: Cell | None) -> bool:
    if cell is None or other is None:
        return False
    return shows_blank(other[1], cell[1]) if cell[0] == " " else cell[1] == other[1]


class Pen:
    """Writes cells; knows where the cursor of the terminal is, and how what is written next would look."""

    def __init__(self) -> None:
        self._sent: list[str] = []
        self._at: tuple[int, int] | None = None
        self._look = PLAIN

    def write_line(self, y: int, line: Line, runs: Iterable[tuple[int, int]]) -> None:
        """Write these runs of cells of a line."""
        for start, end in runs:
            for x in range(start, end):
                cell = line[x]
                if cell is not None and cell[0]:
                    self._write(x, y, *cell)

    def _write(self, x: int, y: int, text: str, look: Appearance) -> None:
        if self._at != (x, y):
            self._sent.append(self._move(x, y))
        if self._look != look and not (text == " " and shows_blank(self._look, look)):
            self._sent.append(change(self._look, look))
            self._look = look
        self._sent.append(text)
        # Behind a letter of uncertain width nobody knows where the cursor is.
        self._at = (x + 1, y) if len(text) == 1 and (text.isascii() or cell_len(text) == 1) else None

    def _move(self, x: int, y: int) -> str:
        if self._at is not None and self._at[1] == y and self._at[0] < x:
            by = x - self._at[0]
            return f"\x1b[{by}C" if by > 1 else "\x1b[C"
        return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"

    def finished(self) -> str:
        """All that is to be sent; what others write afterwards is plain."""
        return "".join([*self._sent, change(self._look, PLAIN)])
