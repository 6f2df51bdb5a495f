"""What a queue of a hundred thousand reports is read from, in a handful of statements over plain columns.

Read only. Invariant: nothing here decides what a report's state means; that is `screening.queue`'s work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.record.keys import CITATION_INDEXES, slug
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, OutcomeRow, RecordRow, SourceRow, StandingRow
from prisma_tool.store.projections import update
from prisma_tool.store.queues import ranking_rows

_CITED = slug(CITATION_INDEXES)
_LEFT_COLUMN_KINDS = tuple(kind.value for kind in SourceKind if kind.in_left_column)


def arrivals(transaction: Transaction) -> list[tuple[str, bool]]:
    """(cluster, whether it is always screened) in the order in which the first member of each arrived.

    Those are the clusters with a member from a database or register, and those that only citation indexes led to.
    """
    return transaction.once(arrivals, lambda: _arrivals(transaction))


def first_arrivals(transaction: Transaction, number: int) -> list[str]:
    """The clusters of so many records that arrived first, in the order of `arrivals`; however long that is, these are read alone."""
    keys = [key for (key,) in transaction.rows(sa.select(RecordRow.key).order_by(RecordRow.position).limit(number))]
    clusters = update.clusters_of(transaction, keys)
    return list(dict.fromkeys(clusters.get(key, key) for key in keys))


def _arrivals(transaction: Transaction) -> list[tuple[str, bool]]:
    # Most records are alone and come from a database: joining the three tables in SQL would cost several times as much.
    ways, joined = _other_ways(transaction), _joined(transaction)
    keys = transaction.rows(sa.select(RecordRow.key).order_by(RecordRow.position))
    if not ways:
        return [(cluster, True) for cluster in dict.fromkeys(joined.get(key, key) for (key,) in keys)]
    arrived: dict[str, _Way] = {}
    for (key,) in keys:
        cluster, way = joined.get(key, key), ways.get(key, _Way.LEFT_COLUMN)
        arrived[cluster] = _both(arrived[cluster], way) if cluster in arrived else way
    return [(cluster, way is not _Way.OTHER) for cluster, way in arrived.items()]


class _Way(Enum):
    """By which way all that is known of a cluster came."""

    LEFT_COLUMN = auto()
    CITATION_INDEXES = auto()
    OTHER = auto()


def _both(one: _Way, other: _Way) -> _Way:
    return _Way.LEFT_COLUMN if _Way.LEFT_COLUMN in (one, other) else one if one is other else _Way.OTHER


def _other_ways(transaction: Transaction) -> dict[str, _Way]:
    """The ways of the records that no database or register gave."""
    kinds = transaction.rows(sa.select(SourceRow.slug, SourceRow.kind))
    others = [source for source, kind in kinds if kind not in _LEFT_COLUMN_KINDS]
    if not others:
        return {}
    statement = sa.select(RecordRow.key, RecordRow.source).where(RecordRow.source.in_(others))
    return {key: _Way.CITATION_INDEXES if source == _CITED else _Way.OTHER for key, source in transaction.rows(statement)}


def _joined(transaction: Transaction) -> dict[str, str]:
    """The cluster of each record that does not represent its own."""
    statement = sa.select(MembershipRow.record, MembershipRow.cluster).where(MembershipRow.record != MembershipRow.cluster)
    return transaction.once(_joined, lambda: dict(transaction.rows(statement)))


def own_verdicts(transaction: Transaction, stage: str, reviewer: str, clusters: Collection[str] | None = None) -> dict[str, str]:
    """The verdict of one reviewer's latest vote on each cluster at a stage; with `clusters` on these alone."""
    joined, verdicts = _joined(transaction), dict[str, str]()
    for subject, verdict in _own_votes(transaction, stage, reviewer, clusters):
        if verdicts.setdefault(joined.get(subject, subject), verdict) != verdict:
            # Two records of one report bear unlike votes of this reviewer: only their order tells which holds.
            votes = ranking_rows.votes_in_order(transaction, stage, reviewer)
            return {vote.cluster: vote.verdict for vote in votes if clusters is None or vote.cluster in clusters}
    return verdicts


def _own_votes(transaction: Transaction, stage: str, reviewer: str, clusters: Collection[str] | None) -> Iterable[Any]:
    """(record, verdict) of one reviewer's standing votes."""
    statement = _own(stage, reviewer, StandingRow.subject, StandingRow.verdict)
    if clusters is None:
        return transaction.rows(statement)
    keys = {key for members in update.members_of(transaction, clusters).values() for key in members}
    return select_in(transaction.session, statement, StandingRow.subject, keys)


def _own(stage: str, reviewer: str, *columns: Any) -> sa.Select[Any]:
    statement = sa.select(*columns).select_from(StandingRow)
    return statement.where(StandingRow.kind == EventKind.DECISION, StandingRow.stage == stage, StandingRow.reviewer == reviewer)


