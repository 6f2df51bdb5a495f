"""Reading what can be read of a SQLite database that may be damaged anywhere, row by row.

Tables are read by row number from both ends towards the damage, and what lies between by halves, so that a broken page costs its own
rows and no others. Invariant: every row that is given is of the types of its table; no index is trusted, and nothing is written.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from prisma_tool.store.engine.packed_texts import unpacked
from prisma_tool.store.engine.schema import PackedText, UtcText

TableRow = dict[str, Any]
_LAST = 2**62
"""No table has so many rows."""
_MOST_QUESTIONS = 40_000
"""After so many ranges of one table the rest of it is given up: it is not read by single bytes."""


_SINCE_0003 = frozenset({"clock", "via", "salt", "sha256", "merged"})
_FORMER_SCHEMAS = {"event": (_SINCE_0003, _SINCE_0003 | {"number"})}
"""What tables of earlier schemas lack."""


class DamagedDatabase:
    """An open file; `unreadable` counts, by table, the ranges and rows that could not be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.unreadable: dict[str, int] = {}
        self.problem = ""
        self._tables = self._read_tables()

    def _read_tables(self) -> frozenset[str]:
        try:
            return frozenset(
                _text(name) for (name,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            )
        except (sqlite3.Error, UnicodeDecodeError, TypeError) as error:
            self.problem = str(error)
            return frozenset()

    def has_table(self, name: str) -> bool:
        """Whether the file has a table of this name."""
        return name in self._tables

    def rows(self, table: sa.Table) -> Iterator[TableRow]:
        """The readable rows of a table, as Python values by the names of its columns; columns that an older schema lacks are left out."""
        if table.name not in self._tables:
            return
        columns = [column for column in table.columns if column.name in self._present(table.name)]
        lacking = frozenset(table.columns.keys()) - {column.name for column in columns}
        if lacking and lacking not in _FORMER_SCHEMAS.get(table.name, ()):
            # The description of the table is damaged itself: nothing says any more which value is which.
            self.count(table.name)
            return
        converters = [(column.name, _converter(column)) for column in columns]
        for values in self._values(table.name, [column.name for column in columns]):
            try:
                yield {name: convert(value) for (name, convert), value in zip(converters, values, strict=True)}
            except (ValueError, TypeError):
                self.count(table.name)

    def _present(self, table: str) -> frozenset[str]:
        """The columns that the file says a table has."""
        try:
            return frozenset(_text(row[1]) for row in self._connection.execute(f'PRAGMA table_info("{table}")'))
        except (sqlite3.Error, UnicodeDecodeError, TypeError):
            return frozenset()

    def count(self, table: str) -> None:
        """Something of this table cannot be read."""
        self.unreadable[table] = self.unreadable.get(table, 0) + 1

    def _values(self, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
        selected = ", ".join(f'"{name}"' for name in columns)
        # Without an index: only the tree of the rows themselves is read.
        statement = f'SELECT rowid, {selected} FROM "{table}" NOT INDEXED WHERE rowid BETWEEN ? AND ? ORDER BY rowid'  # noqa: S608 - names of our own schema
        ranges, questions = [(-_LAST, _LAST)], 0
        while ranges:
            low, high = ranges.pop()
            questions += 2
            if low > high or questions > _MOST_QUESTIONS:
                self.count(table)
                continue
            after = yield from self._until_damage(statement, low, high)
            if after is None:
                continue
            before = yield from self._until_damage(f"{statement} DESC", after, high)
            if before is None or before < after:
                continue
            if before == after:
                self.count(table)
                continue
            middle = (after + before) // 2
            ranges += [(middle + 1, before), (after, middle)]

    def _until_damage(self, statement: str, low: int, high: int) -> Generator[tuple[Any, ...], None, int | None]:
        """Rows from one end; returns the row number that comes next where reading broke off, None at the end."""
        descending = statement.endswith("DESC")
        following = high if descending else low
        try:
            for number, *values in self._connection.execute(statement, (low, high)):
                following = number - 1 if descending else number + 1
                yield tuple(values)
        except sqlite3.Error:
            return following
        return None


@contextmanager
def damaged_database(path: Path) -> Iterator[DamagedDatabase]:
    """A database file open for salvage. It should be a copy: SQLite itself writes back what stands in the file's log."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")
        yield DamagedDatabase(connection)


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError
    return value


def _text(value: Any) -> str:
    return _bytes(value).decode()


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _decimal(value: Any) -> float:
    if not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _truth(value: Any) -> bool:
    if value not in (0, 1):
        raise ValueError
    return bool(value)


def _json(kind: type[Any]) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        parsed = json.loads(_text(value))
        if not isinstance(parsed, kind):
            raise TypeError
        return parsed

    return convert


@cache
def _converter(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """What makes a value of a column of one of our own tables, which are few: a deposit has millions of values."""
    convert = _plain_converter(column)
    if not column.nullable:
        return convert
    return lambda value: None if value is None else convert(value)


def _plain_converter(column: sa.Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, sa.JSON):
        return _json(list if column.name in _LISTS else dict)
    kinds: Mapping[type[Any], Callable[[Any], Any]] = {
        PackedText: lambda value: unpacked(_bytes(value)),
        sa.LargeBinary: _bytes,
        UtcText: _moment,
        sa.Boolean: _truth,
        sa.Integer: _number,
        sa.Float: _decimal,
    }
    return next((convert for kind, convert in kinds.items() if isinstance(column.type, kind)), _text)


def json_value(column: sa.Column[Any], value: Any) -> Any:
    """A value that came as JSON, as the column takes it.

    Raises:
        ValueError, TypeError: it is not of the column's type.
    """
    if isinstance(column.type, sa.JSON):
        value = json.dumps(value)
    return _converter(column)(value.encode() if isinstance(value, str) else value)


_LISTS = frozenset({"undelivered", "vanished", "warnings", "raw", "rejected", "changes"})
"""The JSON columns that hold lists; the others hold objects."""
