"""Strategies that come as tables: PubMed's history as CSV, a spreadsheet, a table of a supplement with bars or tabs.

Owns finding the columns: number, query, hits, filters. A table becomes rows of `number, text, hits`; what the other columns hold
(time, order, details) is no part of a search. Pure.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from prisma_tool.identify.strategy.pasted.hit_counts import count_alone

_QUERY = (
    "query",
    "search query",
    "search terms",
    "search term",
    "search strategy",
    "strategy",
    "search string",
    "syntax",
    "terms",
    "suchbegriffe",
    "suchstrategie",
    "suchanfrage",
    "équation de recherche",
    "stratégie",
    "termes",
    "estrategia de búsqueda",
    "estrategia",
    "términos",
)
_QUERY_OR_NUMBER = ("search", "searches", "search statement")
"""PubMed's history calls the number Search where there is a Query beside it, and the query where there is none."""
_NUMBER = (
    "search number",
    "search #",
    "search no",
    "#",
    "no",
    "no.",
    "nr",
    "number",
    "line",
    "line number",
    "set",
    "step",
    "id",
    "search id",
    "s no",
    "nr.",
    "zeile",
    "n°",
    "ligne",
    "línea",
)
_HITS = (
    "results",
    "hits",
    "items found",
    "result",
    "records",
    "records found",
    "number of results",
    "no. of results",
    "number of hits",
)
_MORE_HITS = (
    "treffer",
    "ergebnisse",
    "résultats",
    "resultados",
    "n",
    "count",
    "citations",
    "number of records",
    "articles",
    "records retrieved",
    "hits (n)",
    "results (n)",
    "items",
)
_FILTERS = ("filters", "limits", "limiters")
_OTHERS = (
    "sort by",
    "search details",
    "time",
    "actions",
    "details",
    "annotations",
    "type",
    "search type",
    "expanders",
    "database",
)
_RULE = re.compile(r"[\s|:+=-]+")
_NUMBER_CELL = re.compile(r"(?:search\s*|line\s*|set\s*)?[#sSlL(]?\s?(\d{1,4})[.):]?", re.IGNORECASE)
_DELIMITERS = ("\t", "|", ",", ";")
LONGEST_CELL = 131_072
"""In characters, as the standard library's reader of CSV allows."""


@dataclass(frozen=True, slots=True)
class StrategyRow:
    """A row of a table: the line's number (0 where the table has none), its query, the published hits, the filters beside it.

    `label` is how the table writes the number ("S1", "(1)").
    """

    number: int
    text: str
    hits: int | None = None
    filters: str = ""
    label: str = ""


def read_table(text: str) -> list[StrategyRow] | None:
    """The rows of a strategy that is written as a table; None where the text is none.

    A table has a line of headings that names its query, or each row begins with a number and bars or tabs part its cells.
    """
    if len(text) > LONGEST_CELL:
        return None
    for delimiter in _DELIMITERS:
        rows = _cells(text, delimiter)
        header = next((n for n, row in enumerate(rows[:5]) if _is_header(row)), None)
        if header is not None:
            return _with_header(rows[header], rows[header + 1 :])
    return _without_header(text)


def _cells(text: str, delimiter: str) -> list[list[str]]:
    if delimiter == "|":
        lines = [line.strip() for line in text.splitlines() if line.strip() and not _RULE.fullmatch(line)]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    if delimiter == "\t":
        return [[_unquoted(cell.strip()) for cell in line.split("\t")] for line in text.splitlines() if line.strip()]
    try:
        # A comma parts cells only where quotes are used as in CSV; a query in a cell has its own quotes doubled there.
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=delimiter == ","))
    except csv.Error:
        return []
    return [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]


def _unquoted(cell: str) -> str:
    """A cell as it was before a spreadsheet put it in quotes: only then are the quotes within it doubled."""
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"' and '""' in cell[1:-1] and '"' not in cell[1:-1].replace('""', "")
    return cell[1:-1].replace('""', '"') if quoted else cell


def _folded(cell: str) -> str:
    return " ".join(cell.lower().replace("_", " ").strip("* \ufeff").split())


def _is_header(row: Sequence[str]) -> bool:
    names = [_folded(cell) for cell in row]
    known = {*_QUERY, *_QUERY_OR_NUMBER, *_NUMBER, *_HITS, *_MORE_HITS, *_FILTERS, *_OTHERS}
    return (
        len(names) > 1
        and any(name in (*_QUERY, *_QUERY_OR_NUMBER) for name in names)
        and sum(name in known for name in names) > 1
    )


def _with_header(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[StrategyRow]:
    names = [_folded(cell) for cell in header]
    query = _column(names, _QUERY) if _column(names, _QUERY) is not None else _column(names, _QUERY_OR_NUMBER)
    number = _column(names, _NUMBER)
    if number is None and query is not None and names[query] not in _QUERY_OR_NUMBER:
        number = _column(names, _QUERY_OR_NUMBER)
    hits, filters = _column(names, (*_HITS, *_MORE_HITS)), _column(names, _FILTERS)
    read = [
        StrategyRow(
            _number(_cell(row, number)), _cell(row, query), count_alone(_cell(row, hits)), _cell(row, filters), _cell(row, number)
        )
        for row in rows
    ]
    return [row for row in read if row.text]


def _column(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    return " ".join(row[column].split()) if column is not None and column < len(row) else ""


def _number(cell: str) -> int:
    match = _NUMBER_CELL.fullmatch(cell.strip())
    return int(match[1]) if match else 0


def _without_header(text: str) -> list[StrategyRow] | None:
    """Rows of cells parted by bars or tabs, of which the first is a number and the last may be the hits."""
    for delimiter in ("|", "\t"):
        rows = [row for row in _cells(text, delimiter) if row]
        rows = [_number_first(row) for row in rows]
        whole = len(rows) > 1 and all(len(row) > 1 and _number(row[0]) for row in rows)
        if whole and len({_number(row[0]) for row in rows}) == len(rows):
            return [_bare_row(row) for row in rows]
    return None


def _number_first(row: list[str]) -> list[str]:
    """A row whose hits stand before its number ("386, #1, ..."), with the hits at its end."""
    marked = len(row) > 2 and row[1].startswith(("#", "S", "s")) and _number(row[1])  # noqa: PLR2004 - hits, number and query
    return [*row[1:], row[0]] if marked and count_alone(row[0]) is not None else row


def _bare_row(row: Sequence[str]) -> StrategyRow:
    cells = list(row[1:])
    hits = count_alone(cells[-1]) if len(cells) > 1 else None
    if hits is not None:
        cells.pop()
    return StrategyRow(_number(row[0]), " ".join(cell for cell in cells if cell), hits, label=row[0])
