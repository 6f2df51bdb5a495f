"""Who stands where at a stage: voters and assignees by record, without their events' contents.

Read only. Columns instead of mapped objects: a team has tens of thousands of each.
"""

from __future__ import annotations

import sqlalchemy as sa

from prisma_tool.model.events import EventKind
from prisma_tool.model.vocabulary import Stage
from prisma_tool.store.database import Transaction
from prisma_tool.store.schema import EventRow, StandingRow


def voters_at(transaction: Transaction, stage: Stage) -> list[tuple[str, str]]:
    """(record, reviewer) of every standing decision at a stage."""
    statement = sa.select(StandingRow.subject, StandingRow.reviewer)
    mine = (StandingRow.kind == EventKind.DECISION, StandingRow.stage == stage)
    return [(key, name) for key, name in transaction.session.execute(statement.where(*mine))]


def assignments_at(transaction: Transaction, stage: Stage) -> list[tuple[str, str]]:
    """(record, reviewer) of every assignment that stands at a stage; those that were taken back are left out."""
    statement = sa.select(StandingRow.subject, StandingRow.object, EventRow.payload).join(
        EventRow, EventRow.id == StandingRow.event
    )
    mine = (StandingRow.kind == EventKind.ASSIGNMENT, StandingRow.stage == stage)
    rows = transaction.session.execute(statement.where(*mine))
    return [(key, name) for key, name, payload in rows if payload.get("assigned")]
