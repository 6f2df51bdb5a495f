"""The order of sources and records after copies of a review were united: that of the runs which first delivered them.

Invariant: the order follows from runs and records alone, so that every copy comes to the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RecordRow, RunRow, SourceRow

Arrivals = Mapping[str, tuple[str, int]]
"""The id of the run that first delivered each record, and the record's position, by the record's key."""


def arrivals(transaction: Transaction) -> Arrivals:
    """How each record arrived, by its key; to be read before anything is added."""
    statement = sa.select(RecordRow.key, RecordRow.run, RecordRow.position)
    return {key: (run, position) for key, run, position in transaction.session.execute(statement)}


def put_in_order(here: Transaction, before: Arrivals, there: Arrivals) -> None:
    """Number sources and records anew where another order than that of the runs had come about.

    `before` is how the records had arrived here, `there` how in the copy.
    """
    _order_sources(here)
    _order_records(here, before, there)


def _order_sources(here: Transaction) -> None:
    first_runs: dict[str, str] = {}
    for source, run in here.session.execute(sa.select(RunRow.source, RunRow.id).order_by(RunRow.id)):
        first_runs.setdefault(source, run)
    rows = here.session.execute(sa.select(SourceRow.slug, SourceRow.position)).all()
    # A source without a run sorts after all others: "~" follows every digit and letter.
    ordered = sorted(rows, key=lambda row: (first_runs.get(row.slug, "~"), row.slug))
    _renumber(here, SourceRow.slug, SourceRow, ((slug, position) for slug, position in ordered))


def _order_records(here: Transaction, before: Arrivals, there: Arrivals) -> None:
    """By the run that first delivered each, and within a run as it did: a position counts only where that run gave it."""
    rows = here.session.execute(sa.select(RecordRow.key, RecordRow.run, RecordRow.position)).all()

    def sort_key(row: Any) -> tuple[str, int, str]:
        own_arrival, arrival_there = before.get(row.key), there.get(row.key)
        arrival = own_arrival if own_arrival is not None and own_arrival[0] == row.run else arrival_there
        return row.run, arrival[1] if arrival else row.position, row.key

    _renumber(here, RecordRow.key, RecordRow, ((row.key, row.position) for row in sorted(rows, key=sort_key)))


def _renumber(here: Transaction, column: Any, table: type[Any], ordered: Iterable[tuple[str, int]]) -> None:
    renumbered = [{"named": name, "place": new} for new, (name, position) in enumerate(ordered, 1) if new != position]
    if renumbered:
        update = sa.update(table.__table__).where(column == sa.bindparam("named")).values(position=sa.bindparam("place"))
        here.session.connection().execute(update, renumbered)
