"""Which boxes a figure has, in which row and column each stands and what leads to what: the templates of PRISMA 2020.

Also owns the order in which options are applied: what is hidden, then the words, their language, the marks of notes, the digits. Invariant: no option changes a
number. Boxes and arrows: the four templates of the PRISMA 2020 statement (Page et al., BMJ 2021;372:n71).
"""

from __future__ import annotations

from dataclasses import replace

from prisma_tool.figure.layout.extra_boxes import EXTRA_LINKS, shown, with_extra_boxes, without_bypasses
from prisma_tool.figure.layout.grid import ArrowPath, Cell, CellLink, GridColumn, GridRow, Header, Plan, between
from prisma_tool.figure.layout.living import HIDDEN, in_versions
from prisma_tool.figure.layout.marking import in_own_words, marked
from prisma_tool.figure.layout.omissions import omit
from prisma_tool.figure.layout.shapes import Fill, Outline
from prisma_tool.figure.layout.wording_languages import in_language
from prisma_tool.figure.layout.wording_scr import in_scoping_words
from prisma_tool.figure.words import labels
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.figure.words.languages.language_table import language_table
from prisma_tool.figure.words.options import PLAIN, FigureOptions, Thousands, Wording
from prisma_tool.flow.flow import Flow

_LINKS = (
    CellLink("identified", "removed", ArrowPath.ACROSS),
    CellLink("identified", "screened", ArrowPath.DOWN),
    CellLink("screened", "excluded", ArrowPath.ACROSS),
    CellLink("screened", "sought", ArrowPath.DOWN),
    CellLink("sought", "not_retrieved", ArrowPath.ACROSS),
    CellLink("sought", "assessed", ArrowPath.DOWN),
    CellLink("assessed", "reports_excluded", ArrowPath.ACROSS),
    CellLink("assessed", "set_aside", ArrowPath.ELBOW),
    CellLink("assessed", "included", ArrowPath.DOWN),
    CellLink("other_identified", "other_sought", ArrowPath.DOWN),
    CellLink("other_sought", "other_not_retrieved", ArrowPath.ACROSS),
    CellLink("other_sought", "other_assessed", ArrowPath.DOWN),
    CellLink("other_assessed", "other_reports_excluded", ArrowPath.ACROSS),
    CellLink("other_assessed", "included", ArrowPath.ELBOW),
    CellLink("previous", "total", ArrowPath.ELBOW),
    CellLink("included", "total", ArrowPath.DOWN),
)


def plan(flow: Flow, options: FigureOptions = PLAIN) -> Plan:
    """The plan of the template that `flow` is for, in the words and with the lines that `options` ask for.

    A box without lines is left out.

    Raises:
        UsageError: an option that does not fit this flow, or hides what no figure has.
    """
    if flow.versions:
        options = replace(options, hide=options.hide | HIDDEN)
    table = language_table(options.language_for(flow))
    planned = omit(full_plan(flow, options), options.hide)
    planned = in_versions(planned, flow, table) if flow.versions else planned
    if options.wording is Wording.SCOPING:
        planned = in_scoping_words(planned)
    planned = in_language(planned, table)
    planned = marked(in_own_words(planned, flow, options), flow, options)
    return planned if options.thousands is Thousands.NONE else _with_thousands(planned, options.thousands)


def full_plan(flow: Flow, options: FigureOptions = PLAIN) -> Plan:
    """The plan before anything is hidden or reworded."""
    reasons = options.reasons_at_screening
    cells = tuple(cell for cell in (*_main(flow, reasons=reasons), *_other(flow), *_result(flow)) if cell.entries)
    cells = with_extra_boxes(cells, flow, shown(flow, options))
    links = without_bypasses(between(cells, (*_LINKS, *EXTRA_LINKS)), cells)
    return Plan(cells, links, _headers(flow), labels.stamp(flow), (), labels.title(flow))


