"""Leaving lines and columns out of a figure, as somebody asked for.

Invariant: a line goes with its whole text, a box goes when none of its counts is left, and nothing that remains changes its number.
What is left out although it is not zero is named by `warnings.remarks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prisma_tool.errors import UsageError
from prisma_tool.figure.layout.grid import OTHER_COLUMNS, Cell, GridColumn, Plan
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.flow.flow import COUNT_KEYS, LIST_KEYS, Count
from prisma_tool.model.protocol.figure_words import PARTICIPANTS

COLUMNS = {"previous": frozenset({GridColumn.PREVIOUS}), "other": OTHER_COLUMNS}
_SUMMED = frozenset({"database_specific_results", "register_specific_results", "dbr_excluded", "other_excluded"})
"""Lists whose sum stays in the figure when they go."""
_LISTS = (*LIST_KEYS, "carried_over", "other_specific_results")
FOOTNOTES = "footnotes"
"""The name that hides the notes below the figure and their marks."""
_NAMES = (*COUNT_KEYS, PARTICIPANTS, *COLUMNS, FOOTNOTES)


def omit(plan: Plan, hide: frozenset[str]) -> Plan:
    """`plan` without the lines, lists and columns in `hide`.

    Raises:
        UsageError: a name that is no line, list or column of any figure.
    """
    for name in sorted(hide):
        _require_known(name)
    cells = tuple(cell for cell in (_without_hidden(cell, hide) for cell in plan.cells) if cell.entries)
    return plan.with_cells(cells)


def omitted_entries(plan: Plan, hide: frozenset[str]) -> Iterator[BoxEntry]:
    """The entries of `plan` that `hide` leaves out without a sum of theirs in the figure."""
    summed = hide & _SUMMED
    for cell in plan.cells:
        remaining = _without_hidden(cell, hide).entries
        yield from (entry for entry in cell.entries if entry not in remaining and entry.key.partition(":")[0] not in summed)


def _without_hidden(cell: Cell, hide: frozenset[str]) -> Cell:
    dropped = any(cell.column in columns for name, columns in COLUMNS.items() if name in hide)
    dropped = dropped or ("previous" in hide and cell.key == "total")
    remaining = () if dropped else tuple(entry for entry in _shortened(cell, hide) if not _is_hidden(entry, hide))
    return replace(cell, entries=remaining if _has_count(remaining) or remaining == cell.entries else ())


def _shortened(cell: Cell, hide: frozenset[str]) -> tuple[BoxEntry, ...]:
    """A box of reasons whose whole list is hidden still says how many there were."""
    name = cell.entries[-1].key.partition(":")[0]
    if name not in hide or not cell.key.endswith("reports_excluded"):
        return cell.entries
    first = cell.entries[0]
    if first.count is not None:
        return (replace(first, key="", about=first.key),)
    return (replace(first, label=first.label.removesuffix(":"), count=_sum(entry.count for entry in cell.entries)),)


def _sum(counts: Iterable[Count | None]) -> Count:
    """All records (or reports) of `counts` as one count."""
    return Count.together(count for count in counts if count is not None)


def _is_hidden(entry: BoxEntry, hide: frozenset[str]) -> bool:
    return bool(entry.key) and (entry.key in hide or entry.key.partition(":")[0] in hide)


def _has_count(entries: Iterable[BoxEntry]) -> bool:
    return any(entry.count is not None for entry in entries)


def _require_known(name: str) -> None:
    head, colon, _ = name.partition(":")
    if head in _LISTS or (colon and head == "records_excluded") or (name in _NAMES and not colon):
        return
    raise UsageError(
        f"'{name}' cannot be hidden. Columns: {', '.join(COLUMNS)}; {FOOTNOTES}; lines: {', '.join(COUNT_KEYS)}; "
        f"lists: {', '.join(_LISTS)} (one line of a list: LIST:LABEL)."
    )
