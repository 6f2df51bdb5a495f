"""Reading which reports are linked to which studies."""

from __future__ import annotations

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, StandingRow


def links(transaction: Transaction) -> list[Event]:
    """The links that stand, oldest first; links that were taken back are left out."""
    return [event for event in standing_of(transaction, EventKind.STUDY) if event.payload.get("linked")]


def standing_of(transaction: Transaction, kind: EventKind) -> list[Event]:
    """The events of a kind that stand, oldest first."""
    statement = event_rows.STANDING
    rows = transaction.session.execute(statement.where(StandingRow.kind == kind).order_by(EventRow.clock, EventRow.id))
    return [event_rows.event_of(row) for row in rows]
