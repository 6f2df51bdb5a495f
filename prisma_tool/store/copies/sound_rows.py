"""Whether the rows of a copy's database are what the tables say: SQLite keeps any value in any column, and JSON promises nothing.

Invariant: after `require_sound` every row that a union reads is of the types of its columns, in the program's vocabularies, and names no
file outside the folder of its kind; nothing else of a copy is read by then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from prisma_tool.errors import ReviewError
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RecordState, RunStatus, SourceKind
from prisma_tool.plain_files import lies_below
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.packed_texts import UnreadableText, unpacked
from prisma_tool.store.engine.schema import (
    EventRow,
    PackedText,
    RecordRow,
    ReviewRow,
    RunRecordRow,
    RunRow,
    SearchRow,
    SourceRow,
    UtcText,
    VersionRow,
)

_TABLES: tuple[type[Any], ...] = (ReviewRow, SourceRow, SearchRow, RunRow, RecordRow, VersionRow, RunRecordRow, EventRow)
_PORTION = 2_000
_LARGEST = 1 << 63

_VOCABULARIES: Mapping[tuple[str, str], type[StrEnum]] = {
    ("source", "kind"): SourceKind,
    ("run", "status"): RunStatus,
    ("run_record", "state"): RecordState,
}

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
"""What reading raises where JSON or a moment is none."""


def require_sound(there: Transaction) -> None:
    """Read every row that a union looks at.

    Raises:
        ReviewError: one is not what its table says; it is named.
    """
    for table in _TABLES:
        columns = sa.inspect(table).local_table.columns
        tests = [(column.name, _test(column)) for column in columns]
        for row in _rows(there, table):
            wrong = next((name for name, test in tests if not test(row[name])), None) or _misfit(table.__tablename__, row)
            if wrong:
                raise _refusal(table.__tablename__, row, wrong)


def _rows(there: Transaction, table: type[Any]) -> Iterator[Mapping[str, Any]]:
    statement = sa.select(*sa.inspect(table).local_table.columns).execution_options(yield_per=_PORTION)
    try:
        for row in there.session.execute(statement).mappings():
            yield dict(row)
    except UNREADABLE as error:
        raise ReviewError(
            f"The copy's table {table.__tablename__} holds a value that cannot be read ({one_line(str(error))[:80]}); nothing was merged. "
            "`prisma-tool doctor` in the copy tells more."
        ) from error


def _refusal(table: str, row: Mapping[str, Any], name: str) -> ReviewError:
    key = next((one_line(str(row[part]))[:80] for part in ("id", "key", "slug", "name", "record", "run") if row.get(part)), "?")
    return ReviewError(
        f"The copy's {table} {key} cannot be: its {name} holds what this program never writes. Nothing was merged; ask whoever made the "
        "copy, or merge an earlier one."
    )


_TESTS: Mapping[type[Any], Callable[[Any], bool]] = {
    sa.JSON: lambda value: isinstance(value, dict | list),
    UtcText: lambda value: isinstance(value, datetime) and value.utcoffset() == timedelta(0),
    sa.Boolean: lambda value: isinstance(value, bool),
    sa.Float: lambda value: isinstance(value, float | int) and math.isfinite(value),
    sa.Integer: lambda value: type(value) is int and abs(value) < _LARGEST,
    sa.Text: lambda value: isinstance(value, str),
    PackedText: lambda value: isinstance(value, str),
    sa.LargeBinary: lambda value: isinstance(value, bytes),
}
"""What a value of a column of each type is, once the driver has read it."""


def _test(column: sa.Column[Any]) -> Callable[[Any], bool]:
    test = next(test for kind, test in _TESTS.items() if isinstance(column.type, kind))
    return (lambda value: value is None or test(value)) if column.nullable else test


def _misfit(table: str, row: Mapping[str, Any]) -> str:
    """The column of a row whose value no vocabulary or structure allows; empty for none."""
    for (of, name), vocabulary in _VOCABULARIES.items():
        if of == table and row[name] not in tuple(vocabulary):
            return name
    if table == RunRow.__tablename__:
        return _run_misfit(row)
    if table == EventRow.__tablename__:
        return "" if isinstance(row["payload"], dict) else "payload"
    return _version_misfit(row) if table == VersionRow.__tablename__ else ""


def _version_misfit(row: Mapping[str, Any]) -> str:
    try:
        unpacked(row["raw"], row["content"])
    except UnreadableText:
        return "raw"
    return "" if _are_texts(row["changes"]) else "changes"


def _run_misfit(row: Mapping[str, Any]) -> str:
    for name in ("undelivered", "vanished", "warnings"):
        if not _are_texts(row[name]):
            return name
    for name in ("service", "checkpoint"):
        if not isinstance(row[name], dict):
            return name
    if not isinstance(row["raw"], list) or not all(map(_is_answer, row["raw"])):
        return "raw"
    return "" if isinstance(row["rejected"], list) and all(isinstance(item, dict) for item in row["rejected"]) else "rejected"


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_answer(value: Any) -> bool:
    """A kept answer: its path below raw/ and its hash."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("path"), str)
        and lies_below(value["path"], "raw")
        and isinstance(value.get("sha256"), str)
    )
