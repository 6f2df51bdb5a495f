"""Which boxes a figure has, in which row and column each stands and what leads to what: the templates of PRISMA 2020.

Also owns the order in which options are applied: what is hidden, then the words, then the digits. Invariant: no option changes a
number. Boxes and arrows: the four templates of the PRISMA 2020 statement (Page et al., BMJ 2021;372:n71).
"""

from __future__ import annotations

from dataclasses import replace

from prisma_tool.figure.layout.grid import Cell, Column, Header, Link, Path, Plan, Row, between
from prisma_tool.figure.layout.omissions import without
from prisma_tool.figure.layout.shapes import Fill, Outline
from prisma_tool.figure.layout.wording_scr import in_scoping_words
from prisma_tool.figure.words import labels
from prisma_tool.figure.words.labels import Entry
from prisma_tool.figure.words.options import PLAIN, FigureOptions, Thousands, Wording
from prisma_tool.flow.flow import Flow

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


def plan(flow: Flow, options: FigureOptions = PLAIN) -> Plan:
    """The plan of the template that `flow` is for, in the words and with the lines that `options` ask for.

    A box without lines is left out.

    Raises:
        UsageError: an option that does not fit this flow, or hides what no figure has.
    """
    planned = without(full_plan(flow, options), options.hide)
    if options.wording is Wording.SCOPING:
        planned = in_scoping_words(planned)
    return planned if options.thousands is Thousands.NONE else _separated(planned, options.thousands)


def full_plan(flow: Flow, options: FigureOptions = PLAIN) -> Plan:
    """The plan before anything is hidden or reworded."""
    reasons = options.reasons_at_screening
    cells = tuple(cell for cell in (*_main(flow, reasons=reasons), *_other(flow), *_result(flow)) if cell.entries)
    notes = labels.footnotes(flow, reasons=reasons)
    return Plan(cells, between(cells, _LINKS), _headers(flow), labels.stamp(flow), notes, labels.title(flow))


def _separated(planned: Plan, thousands: Thousands) -> Plan:
    def entries(old: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(replace(entry, thousands=thousands) for entry in old)

    cells = tuple(replace(cell, entries=entries(cell.entries)) for cell in planned.cells)
    return replace(planned, cells=cells, stamp=entries(planned.stamp))


def _main(flow: Flow, *, reasons: bool) -> tuple[Cell, ...]:
    screened = labels.single("Records screened", "records_screened", flow.records_screened)
    sought = labels.single("Reports sought for retrieval", "dbr_sought_reports", flow.dbr_sought_reports)
    missing = labels.single("Reports not retrieved", "dbr_notretrieved_reports", flow.dbr_notretrieved_reports)
    assessed = labels.single("Reports assessed for eligibility", "dbr_assessed", flow.dbr_assessed)
    return (
        Cell("identified", Column.MAIN, Row.IDENTIFIED, labels.identified(flow)),
        Cell("removed", Column.SIDE, Row.IDENTIFIED, labels.removed(flow)),
        Cell("screened", Column.MAIN, Row.SCREENED, screened),
        Cell("excluded", Column.SIDE, Row.SCREENED, labels.records_excluded(flow, reasons=reasons)),
        Cell("sought", Column.MAIN, Row.SOUGHT, sought),
        Cell("not_retrieved", Column.SIDE, Row.SOUGHT, missing),
        Cell("assessed", Column.MAIN, Row.ASSESSED, assessed),
        Cell("reports_excluded", Column.SIDE, Row.ASSESSED, labels.reports_excluded(flow.dbr_excluded, "dbr_excluded")),
        Cell("set_aside", Column.SIDE, Row.SET_ASIDE, labels.set_aside(flow), outline=Outline.DASHED),
    )


def _other(flow: Flow) -> tuple[Cell, ...]:
    if not flow.has_other_methods:
        return ()
    sought = labels.single("Reports sought for retrieval", "other_sought_reports", flow.other_sought_reports)
    missing = labels.single("Reports not retrieved", "other_notretrieved_reports", flow.other_notretrieved_reports)
    assessed = labels.single("Reports assessed for eligibility", "other_assessed", flow.other_assessed)
    reasons = labels.reports_excluded(flow.other_excluded, "other_excluded")
    return (
        Cell("other_identified", Column.OTHER, Row.IDENTIFIED, labels.other_identified(flow), Fill.GREY),
        Cell("other_sought", Column.OTHER, Row.SOUGHT, sought, Fill.GREY),
        Cell("other_not_retrieved", Column.OTHER_SIDE, Row.SOUGHT, missing, Fill.GREY),
        Cell("other_assessed", Column.OTHER, Row.ASSESSED, assessed, Fill.GREY),
        Cell("other_reports_excluded", Column.OTHER_SIDE, Row.ASSESSED, reasons, Fill.GREY),
    )


def _result(flow: Flow) -> tuple[Cell, ...]:
    included = Cell("included", Column.MAIN, Row.INCLUDED, labels.included(flow))
    if not labels.is_update(flow):
        return (included,)
    return (
        included,
        Cell("previous", Column.PREVIOUS, Row.IDENTIFIED, labels.previous(flow), Fill.GREY),
        Cell("total", Column.MAIN, Row.TOTAL, labels.total(flow), Fill.GREY),
    )


def _headers(flow: Flow) -> tuple[Header, ...]:
    databases = Header("newstud", labels.header(flow, "databases and registers"), Column.MAIN, Column.SIDE)
    other = Header("othstud", labels.header(flow, "other methods"), Column.OTHER, Column.OTHER_SIDE)
    previous = Header("prevstud", "Previous studies", Column.PREVIOUS, Column.PREVIOUS)
    return (
        *((previous,) if labels.is_update(flow) and labels.previous(flow) else ()),
        databases,
        *((other,) if flow.has_other_methods else ()),
    )
