"""Columns that would be too narrow side by side, one below the other.

On a narrow page the column of other methods moves below the screening of the main one, and the previous studies above it; their boxes
keep their arrows, which run down a lane at the left where other boxes are in the way. Invariant: the same boxes, the same arrows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from prisma_tool.figure.layout.grid import Cell, Column, Header, Link, Path, Plan, Row

_OTHER_ROWS = {
    Row.IDENTIFIED: Row.OTHER_IDENTIFIED,
    Row.SOUGHT: Row.OTHER_SOUGHT,
    Row.ASSESSED: Row.OTHER_ASSESSED,
}
_OTHER_COLUMNS = {Column.OTHER: Column.MAIN, Column.OTHER_SIDE: Column.SIDE}
_OTHER_PATHS = {("assessed", "included"): Path.LANE, ("other_assessed", "included"): Path.DOWN}
_PREVIOUS_PATHS = {("previous", "total"): Path.LANE}

Paths = Mapping[tuple[str, str], Path]


def arrangements(plan: Plan) -> tuple[Plan, ...]:
    """The ways to arrange `plan`, widest first: as it is, then with less and less side by side."""
    columns = {cell.column for cell in plan.cells}
    found = [plan]
    if Column.OTHER in columns:
        found.append(_other_below(found[-1]))
    if Column.PREVIOUS in columns:
        found.append(_previous_above(found[-1]))
    return tuple(found)


def _other_below(plan: Plan) -> Plan:
    cells = tuple(_below(cell) for cell in plan.cells)
    headers = tuple(_header_below(header) for header in plan.headers)
    return replace(plan, cells=cells, headers=headers, links=_rerouted(plan.links, _OTHER_PATHS))


def _below(cell: Cell) -> Cell:
    column = _OTHER_COLUMNS.get(cell.column)
    return cell if column is None else replace(cell, column=column, row=_OTHER_ROWS[cell.row])


def _header_below(header: Header) -> Header:
    if header.first is not Column.OTHER:
        return header
    return replace(header, first=Column.MAIN, last=Column.SIDE, row=Row.OTHER_IDENTIFIED)


def _previous_above(plan: Plan) -> Plan:
    cells = tuple(_above(cell) for cell in plan.cells)
    headers = tuple(
        replace(header, first=Column.MAIN, last=Column.SIDE, row=Row.PREVIOUS) if header.first is Column.PREVIOUS else header
        for header in plan.headers
    )
    return replace(plan, cells=cells, headers=headers, links=_rerouted(plan.links, _PREVIOUS_PATHS))


def _above(cell: Cell) -> Cell:
    return replace(cell, column=Column.MAIN, row=Row.PREVIOUS) if cell.column is Column.PREVIOUS else cell


def _rerouted(links: tuple[Link, ...], paths: Paths) -> tuple[Link, ...]:
    return tuple(replace(link, path=paths.get((link.start, link.end), link.path)) for link in links)
