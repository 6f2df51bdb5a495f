"""Reading which reports are linked to which studies."""

from __future__ import annotations

import sqlalchemy as sa

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, StandingRow


def links(transaction: Transaction) -> list[Event]:
    """The links that stand, oldest first; links that were taken back are left out."""
    statement = sa.select(EventRow).join(StandingRow, StandingRow.event == EventRow.id)
    rows = transaction.session.execute(
        statement.where(StandingRow.kind == EventKind.STUDY).order_by(EventRow.clock, EventRow.id)
    ).scalars()
    return [event for row in rows if (event := event_rows.event_of(row)).payload.get("linked")]
