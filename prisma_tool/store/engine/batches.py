"""Statements over many values, in portions that every database accepts (SQLite: 32,766 variables, PostgreSQL: 65,535)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

PORTION = 5_000


def portions(values: Collection[str]) -> Iterator[list[str]]:
    """Sorted portions, so that equal input gives equal statements."""
    ordered = sorted(values)
    for start in range(0, len(ordered), PORTION):
        yield ordered[start : start + PORTION]


def select_in(session: Session, statement: Any, column: InstrumentedAttribute[str], values: Collection[str]) -> Iterator[Any]:
    """Rows of `statement` over columns where `column` is one of `values`, portion by portion, so that an order holds within a portion only."""
    for portion in portions(values):
        # The mapping of objects, which this goes around, would flush as well, and cost as much as the rows themselves.
        session.flush()
        yield from session.connection().execute(statement.where(column.in_(portion)))


def delete_in(session: Session, table: type[Any], column: InstrumentedAttribute[str], values: Collection[str]) -> None:
    """Delete the rows of `table` where `column` is one of `values`."""
    for portion in portions(values):
        session.execute(sa.delete(table).where(column.in_(portion)), execution_options={"synchronize_session": False})


def insert_all(session: Session, table: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    """Insert plain rows in bulk, as they come; nothing for none. All rows have the columns of the first.

    Rows that name every column need no defaults and go to the driver as they are: SQLAlchemy's own way costs more than the database.
    """
    coming = iter(rows)
    while portion := list(islice(coming, PORTION)):
        _insert_portion(session, table, portion)


def _insert_portion(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    columns = sa.inspect(table).local_table.columns
    if rows[0].keys() != set(columns.keys()):
        session.execute(sa.insert(table), rows)
        return
    connection = session.connection()
    statement, to_parameters = _driver_insert(table, connection.dialect)  # type: ignore[arg-type]  # mypy takes classes for unhashable
    connection.exec_driver_sql(statement, [to_parameters(row) for row in rows])


@lru_cache(maxsize=64)
def _driver_insert(table: type[Any], dialect: sa.Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
    """The statement that inserts whole rows of a table as the driver takes it, and what makes its parameters of a row."""
    columns = sa.inspect(table).local_table.columns
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=columns.keys())
    names = compiled.positiontup or columns.keys()
    converters = tuple((name, columns[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names)

    def by_name(row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: convert(row[name]) if convert else row[name] for name, convert in converters}

    def by_position(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple([convert(row[name]) if convert else row[name] for name, convert in converters])

    return str(compiled), by_position if compiled.positional else by_name
