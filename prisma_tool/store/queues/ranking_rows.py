"""What prioritised screening is read from: votes in the order in which they were given, and what tells whether texts have changed.

Read only, plain columns. Invariant: nothing here decides who may see a vote; that is `screening.prioritised.label_sequence`'s work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from itertools import starmap
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import OutcomeState
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, OutcomeRow, RecordRow, StandingRow

_PORTION = 500


class OrderedVote(Struct, frozen=True):
    """One standing vote: on which cluster, by whom, what, and its place among all events."""

    cluster: str
    reviewer: str
    verdict: str
    clock: int


def votes_in_order(transaction: Transaction, stage: str, reviewer: str | None = None) -> list[OrderedVote]:
    """The standing votes of a stage, oldest first; with `reviewer` those of one alone."""
    columns = (MembershipRow.cluster, StandingRow.reviewer, StandingRow.verdict, EventRow.clock)
    statement = _standing_votes(stage, *columns)
    if reviewer is not None:
        statement = statement.where(StandingRow.reviewer == reviewer)
    return transaction.once((votes_in_order, stage, reviewer), lambda: list(starmap(OrderedVote, transaction.rows(statement))))


def finished_with_last_vote(transaction: Transaction, stage: str) -> list[tuple[int, str, str]]:
    """(place of its last standing vote among all events, cluster, state of its outcome) of each that is not pending; -1 without any vote."""
    of_record = (
        sa.select(StandingRow.subject, sa.func.max(EventRow.clock).label("clock"))
        .join(EventRow, EventRow.id == StandingRow.event)
        .where(StandingRow.kind == EventKind.DECISION, StandingRow.stage == stage)
        .group_by(StandingRow.subject)
        .subquery()
    )
    last = (
        sa.select(MembershipRow.cluster, sa.func.max(of_record.c.clock).label("clock"))
        .join(of_record, of_record.c.subject == MembershipRow.record)
        .group_by(MembershipRow.cluster)
        .subquery()
    )
    statement = (
        sa.select(sa.func.coalesce(last.c.clock, -1), OutcomeRow.cluster, OutcomeRow.state)
        .outerjoin(last, last.c.cluster == OutcomeRow.cluster)
        .where(OutcomeRow.stage == stage, OutcomeRow.state != OutcomeState.PENDING)
    )
    return [(clock, cluster, state) for clock, cluster, state in transaction.rows(statement)]


def last_votes_received(transaction: Transaction, stage: str) -> dict[str, datetime]:
    """When this database stored the newest standing vote on each cluster at a stage."""
    return dict(transaction.rows(_standing_votes(stage, MembershipRow.cluster, EventRow.received)))


def _standing_votes(stage: str, *columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(StandingRow)
        .join(MembershipRow, MembershipRow.record == StandingRow.subject)
        .join(EventRow, EventRow.id == StandingRow.event)
        .where(StandingRow.kind == EventKind.DECISION, StandingRow.stage == stage)
        .order_by(EventRow.clock, EventRow.id)
    )


def voted_before(transaction: Transaction, stage: str, clusters: Collection[str], clock: int) -> set[str]:
    """Those of these clusters that had a vote of a stage before a moment, whatever became of it."""
    statement = (
        sa.select(MembershipRow.cluster)
        .join(EventRow, EventRow.subject == MembershipRow.record)
        .where(EventRow.kind == EventKind.DECISION, EventRow.stage == stage, EventRow.clock < clock)
    )
    wanted = sorted(clusters)
    before: set[str] = set()
    for begin in range(0, len(wanted), _PORTION):
        portion = wanted[begin : begin + _PORTION]
        before |= set(transaction.session.execute(statement.where(MembershipRow.cluster.in_(portion))).scalars())
    return before


def first_vote_received(transaction: Transaction, stage: str) -> datetime | None:
    """When this database stored its first vote of a stage, taken back since or not."""
    statement = sa.select(sa.func.min(EventRow.received)).where(EventRow.kind == EventKind.DECISION, EventRow.stage == stage)
    return transaction.session.execute(statement).scalar_one()


def contents_stamp(transaction: Transaction) -> str:
    """A digest that changes whenever the content of a record, or which record represents its report, changes."""
    digest = hashlib.sha256()
    rows = (
        sa.select(RecordRow.key, RecordRow.version)
        .join(MembershipRow, MembershipRow.record == RecordRow.key)
        .where(MembershipRow.cluster == RecordRow.key)
        .order_by(RecordRow.position)
    )
    for key, version in transaction.rows(rows):
        digest.update(f"{key}\x00{version}\n".encode())
    edits = sa.select(StandingRow.event).where(StandingRow.kind == EventKind.EDIT).order_by(StandingRow.event)
    for event in transaction.session.execute(edits).scalars():
        digest.update(event.encode())
    return digest.hexdigest()
