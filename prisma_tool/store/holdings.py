"""What a review holds, without contents: the rows that counting needs, as they are or were at a moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from prisma_tool.model.events import Event, EventKind
from prisma_tool.store import history
from prisma_tool.store.batches import select_in
from prisma_tool.store.database import Transaction
from prisma_tool.store.schema import EventRow, RecordRow, StandingRow


@dataclass(frozen=True, slots=True)
class Holding:
    """One record: its key, its source's slug, and whether it is a register entry."""

    key: str
    source: str
    register_entry: bool


_HOLDING = sa.select(RecordRow.key, RecordRow.source, RecordRow.register_entry).order_by(RecordRow.position, RecordRow.key)


def holdings_of(transaction: Transaction, keys: Collection[str]) -> list[Holding]:
    """These records alone."""
    return [Holding(*row) for row in select_in(transaction.session, _HOLDING, RecordRow.key, keys)]


def holdings(transaction: Transaction, at: datetime | None = None) -> list[Holding]:
    """All records, in the order of their arrival; with `at`, those that had arrived by then."""
    statement = _HOLDING
    if at is not None:
        statement = statement.where(RecordRow.added <= at)
    return [Holding(*row) for row in transaction.session.execute(statement)]


def votes(transaction: Transaction, stage: str, reviewer: str) -> list[Event]:
    """The standing decisions of one reviewer at a stage."""
    statement = sa.select(EventRow).join(StandingRow, StandingRow.event == EventRow.id)
    mine = (StandingRow.kind == EventKind.DECISION, StandingRow.stage == stage, StandingRow.reviewer == reviewer)
    return [history.event_of(row) for row in transaction.session.execute(statement.where(*mine)).scalars()]


def votes_per_reviewer(transaction: Transaction) -> list[tuple[str, str, int]]:
    """(reviewer, stage, number of records voted on)."""
    columns = (StandingRow.reviewer, StandingRow.stage)
    statement = sa.select(*columns, sa.func.count()).where(StandingRow.kind == EventKind.DECISION).group_by(*columns)
    return [(reviewer, stage, n) for reviewer, stage, n in transaction.session.execute(statement.order_by(*columns))]
