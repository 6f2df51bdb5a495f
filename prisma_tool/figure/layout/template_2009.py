"""The boxes of the PRISMA statement of 2009, for manuscripts whose journal or protocol still asks for them.

Invariant: every number is one of the 2020 flow or a sum or difference of such numbers; what 2009 has no box for (automation tools,
reports not retrieved) stands in boxes marked as an extension, so that the arithmetic still closes. Wording: Moher et al., BMJ
2009;339:b2535. Registers and other methods are its "other sources".
"""

from __future__ import annotations

from prisma_tool.errors import UsageError
from prisma_tool.figure.layout.grid import Cell, Column, Link, Path, Phase, Plan, Row, between
from prisma_tool.figure.layout.shapes import Outline
from prisma_tool.figure.words import labels as wording
from prisma_tool.figure.words.labels import EXTENSION_MARK, Entry, together
from prisma_tool.flow.flow import Adjustment, Count, Flow

SOURCE = "Layout: Moher D, et al. BMJ 2009;339:b2535. doi: 10.1136/bmj.b2535."
EXTENSION = f"{EXTENSION_MARK} Extension of the PRISMA 2009 template."
_DEDUPLICATED, _REMOVED, _SCREENED, _ASSESSED, _SET_ASIDE = (
    Row.SCREENED,
    Row.SOUGHT,
    Row.ASSESSED,
    Row.SET_ASIDE,
    Row.OTHER_IDENTIFIED,
)
"""The rows of 2009, from top to bottom; the grid knows them by the names that 2020 gives to its rows."""
_PHASES = {
    Row.IDENTIFIED: Phase.IDENTIFICATION,
    _DEDUPLICATED: Phase.SCREENING,
    _REMOVED: Phase.SCREENING,
    _SCREENED: Phase.SCREENING,
    _ASSESSED: Phase.ELIGIBILITY,
    _SET_ASIDE: Phase.ELIGIBILITY,
    Row.INCLUDED: Phase.INCLUDED,
}
_LINKS = (
    Link("identified", "deduplicated", Path.DOWN),
    Link("additional", "deduplicated", Path.ELBOW),
    Link("deduplicated", "removed", Path.ELBOW),
    Link("deduplicated", "screened", Path.DOWN),
    Link("screened", "excluded", Path.ACROSS),
    Link("screened", "assessed", Path.DOWN),
    Link("assessed", "reports_excluded", Path.ACROSS),
    Link("assessed", "set_aside", Path.ELBOW),
    Link("assessed", "included", Path.DOWN),
)


def plan_2009(flow: Flow, *, reasons: bool) -> Plan:
    """The plan of `flow` in the boxes of 2009.

    Raises:
        UsageError: an update, for which 2009 has no boxes.
    """
    if wording.is_update(flow):
        raise UsageError("PRISMA 2009 has no boxes for an earlier version of the review; use the layout of 2020.")
    cells = tuple(cell for cell in _cells(flow, reasons=reasons) if cell.entries)
    title = wording.title(flow).replace("PRISMA 2020", "PRISMA 2009")
    return Plan(cells, between(cells, _LINKS), (), wording.stamp(flow), _footnotes(flow, cells), title, _PHASES)


def _cells(flow: Flow, *, reasons: bool) -> tuple[Cell, ...]:
    identified = Entry("Records identified through database searching", flow.database_results, "database_results")
    excluded = Entry("Records excluded**", _excluded(flow), "records_excluded" if _left_only(flow) else "")
    assessed = Entry("Full-text articles assessed for eligibility", _both(flow, "assessed"), _key(flow, "dbr_assessed"))
    deduplicated = Entry("Records after duplicates removed", _deduplicated(flow))
    screened = Entry("Records screened", _screened(flow), _key(flow, "records_screened"))
    return (
        Cell("identified", Column.MAIN, Row.IDENTIFIED, (identified,)),
        Cell(
            "additional",
            Column.SIDE,
            Row.IDENTIFIED,
            (Entry("Additional records identified through other sources", _elsewhere(flow)),),
        ),
        Cell("deduplicated", Column.MAIN, _DEDUPLICATED, (deduplicated,)),
        Cell("removed", Column.SIDE, _REMOVED, _removed(flow), outline=Outline.DASHED),
        Cell("screened", Column.MAIN, _SCREENED, (screened,)),
        Cell("excluded", Column.SIDE, _SCREENED, (excluded, *(_at_screening(flow) if reasons else ()))),
        Cell("assessed", Column.MAIN, _ASSESSED, (assessed,)),
        Cell("reports_excluded", Column.SIDE, _ASSESSED, _reasons(flow)),
        Cell("set_aside", Column.SIDE, _SET_ASIDE, (*_missing(flow), *wording.set_aside(flow)), outline=Outline.DASHED),
        Cell("included", Column.MAIN, Row.INCLUDED, _synthesised(flow)),
    )