def own_reasons(transaction: Transaction, stage: str, reviewer: str) -> dict[str, str]:
    """The id of the reason that one reviewer's latest vote on each cluster names at a stage; empty where it names none."""
    statement = (
        _own(stage, reviewer, MembershipRow.cluster, EventRow.payload)
        .join(MembershipRow, MembershipRow.record == StandingRow.subject)
        .join(EventRow, EventRow.id == StandingRow.event)
        .order_by(EventRow.clock, EventRow.id)
    )
    return {cluster: payload.get("reason") or "" for cluster, payload in transaction.rows(statement)}


def counted_own_verdicts(transaction: Transaction, stage: str, reviewer: str, without: Collection[str]) -> Counter[str]:
    """On how many clusters one reviewer's latest vote at a stage has which verdict, those in `without` left out."""
    own_record = MembershipRow.record == StandingRow.subject
    on_reports = _own(stage, reviewer, StandingRow.verdict, sa.func.count()).join(MembershipRow, own_record)
    on_reports = on_reports.where(MembershipRow.cluster == MembershipRow.record).group_by(StandingRow.verdict)
    counts = Counter[str](dict(transaction.rows(on_reports)))
    # A vote on a joined record is the only one on its report, or one of several of which the latest holds.
    on_joined = _own(stage, reviewer, MembershipRow.cluster).join(MembershipRow, own_record)
    several = {cluster for (cluster,) in transaction.rows(on_joined.where(MembershipRow.cluster != MembershipRow.record))}
    apart = several.union(without)
    counts.subtract(verdict for subject, verdict in _own_votes(transaction, stage, reviewer, apart) if subject in apart)
    counts.update(own_verdicts(transaction, stage, reviewer, several.difference(without)).values())
    return counts


def outcome_states(transaction: Transaction, stage: str) -> dict[str, str]:
    """The state of the outcome of each cluster at a stage, where somebody voted."""
    statement = sa.select(OutcomeRow.cluster, OutcomeRow.state).where(OutcomeRow.stage == stage)
    return transaction.once((outcome_states, stage), lambda: dict(transaction.rows(statement)))


def outcome_states_of(transaction: Transaction, stage: str, clusters: Collection[str]) -> dict[str, str]:
    """The same of these clusters alone."""
    statement = sa.select(OutcomeRow.cluster, OutcomeRow.state).where(OutcomeRow.stage == stage)
    return dict(tuple(row) for row in select_in(transaction.session, statement, OutcomeRow.cluster, clusters))


def removed_clusters(transaction: Transaction, voted: Collection[str]) -> set[str]:
    """The clusters that were taken out before screening and not put back: what was said last of any member holds.

    Those in `voted` are there if nothing but stopping took them out (counting rule 10).
    """
    statement = (
        sa.select(MembershipRow.cluster, EventRow.payload)
        .select_from(StandingRow)
        .join(MembershipRow, MembershipRow.record == StandingRow.subject)
        .join(EventRow, EventRow.id == StandingRow.event)
        .where(StandingRow.kind == EventKind.REMOVAL)
        .order_by(EventRow.clock, EventRow.id)
    )
    payloads: dict[str, dict[str, Any]] = dict(transaction.rows(statement))
    out = {cluster: payload for cluster, payload in payloads.items() if payload.get("removed")}
    return {cluster for cluster, payload in out.items() if not (payload.get("stop") and cluster in voted)}


_MANY_KEYS = 5_000
"""From this many keys on, reading all joined records is cheaper than asking for some."""


def clusters_of(transaction: Transaction, keys: Collection[str]) -> set[str]:
    """The clusters of these keys, however many they are."""
    if len(keys) < _MANY_KEYS:
        return set(update.clusters_of(transaction, keys).values())
    joined = _joined(transaction)
    return {joined.get(key, key) for key in keys}


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event as a follower needs it: its number and id, and what it speaks of."""

    number: int
    id: str
    kind: str
    subject: str
    stage: str
    reviewer: str


def events_since(transaction: Transaction, number: int, limit: int) -> list[LoggedEvent]:
    """The events that this database stored after the one with this number, oldest first; for an undo, the event that it names.

    Args:
        transaction: An open transaction.
        number: That of the last event known already, in this database's own order.
        limit: How many events at most.
    """
    columns = (EventRow.number, EventRow.id, EventRow.kind, EventRow.subject, EventRow.stage, EventRow.reviewer)
    statement = sa.select(*columns).where(EventRow.number > number).order_by(EventRow.number).limit(limit)
    events = [LoggedEvent(*row) for row in transaction.rows(statement)]
    undone = {event.subject for event in events if event.kind == EventKind.UNDO}
    named = {event.id: event for event in event_rows.with_ids(transaction, undone)}
    return [_undone_event(event, named) if event.kind == EventKind.UNDO else event for event in events]


def _undone_event(undo: LoggedEvent, named: dict[str, Event]) -> LoggedEvent:
    event = named.get(undo.subject)
    return undo if event is None else replace(undo, kind=event.kind, subject=event.subject, stage=event.stage)


def last_arrival(transaction: Transaction) -> int:
    """The position of the record that arrived last; it grows with every new record."""
    return transaction.session.execute(sa.select(sa.func.coalesce(sa.func.max(RecordRow.position), 0))).scalar_one()
