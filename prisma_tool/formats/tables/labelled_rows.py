"""Exports with one field a row ("TITLE","..." below each other; Embase's), turned into a table with one record a row.

Which labels a platform writes, and which hold lists, is its table in `formats.dialects`.
Invariant: a record begins at each row with the label that comes first in the file, and no row is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prisma_tool.formats.dialects.load import sections
from prisma_tool.formats.tables.rows import TableRow
from prisma_tool.formats.text.cell_values import squeezed

_DIALECTS = tuple(facts for _, facts in sections("rows"))
_LEAST_LABELS = 3


def labelled(head: list[list[str]]) -> bool:
    """True where the first rows have a label each, in the first cell, and the value beside it."""
    filled = [cells for cells in head if any(cell.strip() for cell in cells)]
    if len(filled) < _LEAST_LABELS or len({len(cells) for cells in filled if len(cells) > 1}) == 0:
        return False
    return _dialect([squeezed(cells[0]) for cells in filled], filled[0]) is not None


def _dialect(labels: list[str], first: list[str]) -> Mapping[str, Any] | None:
    """The platform whose rows have these labels; one beside the first label is the header of a table."""
    others = {squeezed(cell) for cell in first[1:]}
    return next(
        (
            one
            for one in _DIALECTS
            if labels[0] == one["first"]
            and len(set(labels).intersection(one["labels"])) >= _LEAST_LABELS
            and others.isdisjoint(one["labels"])
        ),
        None,
    )


def tabled(rows: list[TableRow]) -> Iterator[TableRow]:
    """A header of all labels, then a row for each record."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    first = squeezed(filled[0].cells[0])
    lists = next((one["lists"] for one in _DIALECTS if one["first"] == first), ())
    labels: dict[str, str] = {}
    for row in filled:
        labels.setdefault(squeezed(row.cells[0]), row.cells[0].strip())
    yield TableRow(filled[0].line, list(labels.values()))
    begins = [place for place, row in enumerate(filled) if squeezed(row.cells[0]) == first]
    for begin, end in zip(begins, [*begins[1:], len(filled)], strict=True):
        yield TableRow(filled[begin].line, _record(filled[begin:end], list(labels), lists))


def _record(rows: list[TableRow], labels: list[str], lists: Sequence[str]) -> list[str]:
    values: dict[str, list[str]] = {}
    for row in rows:
        name = squeezed(row.cells[0])
        cells = [cell for cell in row.cells[1:] if cell.strip()]
        mark = "; " if any(word in name for word in lists) else ", "
        values.setdefault(name, []).append(mark.join(cells))
    return ["; ".join(values.get(label, ())) for label in labels]
