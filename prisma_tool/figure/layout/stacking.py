"""Columns that would be too narrow side by side, one below the other.

On a narrow page the column of other methods moves below the screening of the main one, and the previous studies above it; their boxes
keep their arrows, which run down beside them at the left where other boxes are in the way. Invariant: the same boxes, the same arrows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from prisma_tool.figure.layout.grid import ArrowPath, Cell, CellLink, GridColumn, GridRow, Header, Plan

_OTHER_ROWS = {
    GridRow.IDENTIFIED: GridRow.OTHER_IDENTIFIED,
    GridRow.SCREENED: GridRow.OTHER_SCREENED,
    GridRow.SOUGHT: GridRow.OTHER_SOUGHT,
    GridRow.ASSESSED: GridRow.OTHER_ASSESSED,
}
_OTHER_COLUMNS = {GridColumn.OTHER: GridColumn.MAIN, GridColumn.OTHER_SIDE: GridColumn.SIDE}
_OTHER_PATHS = {("assessed", "included"): ArrowPath.BESIDE, ("other_assessed", "included"): ArrowPath.DOWN}
_PREVIOUS_PATHS = {("previous", "total"): ArrowPath.BESIDE}

Paths = Mapping[tuple[str, str], ArrowPath]


def arrangements(plan: Plan) -> tuple[Plan, ...]:
    """The ways to arrange `plan`, widest first: as it is, then with less and less side by side."""
    columns = {cell.column for cell in plan.cells}
    plans = [plan]
    if GridColumn.OTHER in columns:
        plans.append(_other_below(plans[-1]))
    if GridColumn.PREVIOUS in columns:
        plans.append(_previous_above(plans[-1]))
    return tuple(plans)


def _other_below(plan: Plan) -> Plan:
    cells = tuple(_below(cell) for cell in plan.cells)
    headers = tuple(_header_below(header) for header in plan.headers)
    return replace(plan, cells=cells, headers=headers, links=_rerouted(plan.links, _OTHER_PATHS))


def _below(cell: Cell) -> Cell:
    column = _OTHER_COLUMNS.get(cell.column)
    return cell if column is None else replace(cell, column=column, row=_OTHER_ROWS[cell.row])


def _header_below(header: Header) -> Header:
    if header.first is not GridColumn.OTHER:
        return header
    return replace(header, first=GridColumn.MAIN, last=GridColumn.SIDE, row=GridRow.OTHER_IDENTIFIED)


def _previous_above(plan: Plan) -> Plan:
    cells = tuple(_above(cell) for cell in plan.cells)
    headers = tuple(
        replace(header, first=GridColumn.MAIN, last=GridColumn.SIDE, row=GridRow.PREVIOUS)
        if header.first is GridColumn.PREVIOUS
        else header
        for header in plan.headers
    )
    return replace(plan, cells=cells, headers=headers, links=_rerouted(plan.links, _PREVIOUS_PATHS))


def _above(cell: Cell) -> Cell:
    return replace(cell, column=GridColumn.MAIN, row=GridRow.PREVIOUS) if cell.column is GridColumn.PREVIOUS else cell


def _rerouted(links: tuple[CellLink, ...], paths: Paths) -> tuple[CellLink, ...]:
    return tuple(replace(link, path=paths.get((link.start, link.end), link.path)) for link in links)
