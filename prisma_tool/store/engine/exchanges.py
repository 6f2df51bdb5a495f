"""Several statements in one exchange with the database: sent together, answered together.

A server at the other end of a slow line takes as long for ten statements that come together as for one. SQLite is asked in this
process, where nothing is gained by it: there they run one after the other. Invariant: values are bound and read as SQLAlchemy does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import sqlalchemy as sa

Rows: TypeAlias = list[tuple[Any, ...]]
_DIVISION_BY_ZERO = "22012"


class Disproved(Exception):
    """What had to hold before the commit does not; nothing was committed."""


PROOF: sa.ColumnClause[int] = sa.literal_column("1 / count(*)")
"""What a proof selects: without a row PostgreSQL fails, so that no commit follows, and SQLite gives null."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement, which must be made once and for all, with the values of its parameters.

    One that `proves` something selects `PROOF`.
    """

    statement: sa.ClauseElement
    values: Mapping[str, Any] = field(default_factory=dict)
    proves: bool = False


def exchange(connection: sa.Connection, asked: Sequence[Asked], *, commit: bool = False) -> list[Rows]:
    """The rows that each of these gives, in their order; with `commit` they are on the disk by then where a server is asked.

    Where it is, the transaction is begun and ended by statements among these: the driver's own begin and commit are exchanges too.

    Raises:
        Disproved: a proof has no row.
    """
    if connection.dialect.name != "sqlite":
        return _ask_together(connection, asked, commit=commit)
    return [_ask(connection, one) for one in asked]


def _ask(connection: sa.Connection, one: Asked) -> Rows:
    prepared = _prepared(one.statement, connection.dialect)
    result = connection.exec_driver_sql(prepared.text, prepared.parameters(one.values))
    rows = prepared.read(result.all()) if result.returns_rows else []
    if one.proves and rows == [(None,)]:
        raise Disproved
    return rows


def _ask_together(connection: sa.Connection, asked: Sequence[Asked], *, commit: bool) -> list[Rows]:
    driver, dialect = connection.dialect.dbapi, connection.dialect
    line = connection.connection.driver_connection
    assert driver is not None
    assert line is not None
    prepared = [_prepared(one.statement, dialect) for one in asked]
    try:
        # Libraries of PostgreSQL before 14 cannot send together: there it takes longer.
        with line.pipeline() if driver.Pipeline.is_supported() else nullcontext():
            cursors = [line.execute(one.text, one.parameters(of.values)) for one, of in zip(prepared, asked, strict=True)]
            if commit:
                line.execute("COMMIT")
        return [one.read(cursor.fetchall()) if cursor.description else [] for one, cursor in zip(prepared, cursors, strict=True)]
    except driver.Error as error:
        if getattr(error, "sqlstate", "") == _DIVISION_BY_ZERO:
            raise Disproved from error
        if line.closed:
            connection.invalidate(error)
        raise sa.exc.DBAPIError(None, None, error) from error


Convert: TypeAlias = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement as a driver takes it, and what makes its parameters and reads its rows."""

    compiled: sa.Compiled
    text: str
    names: tuple[str, ...] | None
    binds: Mapping[str, Convert]
    columns: tuple[Convert, ...]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        given = self.compiled.construct_params(values) or {}
        bound = {name: convert(given[name]) if convert else given[name] for name, convert in self.binds.items()}
        return bound if self.names is None else tuple([bound[name] for name in self.names])

    def read(self, rows: Sequence[Any]) -> Rows:
        if not any(self.columns):
            return [tuple(row) for row in rows]
        return [
            tuple([convert(value) if convert else value for value, convert in zip(row, self.columns, strict=True)])
            for row in rows
        ]


@lru_cache(maxsize=256)
def _prepared(statement: sa.ClauseElement, dialect: sa.Dialect) -> _Prepared:
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    columns = statement.selected_columns if isinstance(statement, sa.Select) else ()
    return _Prepared(
        compiled,
        str(compiled),
        None if compiled.positiontup is None else tuple(compiled.positiontup),
        {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()},
        tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns),
    )
