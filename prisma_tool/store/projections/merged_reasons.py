"""What exclusion reasons are used for, and which were merged into others. Read only."""

from __future__ import annotations

import sqlalchemy as sa

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, OutcomeRow, StandingRow


def reports_by_reason(transaction: Transaction) -> dict[tuple[str, str], int]:
    """How many reports were excluded for each reason (by its id, merges followed), by (reason id, stage)."""
    columns = (OutcomeRow.reason, OutcomeRow.stage)
    statement = sa.select(*columns, sa.func.count()).where(OutcomeRow.reason != "").group_by(*columns)
    return {(reason, stage): n for reason, stage, n in transaction.rows(statement)}


def merges(transaction: Transaction) -> dict[str, Event]:
    """The standing event about each reason that was merged, by its id."""
    statement = event_rows.EVENTS.join(StandingRow, StandingRow.event == EventRow.id).where(StandingRow.kind == EventKind.REASON)
    return {event.subject: event for event in map(event_rows.event_of, transaction.rows(statement))}
