"""What prioritised screening is read from: votes and rulings in the order in which they were given, and what tells whether texts have changed.

Read only, plain columns. Invariant: nothing here decides who may see a vote; that is `screening.prioritised.label_sequence`'s work.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from itertools import starmap
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from prisma_tool.model.log.events import EventKind
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, RecordRow, StandingRow


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


def last_verdicts_received(transaction: Transaction, stage: str) -> dict[str, datetime]:
    """When this database stored the newest standing vote or ruling on each cluster at a stage."""
    last: dict[str, datetime] = {}
    for kind in (EventKind.DECISION, EventKind.ADJUDICATION):
        for cluster, received in transaction.rows(_standing(kind, stage, MembershipRow.cluster, EventRow.received)):
            last[cluster] = max(last.get(cluster, received), received)
    return last


def first_rulings(transaction: Transaction, stage: str) -> dict[str, FirstVote]:
    """By cluster with a ruling of a stage that stands the first one there by who gave it; of several the last."""
    return transaction.once((first_rulings, stage), lambda: _first_rulings(transaction, stage))


def _first_rulings(transaction: Transaction, stage: str) -> dict[str, FirstVote]:
    standing = _standing(EventKind.ADJUDICATION, stage, MembershipRow.cluster, EventRow.reviewer)
    given = _first(transaction, EventKind.ADJUDICATION, stage)
    rulings: dict[str, FirstVote] = {}
    for cluster, reviewer in transaction.rows(standing):
        first = given[cluster, reviewer]
        rulings[cluster] = max(rulings.get(cluster, first), first, key=lambda ruling: ruling.clock)
    return rulings


def _standing_votes(stage: str, *columns: Any) -> sa.Select[Any]:
    return _standing(EventKind.DECISION, stage, *columns)


def _standing(kind: EventKind, stage: str, *columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(StandingRow)
        .join(MembershipRow, MembershipRow.record == StandingRow.subject)
        .join(EventRow, EventRow.id == StandingRow.event)
        .where(StandingRow.kind == kind, StandingRow.stage == stage)
        .order_by(EventRow.clock, EventRow.id)
    )


class FirstVote(Struct, frozen=True, gc=False):
    """When a reviewer voted first on a cluster, or ruled upon it: the place among all events, and when this database stored it."""

    clock: int
    received: datetime


def first_votes(transaction: Transaction, stage: str, reviewer: str | None = None) -> dict[tuple[str, str], FirstVote]:
    """By cluster and reviewer the first vote of a stage, whatever became of it; with `reviewer` those of one alone.

    A vote that is given again, or changed, does not show the report anew.
    """
    return _first(transaction, EventKind.DECISION, stage, reviewer)


def _first(
    transaction: Transaction, kind: EventKind, stage: str, reviewer: str | None = None
) -> dict[tuple[str, str], FirstVote]:
    statement = (
        sa.select(MembershipRow.cluster, EventRow.reviewer, sa.func.min(EventRow.clock), sa.func.min(EventRow.received))
        .join(EventRow, EventRow.subject == MembershipRow.record)
        .where(EventRow.kind == kind, EventRow.stage == stage)
        .group_by(MembershipRow.cluster, EventRow.reviewer)
    )
    if reviewer is not None:
        statement = statement.where(EventRow.reviewer == reviewer)
    return {(cluster, voter): FirstVote(clock, received) for cluster, voter, clock, received in transaction.rows(statement)}


def arrived(transaction: Transaction) -> dict[str, datetime]:
    """When the first record of each cluster was added."""
    statement = (
        sa.select(MembershipRow.cluster, sa.func.min(RecordRow.added))
        .join(RecordRow, RecordRow.key == MembershipRow.record)
        .group_by(MembershipRow.cluster)
    )
    return dict(transaction.rows(statement))


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
