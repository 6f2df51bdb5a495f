"""The grid that a figure is planned on: columns, rows, phases, the boxes in them and what leads to what; no lengths yet.

Print and terminal are arranged from the same `Plan`. Invariant: every link joins two cells of the plan, and no two cells share a place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from prisma_tool.figure.layout.shapes import Fill, Outline
from prisma_tool.figure.words.labels import BoxEntry


class GridColumn(IntEnum):
    """The columns from left to right."""

    PREVIOUS = 0
    MAIN = 1
    SIDE = 2
    OTHER = 3
    OTHER_SIDE = 4


OTHER_COLUMNS = frozenset({GridColumn.OTHER, GridColumn.OTHER_SIDE})


class GridRow(IntEnum):
    """The rows from top to bottom; some are used only where a column had to move below another."""

    PREVIOUS = 0
    IDENTIFIED = 1
    SCREENED = 2
    ABSTRACTS = 3
    SOUGHT = 4
    ASSESSED = 5
    SET_ASIDE = 6
    OTHER_IDENTIFIED = 7
    OTHER_SCREENED = 8
    OTHER_SOUGHT = 9
    OTHER_ASSESSED = 10
    INCLUDED = 11
    TOTAL = 12


class PrismaPhase(StrEnum):
    """The phases at the side."""

    IDENTIFICATION = "Identification"
    SCREENING = "Screening"
    INCLUDED = "Included"


PHASE_OF: Mapping[GridRow, PrismaPhase] = {
    GridRow.PREVIOUS: PrismaPhase.IDENTIFICATION,
    GridRow.IDENTIFIED: PrismaPhase.IDENTIFICATION,
    GridRow.SCREENED: PrismaPhase.SCREENING,
    GridRow.ABSTRACTS: PrismaPhase.SCREENING,
    GridRow.SOUGHT: PrismaPhase.SCREENING,
    GridRow.ASSESSED: PrismaPhase.SCREENING,
    GridRow.SET_ASIDE: PrismaPhase.SCREENING,
    GridRow.OTHER_IDENTIFIED: PrismaPhase.IDENTIFICATION,
    GridRow.OTHER_SCREENED: PrismaPhase.SCREENING,
    GridRow.OTHER_SOUGHT: PrismaPhase.SCREENING,
    GridRow.OTHER_ASSESSED: PrismaPhase.SCREENING,
    GridRow.INCLUDED: PrismaPhase.INCLUDED,
    GridRow.TOTAL: PrismaPhase.INCLUDED,
}
"""The phase of each row."""


class ArrowPath(StrEnum):
    """How an arrow runs: straight, down first and then across, or down beside the boxes at their left."""

    DOWN = "down"
    ACROSS = "across"
    ELBOW = "elbow"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Cell:
    """A box with its place in the grid."""

    key: str
    column: GridColumn
    row: GridRow
    entries: tuple[BoxEntry, ...]
    fill: Fill = Fill.WHITE
    outline: Outline = Outline.SOLID


@dataclass(frozen=True, slots=True)
class CellLink:
    """An arrow between two cells."""

    start: str
    end: str
    path: ArrowPath


@dataclass(frozen=True, slots=True)
class Header:
    """A label above the columns `first` to `last`, over the first of whose rows (`row`) it stands."""

    key: str
    text: str
    first: GridColumn
    last: GridColumn
    row: GridRow = GridRow.IDENTIFIED


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is in the figure, before anything is measured."""

    cells: tuple[Cell, ...]
    links: tuple[CellLink, ...]
    headers: tuple[Header, ...]
    stamp: tuple[BoxEntry, ...]
    footnotes: tuple[str, ...]
    title: str
    alt: str = ""
    """The figure in words, where somebody wrote them; else they are made from the boxes."""
    phases: Mapping[PrismaPhase, str] = field(default_factory=dict)
    """What the phases are called where the figure is not in English."""

    def phase_name(self, phase: PrismaPhase) -> str:
        """What the figure calls a phase."""
        return self.phases.get(phase, phase.value)

    def phase_of(self, cell: Cell) -> str:
        """What the figure calls the phase that a box is in."""
        return self.phase_name(PHASE_OF[cell.row])

    def with_cells(self, cells: tuple[Cell, ...]) -> Plan:
        """This plan with `cells` only, and the arrows and headers that these leave."""
        columns = {cell.column for cell in cells}
        headers = tuple(header for header in self.headers if {header.first, header.last} & columns)
        return replace(self, cells=cells, links=between(cells, self.links), headers=headers)

    def only_columns(self, columns: frozenset[GridColumn]) -> Plan:
        """The part of the plan in `columns`, without stamp and footnotes."""
        part = self.with_cells(tuple(cell for cell in self.cells if cell.column in columns))
        return replace(part, stamp=(), footnotes=())


def between(cells: tuple[Cell, ...], links: tuple[CellLink, ...]) -> tuple[CellLink, ...]:
    """Those of `links` that join two of `cells`."""
    keys = {cell.key for cell in cells}
    return tuple(link for link in links if {link.start, link.end} <= keys)
