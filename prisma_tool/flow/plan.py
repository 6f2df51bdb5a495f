"""Which boxes a figure has, in which row and column each stands and what leads to what; no lengths yet.

Print and terminal are arranged from the same plan. Invariant: every link joins two cells of the plan, and no two cells share a place.
Boxes and arrows: reference prisma2020.md, C2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from prisma_tool.flow import wording
from prisma_tool.flow.figure import Fill, Outline
from prisma_tool.flow.flow import Flow
from prisma_tool.flow.wording import Entry


class Column(IntEnum):
    """The columns from left to right."""

    PREVIOUS = 0
    MAIN = 1
    SIDE = 2
    OTHER = 3
    OTHER_SIDE = 4


class Row(IntEnum):
    """The rows from top to bottom."""

    IDENTIFIED = 0
    SCREENED = 1
    SOUGHT = 2
    ASSESSED = 3
    SET_ASIDE = 4
    INCLUDED = 5
    TOTAL = 6


class Phase(StrEnum):
    """The three phases that PRISMA 2020 names at the side."""

    IDENTIFICATION = "Identification"
    SCREENING = "Screening"
    INCLUDED = "Included"


PHASE_OF = {
    Row.IDENTIFIED: Phase.IDENTIFICATION,
    Row.SCREENED: Phase.SCREENING,
    Row.SOUGHT: Phase.SCREENING,
    Row.ASSESSED: Phase.SCREENING,
    Row.SET_ASIDE: Phase.SCREENING,
    Row.INCLUDED: Phase.INCLUDED,
    Row.TOTAL: Phase.INCLUDED,
}


class Path(StrEnum):
    """How an arrow runs: straight, or down first and then across."""

    DOWN = "down"
    ACROSS = "across"
    ELBOW = "elbow"


@dataclass(frozen=True, slots=True)
class Cell:
    """A box with its place in the grid."""

    key: str
    column: Column
    row: Row
    entries: tuple[Entry, ...]
    fill: Fill = Fill.WHITE
    outline: Outline = Outline.SOLID


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow between two cells."""

    start: str
    end: str
    path: Path