def _synthesised(flow: Flow) -> tuple[Entry, ...]:
    return (
        Entry("Studies included in qualitative synthesis", flow.new_studies, "new_studies"),
        *wording.single("Studies included in quantitative synthesis (meta-analysis)", "total_studies_ma", flow.total_studies_ma),
    )


def _left_only(flow: Flow) -> bool:
    return not flow.has_other_methods


def _key(flow: Flow, key: str) -> str:
    """The count's own key where it is that count alone."""
    return key if _left_only(flow) else ""


def _both(flow: Flow, part: str) -> Count:
    return together((getattr(flow, f"dbr_{part}"), getattr(flow, f"other_{part}")))


def _others(flow: Flow) -> Count:
    """Records of other methods, whatever the method."""
    named = (flow.website_results, flow.organisation_results, flow.citations_results)
    return together((*named, *flow.other_specific_results.values()))


def _elsewhere(flow: Flow) -> Count:
    return together((flow.register_results, _others(flow)))


def _typed(n: int) -> Count:
    return Count(adjustments=(Adjustment(n, "computed for the layout of 2009"),))


def _deduplicated(flow: Flow) -> Count:
    return _typed(flow.database_results.n + _elsewhere(flow).n - flow.duplicates.n)


def _screened(flow: Flow) -> Count:
    return together((flow.records_screened, _others(flow)))


def _excluded(flow: Flow) -> Count:
    """Records excluded at screening; those of other methods that were not sought count among them."""
    sought = flow.other_sought_reports
    return flow.records_excluded if sought is None else _typed(flow.records_excluded.n + _others(flow).n - sought.n)


def _at_screening(flow: Flow) -> tuple[Entry, ...]:
    """Reasons at title/abstract; records of other methods that were not sought have a line of their own."""
    rest = _excluded(flow).n - flow.records_excluded.n
    other = (Entry("Not sought (other sources)", _typed(rest), level=1),) if rest else ()
    return (*wording.screening_reasons(flow), *other) if flow.screening_reasons else ()


def _removed(flow: Flow) -> tuple[Entry, ...]:
    lines = (
        Entry("Records marked as ineligible by automation tools", flow.excluded_automatic, "excluded_automatic", level=1),
        Entry("Records removed for other reasons", flow.excluded_other, "excluded_other", level=1),
    )
    shown = tuple(line for line in lines if line.count is not None and line.count.n)
    return (Entry(f"Records removed before screening{EXTENSION_MARK}:"), *shown) if shown else ()


def _reasons(flow: Flow) -> tuple[Entry, ...]:
    """One list of reasons for both columns; a reason that both have is one line."""
    labels = dict.fromkeys((*flow.dbr_excluded, *flow.other_excluded))
    found = {label: together((flow.dbr_excluded.get(label), flow.other_excluded.get(label))) for label in labels}
    total = Entry("Full-text articles excluded, with reasons", together(found.values()), _key(flow, "dbr_excluded"))
    return (total, *wording.listed(found, "dbr_excluded"))


def _missing(flow: Flow) -> tuple[Entry, ...]:
    count = _both(flow, "notretrieved_reports")
    return (
        (Entry(f"Full-text articles not retrieved{EXTENSION_MARK}", count, _key(flow, "dbr_notretrieved_reports")),)
        if count.n
        else ()
    )


def _footnotes(flow: Flow, cells: tuple[Cell, ...]) -> tuple[str, ...]:
    notes = wording.footnotes(flow)
    own = [note for note in notes if not note.startswith(("* ", EXTENSION_MARK)) and note != wording.SOURCE]
    extended = any(EXTENSION_MARK in entry.label for cell in cells for entry in cell.entries)
    return (*own, *((EXTENSION,) if extended else ()), SOURCE)
