"""The rows of a review as a deposit needs them, and a database made of such rows.

Invariant: what is loaded is complete in the columns of the present schema; what follows from the rows (projections, identifiers) is made
from them here and never taken from a deposit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.record.codec import decode
from prisma_tool.store.copies.origin_rows import VOCABULARIES, in_vocabulary, table_of
from prisma_tool.store.copies.salvage import json_value
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import insert_all
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import (
    EventRow,
    IdentifierRow,
    MembershipRow,
    RecordRow,
    RunRecordRow,
    RunRow,
    SearchRow,
    SourceRow,
    StandingRow,
    VersionRow,
)
from prisma_tool.store.index import record_index
from prisma_tool.store.projections import rebuild

_PORTION = 2_000
_TABLES: Mapping[str, tuple[type[Any], tuple[Any, ...]]] = {
    "source": (SourceRow, (SourceRow.position, SourceRow.slug)),
    "search": (SearchRow, (SearchRow.name,)),
    "run": (RunRow, (RunRow.started, RunRow.id)),
    "record": (RecordRow, (RecordRow.position, RecordRow.key)),
    "record_version": (VersionRow, (VersionRow.record, VersionRow.version)),
    "run_record": (RunRecordRow, (RunRecordRow.run, RunRecordRow.record)),
}
"""The tables of what happened besides the log, each before those that refer to it, and the order of their rows."""
TABLES = tuple(_TABLES)


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event as a database holds it."""

    event: Event
    number: int
    merged: bool


def rows(transaction: Transaction, table: str) -> Iterator[dict[str, Any]]:
    """The rows of one of `TABLES` in their order, as values by column."""
    mapped, order = _TABLES[table]
    columns = table_of(mapped).columns
    return map(_values, transaction.session.execute(sa.select(*columns).order_by(*order)))


def deliveries(transaction: Transaction, run: str) -> list[tuple[str, str]]:
    """(key, state) of the records that a run delivered, by key."""
    statement = sa.select(RunRecordRow.record, RunRecordRow.state).where(RunRecordRow.run == run)
    return sorted((key, state) for key, state in transaction.session.execute(statement))


def records(transaction: Transaction) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Every record's row with those of its contents, by key, portion by portion."""
    record_columns, content_columns = table_of(RecordRow).columns, table_of(VersionRow).columns
    keys = sorted(transaction.session.execute(sa.select(RecordRow.key)).scalars())
    for start in range(0, len(keys), _PORTION):
        portion = keys[start : start + _PORTION]
        results = transaction.session.execute(sa.select(*record_columns).where(RecordRow.key.in_(portion)))
        row_by_key = {row.key: _values(row) for row in results}
        contents: dict[str, list[dict[str, Any]]] = {key: [] for key in portion}
        results = transaction.session.execute(
            sa.select(*content_columns).where(VersionRow.record.in_(portion)).order_by(VersionRow.version)
        )
        for row in results:
            contents[row.record].append(_values(row))
        yield from ((row_by_key[key], contents[key]) for key in portion)


def _values(row: sa.Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - a row as a mapping


def standing_votes(transaction: Transaction) -> frozenset[str]:
    """The ids of the decisions and adjudications that stand."""
    kinds = (EventKind.DECISION, EventKind.ADJUDICATION)
    return frozenset(transaction.session.execute(sa.select(StandingRow.event).where(StandingRow.kind.in_(kinds))).scalars())


def log(transaction: Transaction) -> Iterator[PublishedEvent]:
    """The whole log, oldest first."""
    statement = sa.select(EventRow.number, EventRow.merged, *event_rows.COLUMNS).order_by(EventRow.clock, EventRow.id)
    for number, merged, *event in chain.from_iterable(transaction.streamed(statement)):
        yield PublishedEvent(event_rows.event_of(event), number, merged)


def reviewers(transaction: Transaction) -> list[str]:
    """Every name under which anything stands in the log."""
    return list(transaction.session.execute(sa.select(EventRow.reviewer).distinct()).scalars())


def operators(transaction: Transaction) -> list[str]:
    """The accounts under which searches and imports ran."""
    return [name for name in transaction.session.execute(sa.select(RunRow.operator).distinct()).scalars() if name]


def salts(transaction: Transaction) -> Iterator[tuple[str, str, str]]:
    """(id, reviewer, salt) of every event, oldest first."""
    statement = sa.select(EventRow.id, EventRow.reviewer, EventRow.salt).order_by(EventRow.clock, EventRow.id)
    yield from transaction.session.execute(statement.execution_options(yield_per=_PORTION))


def row_from(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The row of one of `TABLES` that these JSON values state.

    Raises:
        ValueError, TypeError: a column lacks, or a value is not of its type or none of the words of its vocabulary.
    """
    mapped = _TABLES[table][0]
    if values.keys() != set(table_of(mapped).columns.keys()):
        raise ValueError
    columns = table_of(mapped).columns
    row = {column.name: json_value(column, values[column.name]) for column in columns}
    if mapped in VOCABULARIES and not any(in_vocabulary(mapped, [row])):
        raise ValueError
    return row


_SET_FACTS = (
    sa.update(table_of(RecordRow))
    .where(table_of(RecordRow).c.key == sa.bindparam("named"))
    .values(completeness=sa.bindparam("completeness"), register_entry=sa.bindparam("register_entry"))
)


class DepositLoader:
    """Fills an empty database; `transaction` writes into it."""

    def __init__(self, transaction: Transaction) -> None:
        self._session = transaction.session
        self._transaction = transaction

    def take(self, table: str, rows_taken: Iterable[Mapping[str, Any]]) -> None:
        """Store rows of one of `TABLES`, which come in that order."""
        for portion in _portions(rows_taken):
            insert_all(self._session, _TABLES[table][0], portion)

    def take_log(self, events: Iterable[PublishedEvent]) -> None:
        """Store the log."""
        rows_of_events = (
            {
                **{name: getattr(entry.event, name) for name in Event.__struct_fields__},
                "number": entry.number,
                "merged": entry.merged,
            }
            for entry in events
        )
        for portion in _portions(rows_of_events):
            insert_all(self._session, EventRow, portion)

    def settle(self) -> None:
        """Make what follows from the rows."""
        statement = sa.select(RecordRow.key, VersionRow.content).join(VersionRow, record_index.CURRENT)
        for portion in list(self._session.execute(statement.execution_options(yield_per=_PORTION)).partitions()):
            contents = {key: decode(content) for key, content in portion}
            facts = [{"named": key, **record_index.facts_of(citation)} for key, citation in contents.items()]
            self._session.connection().execute(_SET_FACTS, facts)
            identifiers = [row for key, citation in contents.items() for row in record_index.identifier_rows(key, citation)]
            insert_all(self._session, IdentifierRow, identifiers)
            insert_all(self._session, MembershipRow, [{"record": key, "cluster": key} for key in contents])
        rebuild.rebuild(self._transaction)


def _portions(rows_taken: Iterable[Mapping[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    portion: list[dict[str, Any]] = []
    for row in rows_taken:
        portion.append(dict(row))
        if len(portion) == _PORTION:
            yield portion
            portion = []
    if portion:
        yield portion
