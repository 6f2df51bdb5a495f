"""Embase's export with one field a row ("TITLE","..." below each other), turned into a table with one record a row.

Invariant: a record begins at each row with the label that comes first in the file, and no row is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.formats.tables.rows import TableRow
from prisma_tool.formats.text.cell_values import squeezed

_LABELS = frozenset(
    {"title", "authornames", "source", "abstract", "publicationyear", "doi", "pui", "embaseaccessionid", "mediumpmid", "issn"}
    | {"sourcetitle", "dateofpublication", "volume", "issue", "firstpage", "lastpage", "publicationtype", "medlinepmid"}
)
_LEAST_LABELS = 3
_LISTS = ("author", "terms", "keywords", "number", "names", "type", "issn", "drug", "device", "cas")
"""Words in labels whose cells are values of a list; other labels' cells are one text that held a delimiter."""


def labelled(head: list[list[str]]) -> bool:
    """True where the first rows have a label each, in the first cell, and the value beside it."""
    filled = [cells for cells in head if any(cell.strip() for cell in cells)]
    if len(filled) < _LEAST_LABELS or len({len(cells) for cells in filled if len(cells) > 1}) == 0:
        return False
    labels = [squeezed(cells[0]) for cells in filled]
    others = {squeezed(cell) for cell in filled[0][1:]}
    return labels[0] == "title" and len(_LABELS & set(labels)) >= _LEAST_LABELS and not others & _LABELS


def tabled(rows: list[TableRow]) -> Iterator[TableRow]:
    """A header of all labels, then a row for each record."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    first = squeezed(filled[0].cells[0])
    labels: dict[str, str] = {}
    for row in filled:
        labels.setdefault(squeezed(row.cells[0]), row.cells[0].strip())
    yield TableRow(filled[0].line, list(labels.values()))
    begins = [place for place, row in enumerate(filled) if squeezed(row.cells[0]) == first]
    for begin, end in zip(begins, [*begins[1:], len(filled)], strict=True):
        yield TableRow(filled[begin].line, _record(filled[begin:end], list(labels)))


def _record(rows: list[TableRow], labels: list[str]) -> list[str]:
    values: dict[str, list[str]] = {}
    for row in rows:
        name = squeezed(row.cells[0])
        cells = [cell for cell in row.cells[1:] if cell.strip()]
        mark = "; " if any(word in name for word in _LISTS) else ", "
        values.setdefault(name, []).append(mark.join(cells))
    return ["; ".join(values.get(label, ())) for label in labels]
