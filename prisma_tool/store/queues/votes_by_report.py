"""Who stands where at a stage: voters and assignees by report, without their events' contents.

Read only. Columns instead of mapped objects: a team has tens of thousands of each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, OutcomeRow, StandingRow


def voters_at(transaction: Transaction, stage: Stage, clusters: Collection[str] | None = None) -> list[tuple[str, str]]:
    """(report, reviewer) of every standing decision at a stage, on all reports or on these."""
    statement = (
        sa.select(MembershipRow.cluster, StandingRow.reviewer)
        .join(StandingRow, StandingRow.subject == MembershipRow.record)
        .where(StandingRow.kind == EventKind.DECISION, StandingRow.stage == stage)
    )
    return [(cluster, name) for cluster, name in _narrowed(transaction, statement, clusters)]


def pending_at(transaction: Transaction, stage: Stage) -> list[str]:
    """The reports with votes at a stage, but not all that are wanted."""
    statement = sa.select(OutcomeRow.cluster).where(OutcomeRow.stage == stage, OutcomeRow.state == OutcomeState.PENDING)
    return [cluster for (cluster,) in transaction.rows(statement)]


def assignments_at(transaction: Transaction, stage: Stage, clusters: Collection[str] | None = None) -> list[tuple[str, str]]:
    """(report, reviewer) of every assignment that stands at a stage; those that were taken back are left out."""
    rows = _narrowed(transaction, _assignments(MembershipRow.cluster, stage), clusters)
    return [(cluster, name) for cluster, name, payload in rows if payload.get("assigned")]


def records_assigned(transaction: Transaction, stage: Stage, name: str) -> list[tuple[str, str]]:
    """(report, record) of every assignment to somebody that stands at a stage."""
    statement = _assignments(MembershipRow.cluster, stage).add_columns(StandingRow.subject).where(StandingRow.object == name)
    return [(cluster, key) for cluster, _, payload, key in transaction.rows(statement) if payload.get("assigned")]


def decided_since(transaction: Transaction, since: datetime) -> list[tuple[str, int, datetime]]:
    """For each reviewer: (name, how many standing decisions are from since a moment, when the last of all was made, in UTC)."""
    lately = sa.func.sum(sa.case((EventRow.at >= since, 1), else_=0))
    statement = (
        sa.select(StandingRow.reviewer, lately, sa.func.max(EventRow.at))
        .join(EventRow, EventRow.id == StandingRow.event)
        .where(StandingRow.kind == EventKind.DECISION)
        .group_by(StandingRow.reviewer)
    )
    return [(name, int(n), last) for name, n, last in transaction.rows(statement)]


def _assignments(column: Any, stage: Stage) -> sa.Select[Any]:
    return (
        sa.select(column, StandingRow.object, EventRow.payload)
        .select_from(StandingRow)
        .join(EventRow, EventRow.id == StandingRow.event)
        .join(MembershipRow, MembershipRow.record == StandingRow.subject)
        .where(StandingRow.kind == EventKind.ASSIGNMENT, StandingRow.stage == stage)
    )


def _narrowed(transaction: Transaction, statement: Any, clusters: Collection[str] | None) -> Iterable[Any]:
    if clusters is None:
        return transaction.rows(statement)
    return select_in(transaction.session, statement, MembershipRow.cluster, clusters)
