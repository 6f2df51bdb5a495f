"""Boxes that PRISMA 2020 has not and a review may ask for: titles and abstracts as two steps, screening in the column of other methods.

All are marked as an extension of the template. Invariants: without being asked for nothing changes, and only numbers are drawn that were
counted or that somebody gave; abstracts screened is what remains of the records screened, as everywhere in the figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from prisma_tool.errors import UsageError
from prisma_tool.figure.layout.grid import ArrowPath, Cell, CellLink, GridColumn, GridRow
from prisma_tool.figure.layout.shapes import Fill
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.flow.flow import Adjustment, Count, Flow
from prisma_tool.model.protocol.figure_words import EXCLUDED, ExtraBoxes

EXTRA_LINKS = (
    CellLink("screened", "abstracts", ArrowPath.DOWN),
    CellLink("abstracts", "abstracts_excluded", ArrowPath.ACROSS),
    CellLink("abstracts", "sought", ArrowPath.DOWN),
    CellLink("other_identified", "other_screened", ArrowPath.DOWN),
    CellLink("other_screened", "other_excluded", ArrowPath.ACROSS),
    CellLink("other_screened", "other_sought", ArrowPath.DOWN),
)
_PASSED_BY: Mapping[str, tuple[str, str]] = {
    "abstracts": ("screened", "sought"),
    "other_screened": ("other_identified", "other_sought"),
}
"""The arrows of the template that a further box takes the place of."""
_REMAINDER = "what remains when those excluded by title are taken away; which records these are is not known"
_LIVING = "The figure of a living review has the numbers of every version in the boxes of PRISMA 2020, and none of those that --show asks for."
_MISSING: Mapping[ExtraBoxes, str] = {
    ExtraBoxes.TITLES: (
        "How many records were excluded by title, before any abstract was read, is not known: votes do not tell title and abstract apart. "
        "Enter the number with `prisma-tool adjust titles_excluded +N --note ...`, or as titles_excluded among the counts of a JSON file."
    ),
    ExtraBoxes.OTHER_SCREENING: (
        "No records of other methods were screened on title/abstract here: set screen_other_methods = true in [screening] where they are, "
        "or give other_screened_records and other_excluded_records among the counts of a JSON file."
    ),
}


def shown(flow: Flow, options: FigureOptions) -> frozenset[ExtraBoxes]:
    """The boxes that are asked for and whose numbers are known.

    Raises:
        UsageError: an option asks for boxes whose numbers are not known, or for reasons that two steps cannot be given.
    """
    if options.show and flow.versions:
        raise UsageError(_LIVING)
    known = frozenset(boxes for boxes in ExtraBoxes if boxes in options.show | {*flow.words.show} and _is_known(flow, boxes))
    for boxes in sorted(options.show - known):
        raise UsageError(_MISSING[boxes])
    if ExtraBoxes.TITLES in known and flow.titles_excluded and flow.titles_excluded.n > flow.records_excluded.n:
        raise UsageError(
            f"{flow.titles_excluded.n} records excluded by title are more than the {flow.records_excluded.n} that were excluded in all; "
            "correct titles_excluded."
        )
    if ExtraBoxes.TITLES in known and options.reasons_at_screening:
        raise UsageError(
            "Reasons at title/abstract are known for both steps together; leave out --reasons-at-screening or --show titles."
        )
    return known


def unknown_boxes(flow: Flow, options: FigureOptions) -> Iterator[str]:
    """Why boxes that the review asks for are not in its figure."""
    yield from (_LIVING if flow.versions else _MISSING[boxes] for boxes in flow.words.show if boxes not in shown(flow, options))


def _is_known(flow: Flow, boxes: ExtraBoxes) -> bool:
    if flow.versions:
        return False
    if boxes is ExtraBoxes.TITLES:
        return flow.titles_excluded is not None
    return flow.has_other_methods and flow.other_screened_records is not None and flow.other_excluded_records is not None


def with_extra_boxes(cells: tuple[Cell, ...], flow: Flow, boxes: frozenset[ExtraBoxes]) -> tuple[Cell, ...]:
    """`cells` with those that were asked for."""
    if ExtraBoxes.TITLES in boxes and flow.titles_excluded is not None:
        cells = tuple(part for cell in cells for part in _in_two_steps(cell, flow, flow.titles_excluded))
    if ExtraBoxes.OTHER_SCREENING in boxes:
        cells = (*cells, *_other_screening(flow))
    return cells


def _in_two_steps(cell: Cell, flow: Flow, by_title: Count) -> tuple[Cell, ...]:
    if cell.key == "screened":
        remaining = _remaining(flow.records_screened, by_title)
        return (
            replace(cell, entries=(_extension("Titles screened", flow.records_screened, "records_screened"),)),
            Cell("abstracts", cell.column, GridRow.ABSTRACTS, (_extension("Abstracts screened", remaining),)),
        )
    if cell.key == "excluded":
        excluded = _remaining(flow.records_excluded, by_title)
        return (
            replace(cell, entries=(_extension("Records excluded by title", by_title, "titles_excluded", EXCLUDED),)),
            Cell(
                "abstracts_excluded",
                cell.column,
                GridRow.ABSTRACTS,
                (_extension("Records excluded by abstract", excluded, about=EXCLUDED),),
            ),
        )
    return (cell,)


def _other_screening(flow: Flow) -> tuple[Cell, ...]:
    screened = _extension("Records screened", flow.other_screened_records, "other_screened_records")
    excluded = _extension("Records excluded", flow.other_excluded_records, "other_excluded_records")
    return (
        Cell("other_screened", GridColumn.OTHER, GridRow.SCREENED, (screened,), Fill.GREY),
        Cell("other_excluded", GridColumn.OTHER_SIDE, GridRow.SCREENED, (excluded,), Fill.GREY),
    )


def _extension(label: str, count: Count | None, key: str = "", about: str = "") -> BoxEntry:
    return BoxEntry(label, count, key, about=about, extension=True)


def _remaining(whole: Count, part: Count) -> Count:
    """A difference, of which is known how many records it has and not which."""
    return Count(adjustments=(Adjustment(whole.n - part.n, _REMAINDER),))


def without_bypasses(links: tuple[CellLink, ...], cells: tuple[Cell, ...]) -> tuple[CellLink, ...]:
    """`links` without those that would run past a further box."""
    passed = {_PASSED_BY[cell.key] for cell in cells if cell.key in _PASSED_BY}
    return tuple(link for link in links if (link.start, link.end) not in passed)
