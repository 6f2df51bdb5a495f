"""Uniting the databases of two copies of a review: what the other holds is added here, and nothing is overwritten.

Records go by key, their contents by run, runs and events by id. Invariant: the result is a union, so it does not matter in which order,
and how often, copies are united. What is said of time here, `received`, `added` and `stored`, stays the time of this database, so that
what it showed on a day of the past does not change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from prisma_tool.errors import ReviewError
from prisma_tool.model.text import one_line
from prisma_tool.model.utc import utc_text
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.store.copies.arrival_after_union import arrivals, put_in_order
from prisma_tool.store.copies.unite_events import unite_events
from prisma_tool.store.copies.unite_records import unite_records
from prisma_tool.store.engine.batches import insert_all
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, RecordRow, RunRow, SearchRow, SourceRow
from prisma_tool.store.projections import rebuild
from prisma_tool.store.runs import run_entries

TableRow = dict[str, Any]
_PROGRESS = (RunStatus.REFUSED, RunStatus.FAILED, RunStatus.RUNNING, RunStatus.INCOMPLETE, RunStatus.COMPLETE)
"""How far a run got, for choosing between two states of the same one."""


@dataclass(frozen=True, slots=True)
class UnionCounts:
    """How much came: records that were not here, records of which further contents came, runs and events."""

    records: int = 0
    contents: int = 0
    runs: int = 0
    events: int = 0

    def __bool__(self) -> bool:
        return bool(self.records or self.contents or self.runs or self.events)


def unite(here: Transaction, there: Transaction) -> UnionCounts:
    """Add what the database of `there` holds to that of `here`; projections follow.

    Args:
        here: A transaction that writes.
        there: A transaction of the copy, which is only read; `require_sound` has let it pass.

    Raises:
        ReviewError: the copy holds what this program never writes, or the two contradict each other about a source, a search, an event or
            what a key names; nothing is stored then.
    """
    before = arrivals(here)
    sources = _unite_sources(here, there)
    _unite_searches(here, there)
    runs = _unite_runs(here, there)
    records, contents = unite_records(here, there)
    events = unite_events(here, there)
    united = UnionCounts(records, contents, runs, events)
    if united or sources:
        put_in_order(here, before, arrivals(there))
        rebuild.rebuild(here)
    return united


def table_rows(transaction: Transaction, table: type[Any]) -> Iterator[TableRow]:
    """All rows of a table as plain data."""
    statement = sa.select(*sa.inspect(table).local_table.columns)
    return (dict(row) for row in transaction.session.execute(statement).mappings())


def _unite_sources(here: Transaction, there: Transaction) -> int:
    known = {row["slug"]: row for row in table_rows(here, SourceRow)}
    rows_there = list(table_rows(there, SourceRow))
    for row in rows_there:
        mine = known.get(row["slug"])
        if mine is not None and mine["kind"] != row["kind"]:
            raise ReviewError(
                f"{one_line(row['name'])} is a {mine['kind']} here and a {row['kind']} in the copy, which counts in other boxes. "
                "Nothing was merged; import its file with the same --kind in both."
            )
    new_rows = [row for row in rows_there if row["slug"] not in known]
    insert_all(here.session, SourceRow, new_rows)
    return len(new_rows)


def _unite_searches(here: Transaction, there: Transaction) -> None:
    known = {row["name"]: row["source"] for row in table_rows(here, SearchRow)}
    rows_there = list(table_rows(there, SearchRow))
    for row in rows_there:
        if known.get(row["name"], row["source"]) != row["source"]:
            raise ReviewError(
                f"The search {one_line(row['name'])} asks {known[row['name']]} here and {row['source']} in the copy. "
                "Nothing was merged; give one of them another name."
            )
    insert_all(here.session, SearchRow, [row for row in rows_there if row["name"] not in known])


def _unite_runs(here: Transaction, there: Transaction) -> int:
    """Runs that are not here, and of those that went on in the copy the state that got further."""
    known = {row["id"]: row for row in table_rows(here, RunRow)}
    rows_there = list(table_rows(there, RunRow))
    new_rows = [row for row in rows_there if row["id"] not in known]
    further_rows = [row for row in rows_there if row["id"] in known and _progress(row) > _progress(known[row["id"]])]
    insert_all(here.session, RunRow, new_rows)
    for row in further_rows:
        here.session.execute(sa.update(RunRow).where(RunRow.id == row["id"]).values(row))
    for row in (*new_rows, *further_rows):
        run_entries.note(here, row["id"])
    return len(new_rows) + len(further_rows)


def _progress(row: TableRow) -> tuple[int, int, str]:
    """A total order of the states of one run, the same in every copy."""
    values = {name: utc_text(value) if hasattr(value, "astimezone") else value for name, value in row.items()}
    return _PROGRESS.index(RunStatus(row["status"])), len(row["raw"]), json.dumps(values, sort_keys=True)


def has_common_ground(here: Transaction, there: Transaction) -> bool:
    """Whether two databases hold any record or any event in common, as copies of one review do once work has begun."""
    for column in (EventRow.id, RecordRow.key):
        if not set(here.session.execute(sa.select(column)).scalars()).isdisjoint(
            there.session.execute(sa.select(column)).scalars()
        ):
            return True
    return False