@dataclass(frozen=True, slots=True)
class Header:
    """A label above the columns `first` to `last`."""

    key: str
    text: str
    first: Column
    last: Column


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is in the figure, before anything is measured."""

    cells: tuple[Cell, ...]
    links: tuple[Link, ...]
    headers: tuple[Header, ...]
    stamp: tuple[Entry, ...]
    footnotes: tuple[str, ...]
    title: str

    def only(self, columns: frozenset[Column]) -> Plan:
        """The part of the plan in `columns`, without stamp and footnotes."""
        cells = tuple(cell for cell in self.cells if cell.column in columns)
        headers = tuple(header for header in self.headers if header.first in columns)
        return Plan(cells, _between(cells, self.links), headers, (), (), self.title)


_LINKS = (
    Link("identified", "removed", Path.ACROSS),
    Link("identified", "screened", Path.DOWN),
    Link("screened", "excluded", Path.ACROSS),
    Link("screened", "sought", Path.DOWN),
    Link("sought", "not_retrieved", Path.ACROSS),
    Link("sought", "assessed", Path.DOWN),
    Link("assessed", "reports_excluded", Path.ACROSS),
    Link("assessed", "set_aside", Path.ELBOW),
    Link("assessed", "included", Path.DOWN),
    Link("other_identified", "other_sought", Path.DOWN),
    Link("other_sought", "other_not_retrieved", Path.ACROSS),
    Link("other_sought", "other_assessed", Path.DOWN),
    Link("other_assessed", "other_reports_excluded", Path.ACROSS),
    Link("other_assessed", "included", Path.ELBOW),
    Link("previous", "total", Path.ELBOW),
    Link("included", "total", Path.DOWN),
)


def plan(flow: Flow) -> Plan:
    """The plan of the template that `flow` is for; a box without lines is left out."""
    cells = tuple(cell for cell in (*_main(flow), *_other(flow), *_result(flow)) if cell.entries)
    notes = wording.footnotes(flow)
    return Plan(cells, _between(cells, _LINKS), _headers(flow), wording.stamp(flow), notes, wording.title(flow))


def _between(cells: tuple[Cell, ...], links: tuple[Link, ...]) -> tuple[Link, ...]:
    keys = {cell.key for cell in cells}
    return tuple(link for link in links if {link.start, link.end} <= keys)


def _main(flow: Flow) -> tuple[Cell, ...]:
    screened = wording.single("Records screened", "records_screened", flow.records_screened)
    excluded = wording.single("Records excluded**", "records_excluded", flow.records_excluded)
    sought = wording.single("Reports sought for retrieval", "dbr_sought_reports", flow.dbr_sought_reports)
    missing = wording.single("Reports not retrieved", "dbr_notretrieved_reports", flow.dbr_notretrieved_reports)
    assessed = wording.single("Reports assessed for eligibility", "dbr_assessed", flow.dbr_assessed)
    reasons = wording.reports_excluded(flow.dbr_excluded, "dbr_excluded")
    return (
        Cell("identified", Column.MAIN, Row.IDENTIFIED, wording.identified(flow)),
        Cell("removed", Column.SIDE, Row.IDENTIFIED, wording.removed(flow)),
        Cell("screened", Column.MAIN, Row.SCREENED, screened),
        Cell("excluded", Column.SIDE, Row.SCREENED, excluded),
        Cell("sought", Column.MAIN, Row.SOUGHT, sought),
        Cell("not_retrieved", Column.SIDE, Row.SOUGHT, missing),
        Cell("assessed", Column.MAIN, Row.ASSESSED, assessed),
        Cell("reports_excluded", Column.SIDE, Row.ASSESSED, reasons),
        Cell("set_aside", Column.SIDE, Row.SET_ASIDE, wording.set_aside(flow), outline=Outline.DASHED),
    )


def _other(flow: Flow) -> tuple[Cell, ...]:
    if not flow.has_other_methods:
        return ()
    sought = wording.single("Reports sought for retrieval", "other_sought_reports", flow.other_sought_reports)
    missing = wording.single("Reports not retrieved", "other_notretrieved_reports", flow.other_notretrieved_reports)
    assessed = wording.single("Reports assessed for eligibility", "other_assessed", flow.other_assessed)
    reasons = wording.reports_excluded(flow.other_excluded, "other_excluded")
    return (
        Cell("other_identified", Column.OTHER, Row.IDENTIFIED, wording.other_identified(flow), Fill.GREY),
        Cell("other_sought", Column.OTHER, Row.SOUGHT, sought, Fill.GREY),
        Cell("other_not_retrieved", Column.OTHER_SIDE, Row.SOUGHT, missing, Fill.GREY),
        Cell("other_assessed", Column.OTHER, Row.ASSESSED, assessed, Fill.GREY),
        Cell("other_reports_excluded", Column.OTHER_SIDE, Row.ASSESSED, reasons, Fill.GREY),
    )


def _result(flow: Flow) -> tuple[Cell, ...]:
    included = Cell("included", Column.MAIN, Row.INCLUDED, wording.included(flow))
    if not wording.is_update(flow):
        return (included,)
    return (
        included,
        Cell("previous", Column.PREVIOUS, Row.IDENTIFIED, wording.previous(flow), Fill.GREY),
        Cell("total", Column.MAIN, Row.TOTAL, wording.total(flow), Fill.GREY),
    )


def _headers(flow: Flow) -> tuple[Header, ...]:
    databases = Header("newstud", wording.header(flow, "databases and registers"), Column.MAIN, Column.SIDE)
    other = Header("othstud", wording.header(flow, "other methods"), Column.OTHER, Column.OTHER_SIDE)
    previous = Header("prevstud", "Previous studies", Column.PREVIOUS, Column.PREVIOUS)
    return (
        *((previous,) if wording.is_update(flow) and wording.previous(flow) else ()),
        databases,
        *((other,) if flow.has_other_methods else ()),
    )
