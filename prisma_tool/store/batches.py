"""Statements over many values, in portions that every database accepts (SQLite: 32,766 variables, PostgreSQL: 65,535)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
    """Rows of `statement` where `column` is one of `values`."""
    for portion in portions(values):
        yield from session.execute(statement.where(column.in_(portion)))


def delete_in(session: Session, table: type[Any], column: InstrumentedAttribute[str], values: Collection[str]) -> None:
    """Delete the rows of `table` where `column` is one of `values`."""
    for portion in portions(values):
        session.execute(sa.delete(table).where(column.in_(portion)), execution_options={"synchronize_session": False})


def insert_all(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    """Insert plain rows in bulk; nothing for none."""
    if rows:
        session.execute(sa.insert(table), rows)
