"""Reading clusters and the verdicts behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, RecordRow, StandingRow


@dataclass(frozen=True, slots=True)
class ClusterCounts:
    """Records, distinct reports among them, and clusters of more than one record."""

    records: int
    unique: int
    joined: int


def counts(transaction: Transaction) -> ClusterCounts:
    """How many records, reports and clusters of several records there are."""
    sizes = sa.select(sa.func.count().label("size")).select_from(MembershipRow).group_by(MembershipRow.cluster).subquery()
    several = sa.func.coalesce(sa.func.sum(sa.case((sizes.c.size > 1, 1), else_=0)), 0)
    statement = sa.select(sa.func.coalesce(sa.func.sum(sizes.c.size), 0), sa.func.count(), several)
    records, unique, joined = transaction.session.execute(statement).one()
    return ClusterCounts(int(records), int(unique), int(joined))


def compared_until(transaction: Transaction, at: datetime | None = None) -> datetime | None:
    """The arrival of the latest record that deduplication has seen (as known at a moment), None before the first.

    A pass that was done in a copy of the review, and came here by merging, says nothing about the records here.
    """
    passes = event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION], received_by=at, merged=False)
    return max((datetime.fromisoformat(event.text("compared_until")) for event in passes), default=None)


def waiting_keys(transaction: Transaction, at: datetime | None = None) -> set[str]:
    """Records that arrived since deduplication last ran (counting rule 6)."""
    statement = sa.select(RecordRow.key)
    until = compared_until(transaction, at)
    if until is not None:
        statement = statement.where(RecordRow.added > until)
    if at is not None:
        statement = statement.where(RecordRow.added <= at)
    return set(transaction.session.execute(statement).scalars())


IDENTIFYING_FIELDS = frozenset(
    {"title", "vernacular_title", "authors", "year", "journal", "volume", "pages", "doi", "pmid", "registry_numbers"}
)
"""The fields by which records are compared."""


def corrected_keys(transaction: Transaction) -> set[str]:
    """Records of which an identifying field was corrected, or a correction taken back, since deduplication last ran."""
    newest = next(event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION], newest_first=True, limit=1), None)
    edits = [
        event for event in event_rows.events(transaction, kinds=[EventKind.EDIT]) if event.text("field") in IDENTIFYING_FIELDS
    ]
    if newest is None or not edits:
        return set()
    undos = event_rows.events(transaction, kinds=[EventKind.UNDO], subjects={event.id for event in edits})
    fresh = {undo.subject for undo in undos if undo.received > newest.received}
    return {event.subject for event in edits if event.received > newest.received or event.id in fresh}


def latest_arrival(transaction: Transaction) -> datetime | None:
    """When the latest record arrived."""
    return transaction.session.execute(sa.select(sa.func.max(RecordRow.added))).scalar()


def verdicts(transaction: Transaction) -> dict[tuple[str, str], Event]:
    """The verdict that stands for each pair of keys, the smaller key first."""
    return {(event.subject, event.text("other")): event for event in _verdict_events(transaction)}


def verdict_rows(transaction: Transaction) -> Iterator[Sequence[str]]:
    """Of each verdict that stands the two keys, the smaller first, what it says and who gave it: a fraction of its event."""
    columns = (StandingRow.subject, StandingRow.object, StandingRow.verdict, EventRow.reviewer)
    statement = sa.select(*columns).join(EventRow, EventRow.id == StandingRow.event)
    return chain.from_iterable(transaction.streamed(statement.where(StandingRow.kind == EventKind.DUPLICATE)))


def verdicts_about(transaction: Transaction, key: str) -> list[Event]:
    """The standing verdicts that name this key."""
    return _verdict_events(transaction, (StandingRow.subject == key) | (StandingRow.object == key))


def _verdict_events(transaction: Transaction, *conditions: sa.ColumnElement[bool]) -> list[Event]:
    statement = event_rows.STANDING
    statement = statement.where(StandingRow.kind == EventKind.DUPLICATE, *conditions).order_by(EventRow.clock, EventRow.id)
    return [event_rows.event_of(row) for row in transaction.rows(statement)]


def uncertain(transaction: Transaction) -> list[Event]:
    """Pairs that wait for a person: judged unsure, not brought together meanwhile, and no person keeps their clusters apart already."""
    unsure = _between_clusters(transaction, StandingRow.verdict == DuplicateVerdict.UNSURE)
    different = (StandingRow.verdict == DuplicateVerdict.DIFFERENT, EventRow.reviewer != ENGINE)
    answered = {pair for pair, _ in _between_clusters(transaction, *different)} if unsure else set()
    return [event for pair, event in unsure if pair not in answered]


def _between_clusters(transaction: Transaction, *conditions: sa.ColumnElement[bool]) -> list[tuple[frozenset[str], Event]]:
    """The standing verdicts on pairs of two clusters, with the two."""
    left, right = aliased(MembershipRow), aliased(MembershipRow)
    statement = (
        sa.select(left.cluster, right.cluster, *event_rows.COLUMNS)
        .join(StandingRow, StandingRow.event == EventRow.id)
        .join(left, left.record == StandingRow.subject)
        .join(right, right.record == StandingRow.object)
        .where(StandingRow.kind == EventKind.DUPLICATE, left.cluster != right.cluster, *conditions)
        .order_by(EventRow.clock, EventRow.id)
    )
    return [(frozenset(row[:2]), event_rows.event_of(row[2:])) for row in transaction.rows(statement)]


@dataclass(frozen=True, slots=True)
class JoinedPair:
    """Two keys (`a < b`) of one cluster that a standing verdict calls the same; `clock` is when it was given, see `Event.order`."""

    a: str
    b: str
    by_person: bool
    clock: int
    payload: Mapping[str, Any]


def joined(transaction: Transaction) -> list[JoinedPair]:
    """The pairs that verdicts hold together, in no order."""
    left, right = aliased(MembershipRow), aliased(MembershipRow)
    statement = (
        sa.select(StandingRow.subject, StandingRow.object, EventRow.reviewer, EventRow.clock, EventRow.payload)
        .join(EventRow, StandingRow.event == EventRow.id)
        .join(left, left.record == StandingRow.subject)
        .join(right, right.record == StandingRow.object)
        .where(StandingRow.kind == EventKind.DUPLICATE, StandingRow.verdict == DuplicateVerdict.SAME)
        .where(left.cluster == right.cluster)
    )
    return [
        JoinedPair(a, b, reviewer != ENGINE, clock, payload) for a, b, reviewer, clock, payload in transaction.rows(statement)
    ]


def joined_since(transaction: Transaction, clock: int) -> bool:
    """Whether the engine has called a pair the same after this moment (`Event.order`), or a pass of deduplication ended after it."""
    statement = sa.select(EventRow.id).where(
        EventRow.clock > clock, EventRow.reviewer == ENGINE, EventRow.kind == EventKind.DUPLICATE
    )
    passes = sa.select(EventRow.id).where(EventRow.clock > clock, EventRow.kind == EventKind.DEDUPLICATION)
    return any(transaction.session.execute(one.limit(1)).first() is not None for one in (statement, passes))