def _with_thousands(planned: Plan, thousands: Thousands) -> Plan:
    def entries(old: tuple[BoxEntry, ...]) -> tuple[BoxEntry, ...]:
        return tuple(replace(entry, thousands=thousands) for entry in old)

    cells = tuple(replace(cell, entries=entries(cell.entries)) for cell in planned.cells)
    return replace(planned, cells=cells, stamp=entries(planned.stamp))


def _main(flow: Flow, *, reasons: bool) -> tuple[Cell, ...]:
    screened = labels.single("Records screened", "records_screened", flow.records_screened)
    sought = labels.single("Reports sought for retrieval", "dbr_sought_reports", flow.dbr_sought_reports)
    missing = labels.single("Reports not retrieved", "dbr_notretrieved_reports", flow.dbr_notretrieved_reports)
    assessed = labels.single("Reports assessed for eligibility", "dbr_assessed", flow.dbr_assessed)
    return (
        Cell("identified", GridColumn.MAIN, GridRow.IDENTIFIED, labels.identified(flow)),
        Cell("removed", GridColumn.SIDE, GridRow.IDENTIFIED, labels.removed(flow)),
        Cell("screened", GridColumn.MAIN, GridRow.SCREENED, screened),
        Cell("excluded", GridColumn.SIDE, GridRow.SCREENED, labels.records_excluded(flow, reasons=reasons)),
        Cell("sought", GridColumn.MAIN, GridRow.SOUGHT, sought),
        Cell("not_retrieved", GridColumn.SIDE, GridRow.SOUGHT, missing),
        Cell("assessed", GridColumn.MAIN, GridRow.ASSESSED, assessed),
        Cell("reports_excluded", GridColumn.SIDE, GridRow.ASSESSED, labels.reports_excluded(flow.dbr_excluded, "dbr_excluded")),
        Cell("set_aside", GridColumn.SIDE, GridRow.SET_ASIDE, labels.set_aside(flow), outline=Outline.DASHED),
    )


def _other(flow: Flow) -> tuple[Cell, ...]:
    if not flow.has_other_methods:
        return ()
    sought = labels.single("Reports sought for retrieval", "other_sought_reports", flow.other_sought_reports)
    missing = labels.single("Reports not retrieved", "other_notretrieved_reports", flow.other_notretrieved_reports)
    assessed = labels.single("Reports assessed for eligibility", "other_assessed", flow.other_assessed)
    reasons = labels.reports_excluded(flow.other_excluded, "other_excluded")
    return (
        Cell("other_identified", GridColumn.OTHER, GridRow.IDENTIFIED, labels.other_identified(flow), Fill.GREY),
        Cell("other_sought", GridColumn.OTHER, GridRow.SOUGHT, sought, Fill.GREY),
        Cell("other_not_retrieved", GridColumn.OTHER_SIDE, GridRow.SOUGHT, missing, Fill.GREY),
        Cell("other_assessed", GridColumn.OTHER, GridRow.ASSESSED, assessed, Fill.GREY),
        Cell("other_reports_excluded", GridColumn.OTHER_SIDE, GridRow.ASSESSED, reasons, Fill.GREY),
    )


def _result(flow: Flow) -> tuple[Cell, ...]:
    included = Cell("included", GridColumn.MAIN, GridRow.INCLUDED, labels.included(flow))
    if not labels.is_update(flow):
        return (included,)
    return (
        included,
        Cell("previous", GridColumn.PREVIOUS, GridRow.IDENTIFIED, labels.previous(flow), Fill.GREY),
        Cell("total", GridColumn.MAIN, GridRow.TOTAL, labels.total(flow), Fill.GREY),
    )


def _headers(flow: Flow) -> tuple[Header, ...]:
    databases = Header("newstud", labels.header(flow, "databases and registers"), GridColumn.MAIN, GridColumn.SIDE)
    other = Header("othstud", labels.header(flow, "other methods"), GridColumn.OTHER, GridColumn.OTHER_SIDE)
    previous = Header("prevstud", "Previous studies", GridColumn.PREVIOUS, GridColumn.PREVIOUS)
    return (
        *((previous,) if labels.is_update(flow) and labels.previous(flow) else ()),
        databases,
        *((other,) if flow.has_other_methods else ()),
    )
