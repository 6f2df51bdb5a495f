"""The order of sources and records after copies of a review were united: that of the runs which first delivered them.

Invariant: the order follows from runs and records alone, so that every copy comes to the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RecordRow, RunRow, SourceRow

Places = Mapping[str, tuple[str, int]]
"""The run that first delivered each record, and the record's position."""


def places(transaction: Transaction) -> Places:
    """Where each record stands; to be read before anything is added."""
    statement = sa.select(RecordRow.key, RecordRow.run, RecordRow.position)
    return {key: (run, position) for key, run, position in transaction.session.execute(statement)}


def put_in_order(here: Transaction, before: Places, there: Places) -> None:
    """Number sources and records anew where another order than that of the runs had come about.

    `before` is where the records stood here, `there` where they stand in the copy.
    """
    _order_sources(here)
    _order_records(here, before, there)


def _order_sources(here: Transaction) -> None:
    first: dict[str, str] = {}
    for source, run in here.session.execute(sa.select(RunRow.source, RunRow.id).order_by(RunRow.id)):
        first.setdefault(source, run)
    held = here.session.execute(sa.select(SourceRow.slug, SourceRow.position)).all()
    # A source without a run sorts after all others: "~" follows every digit and letter.
    ordered = sorted(held, key=lambda row: (first.get(row.slug, "~"), row.slug))
    _renumber(here, SourceRow.slug, SourceRow, ((slug, position) for slug, position in ordered))


def _order_records(here: Transaction, before: Places, there: Places) -> None:
    """By the run that first delivered each, and within a run as it did: a position counts only where that run gave it."""
    held = here.session.execute(sa.select(RecordRow.key, RecordRow.run, RecordRow.position)).all()

    def place(row: Any) -> tuple[str, int, str]:
        own, other = before.get(row.key), there.get(row.key)
        given = own if own is not None and own[0] == row.run else other
        return row.run, given[1] if given else row.position, row.key

    _renumber(here, RecordRow.key, RecordRow, ((row.key, row.position) for row in sorted(held, key=place)))


def _renumber(here: Transaction, column: Any, table: type[Any], ordered: Iterable[tuple[str, int]]) -> None:
    moved = [{"named": name, "place": place} for place, (name, position) in enumerate(ordered, 1) if place != position]
    if moved:
        update = sa.update(table.__table__).where(column == sa.bindparam("named")).values(position=sa.bindparam("place"))
        here.session.connection().execute(update, moved)
