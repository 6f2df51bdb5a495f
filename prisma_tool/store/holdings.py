"""What a review holds, without contents: the rows that counting needs, as they are or were at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from prisma_tool.store.database import Transaction
from prisma_tool.store.schema import RecordRow


@dataclass(frozen=True, slots=True)
class Holding:
    """One record: its key, its source's slug, and whether it is a register entry."""

    key: str
    source: str
    register_entry: bool


def holdings(transaction: Transaction, at: datetime | None = None) -> list[Holding]:
    """All records, in the order of their arrival; with `at`, those that had arrived by then."""
    statement = sa.select(RecordRow.key, RecordRow.source, RecordRow.register_entry).order_by(RecordRow.position, RecordRow.key)
    if at is not None:
        statement = statement.where(RecordRow.added <= at)
    return [Holding(*row) for row in transaction.session.execute(statement).tuples()]
