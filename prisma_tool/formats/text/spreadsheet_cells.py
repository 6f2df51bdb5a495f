"""Tables for spreadsheet programs: cells that such a program would run as a formula, defused on the way out and freed on the way in.

Owns the one rule of what is defused; every table of text that is written goes through `table_lines`. Invariant: for every text
`freed(defused(text)) == text` and `freed(guarded(text)) == text`. Keys and accessions pass unchanged unless they would run, which no
source's identifiers do (they begin with a letter or digit); those are defused too, and still arrive unchanged.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter

SIGNS = "=+-@＝＋－＠\t\r\n"
"""What begins a formula, or vanishes before one (OWASP, "CSV Injection"); programs set to Chinese, Japanese or Korean take the full-width signs for the plain ones."""
_RUNS = re.compile(f"'*[{re.escape(SIGNS)}]")
_BEGINS = frozenset(f"'{SIGNS}")
"""With what a text must begin to run; most do not, and a table has millions of cells."""

_FIRST_SIGN = itemgetter(0)

_AT_A_TIME = 100
"""Rows that are written together."""

Cell = str | int | float | None
"""Numbers are written as such: a negative one is no formula."""


def defused(text: str) -> str:
    """`text` with an apostrophe before a first character that starts a formula; one that stands there already gets another."""
    return f"'{text}" if text[:1] in _BEGINS and _RUNS.match(text) else text


def guarded(text: str) -> str:
    """`text` for a cell that is marked as text, as those of workbooks are: it never runs, and only `freed` must not mistake it."""
    return f"'{text}" if freed(text) != text else text


def freed(text: str) -> str:
    """`text` without the apostrophe that `defused` or `guarded` put there."""
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text


def _harmless(row: Iterable[Cell]) -> list[Cell]:
    """The row with every cell defused. A table has millions of cells, most of which are looked at no closer: their rows pass at once."""
    cells = list(row)
    if _BEGINS.isdisjoint(map(_FIRST_SIGN, map(str, filter(None, cells)))):
        return cells
    return [defused(cell) if isinstance(cell, str) else cell for cell in cells]


def table_lines(rows: Iterable[Iterable[Cell]], delimiter: str = ",") -> Iterator[str]:
    """The rows as lines of CSV, each with its line end and every cell defused, many at a time; with a tab as `delimiter` they are TSV."""
    harmless = map(_harmless, rows)
    while some := list(islice(harmless, _AT_A_TIME)):
        lines = io.StringIO()
        csv.writer(lines, delimiter=delimiter, lineterminator="\n").writerows(some)
        yield lines.getvalue()
