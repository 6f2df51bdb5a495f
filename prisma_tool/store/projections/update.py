"""What the log means now, kept beside it: `standing`, `membership`, `outcome`.

Invariant: after every transaction the three tables equal what `model.log.fold.fold` makes of all records and events; a property test
and `prisma-tool doctor` hold them to it. Everything here recomputes the touched part from its events, never adjusts a number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.clusters import ClusterMember, Pair, clusters, representative
from prisma_tool.model.log.events import ENGINE, Event, EventKind, Slot, precedence, slot, standing
from prisma_tool.model.log.fold import newest
from prisma_tool.model.log.merged_reasons import merges_of
from prisma_tool.model.log.outcomes import Outcome, outcome
from prisma_tool.model.log.team import TEAM_KINDS, Team, team_of
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import DuplicateVerdict, SourceKind, Stage
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import PORTION, delete_in, insert_all, select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, OutcomeRow, RecordRow, SourceRow, StandingRow
from prisma_tool.store.index import record_index
from prisma_tool.store.projections import merged_reasons

VOTES = (EventKind.DECISION, EventKind.ADJUDICATION)
NUMEROUS_KINDS = (*VOTES, EventKind.ASSIGNMENT)
"""Kinds of which a review has about as many as records, and which say nothing of what has become of a report beyond its outcome."""


def follow(transaction: Transaction, events: list[Event]) -> None:
    """Bring the projections up to date with events just stored."""
    slots = _restand(transaction, events)
    if any(place.kind in TEAM_KINDS for place in slots):
        transaction.session.info.pop(_TEAM, None)
    pairs = [place for place in slots if place.kind == EventKind.DUPLICATE]
    touched = recluster(transaction, {key for place in pairs for key in (place.subject, place.object)}) if pairs else set()
    voted = {place.subject for place in slots if place.kind in VOTES}
    touched |= set(clusters_of(transaction, voted).values())
    corrected = {place.subject for place in slots if place.kind == EventKind.EDIT}
    if corrected:
        record_index.refresh(transaction, corrected)
        touched |= recluster(transaction, corrected)
    if any(event.kind == EventKind.PROTOCOL for event in events) or any(
        place.kind in (EventKind.REASON, *TEAM_KINDS) for place in slots
    ):
        touched |= _all_voted(transaction)
    refresh_outcomes(transaction, touched)


def _restand(transaction: Transaction, events: list[Event]) -> set[Slot]:
    """Decide anew which event stands in each slot that `events` touch; an undo touches the slot of what it takes back."""
    counts = event_rows.contributors(transaction).include
    counted = [event for event in events if counts(event)]
    fresh = [(place, event) for event in counted if (place := slot(event)) is not None]
    reopened = {
        place for event in counted if event.kind == EventKind.UNDO and (place := _undone_slot(transaction, event)) is not None
    }
    winners = {place: _stands(transaction, place) for place in reopened}
    held = _held_events(transaction, {place for place, _ in fresh} - reopened)
    for place, event in fresh:
        if place not in reopened and (place not in held or precedence(event) > precedence(held[place])):
            winners[place] = held[place] = event
    _replace_standing(transaction, winners)
    return reopened | {place for place, _ in fresh}


def _undone_slot(transaction: Transaction, event: Event) -> Slot | None:
    """The slot that an undo reopens: that of what it takes back, or of what that one took back."""
    target = event
    while target.kind == EventKind.UNDO:
        target = event_rows.event_by_id(transaction, target.subject)
    return slot(target)


def _stands(transaction: Transaction, place: Slot) -> Event | None:
    answers = [
        event for event in event_rows.events(transaction, kinds=[place.kind], subjects=[place.subject]) if slot(event) == place
    ]
    undos: list[Event] = []
    named = {event.id for event in answers}
    while named:
        further = list(event_rows.events(transaction, kinds=[EventKind.UNDO], subjects=named))
        undos += further
        named = {event.id for event in further}
    return standing([*answers, *undos], event_rows.contributors(transaction).include).get(place)


def _held_events(transaction: Transaction, places: Collection[Slot]) -> dict[Slot, Event]:
    statement = sa.select(*event_rows.SLOT, *event_rows.COLUMNS).join(EventRow, EventRow.id == StandingRow.event)
    statement = statement.where(StandingRow.kind.in_({place.kind for place in places}))
    subjects = {place.subject for place in places}
    rows = select_in(transaction.session, statement, StandingRow.subject, subjects)
    standing_events = map(event_rows.standing_event_of, rows)
    return {place: event for place, event in standing_events if place in places}


def _replace_standing(transaction: Transaction, winners: dict[Slot, Event | None]) -> None:
    if not winners:
        return
    columns = Slot._fields
    condition = [getattr(StandingRow, name) == sa.bindparam(f"slot_{name}") for name in columns]
    delete = sa.delete(StandingRow.__table__).where(*condition)  # type: ignore[arg-type] # __table__ is typed FromClause
    slots = ({f"slot_{name}": getattr(place, name) for name in columns} for place in winners)
    while portion := list(islice(slots, PORTION)):
        transaction.session.connection().execute(delete, portion)
    insert_all(transaction.session, StandingRow, (standing_row(place, event) for place, event in winners.items() if event))


def standing_row(place: Slot, event: Event) -> dict[str, Any]:
    """That an event stands in a slot, as a row."""
    return {**place._asdict(), "event": event.id, "verdict": event.text("verdict") or event.text("status")}


_MEMBERSHIPS = sa.select(MembershipRow.record, MembershipRow.cluster)


def clusters_of(transaction: Transaction, keys: Collection[str]) -> dict[str, str]:
    """The cluster of each of these keys."""
    rows = select_in(transaction.session, _MEMBERSHIPS, MembershipRow.record, keys)
    return dict(rows)


def named_keys(transaction: Transaction, keys: Collection[str]) -> set[str]:
    """Those of these keys that standing events name."""
    if transaction.session.execute(sa.select(StandingRow.subject).limit(1)).first() is None:
        return set()
    columns = (StandingRow.subject, StandingRow.object)
    return {key for column in columns for (key,) in select_in(transaction.session, sa.select(column).distinct(), column, keys)}


def members_of(transaction: Transaction, names: Collection[str]) -> dict[str, list[str]]:
    """The keys of each of these clusters."""
    rows = select_in(transaction.session, _MEMBERSHIPS, MembershipRow.cluster, names)
    grouped: dict[str, list[str]] = {}
    for key, cluster in rows:
        grouped.setdefault(cluster, []).append(key)
    return grouped


def recluster(transaction: Transaction, keys: Collection[str]) -> set[str]:
    """Compute anew the clusters that these keys may belong to; returns the names of all clusters before and after."""
    pairs = _connected_pairs(transaction, keys)
    # Only "same" extends the reach: what lies behind a "different" pair is another component, whose own pairs were not read.
    reach = set(keys) | {key for pair in pairs if pair.verdict == DuplicateVerdict.SAME for key in (pair.a, pair.b)}
    before = clusters_of(transaction, reach)
    held = cluster_members(transaction, reach)
    groups = clusters(held, pairs)
    after = {key: name for group in groups for name in [representative(group, held)] for key in group}
    moved = {key: name for key, name in after.items() if before.get(key) != name}
    delete_in(transaction.session, MembershipRow, MembershipRow.record, moved)
    insert_all(transaction.session, MembershipRow, [{"record": key, "cluster": name} for key, name in sorted(moved.items())])
    return set(before.values()) | set(after.values())


def _connected_pairs(transaction: Transaction, keys: Collection[str]) -> set[Pair]:
    """All standing verdicts within reach of `keys` along "same"; the verdicts "different" there come along as vetoes."""
    pairs: set[Pair] = set()
    seen: set[str] = set()
    frontier = set(keys)
    while frontier:
        seen |= frontier
        for column in (StandingRow.subject, StandingRow.object):
            pairs |= {_pair_of(row) for row in select_in(transaction.session, _STANDING_PAIRS, column, frontier)}
        frontier = {key for pair in pairs if pair.verdict == DuplicateVerdict.SAME for key in (pair.a, pair.b)} - seen
    return pairs


_STANDING_PAIRS = (
    sa.select(StandingRow.subject, StandingRow.object, StandingRow.verdict, EventRow.reviewer, EventRow.clock, EventRow.id)
    .join(EventRow, EventRow.id == StandingRow.event)
    .where(StandingRow.kind == EventKind.DUPLICATE)
)
"""The pairs as columns: reasons and findings are most of an event, and there are as many events as duplicates."""


def _pair_of(row: Any) -> Pair:
    a, b, verdict, reviewer, clock, event = row
    return Pair(a, b, verdict, reviewer != ENGINE, (clock, event))


def cluster_members(transaction: Transaction, keys: Collection[str] | None = None) -> dict[str, ClusterMember]:
    """What clustering needs to know of these records, or of all."""
    statement = sa.select(RecordRow.key, SourceRow.kind, RecordRow.completeness, SourceRow.position).join(
        SourceRow, SourceRow.slug == RecordRow.source
    )
    rows: Iterable[Any] = (
        transaction.rows(statement) if keys is None else select_in(transaction.session, statement, RecordRow.key, keys)
    )
    return {key: ClusterMember(key, _in_left_column(kind), complete, order) for key, kind, complete, order in rows}


@lru_cache(maxsize=16)
def _in_left_column(kind: str) -> bool:
    """Calling an enumeration for each record costs several times as much."""
    return SourceKind(kind).in_left_column


def refresh_outcomes(transaction: Transaction, names: Collection[str]) -> None:
    """Compute anew the outcomes of these clusters; names that no longer exist lose theirs."""
    delete_in(transaction.session, OutcomeRow, OutcomeRow.cluster, names)
    members = members_of(transaction, names)
    keys = {key for group in members.values() for key in group}
    votes = standing_votes(transaction, keys)
    decided = {key for group in members.values() if not votes.keys().isdisjoint(group) for key in group}
    current = _CurrentVotes(votes, joins_of(transaction, decided), team_now(transaction))
    protocol = merging_protocol(transaction)
    rows = [
        row
        for name, group in sorted(members.items())
        for stage in Stage
        if (row := _outcome_row(protocol, name, stage, group, current)) is not None
    ]
    insert_all(transaction.session, OutcomeRow, rows)


def standing_votes(transaction: Transaction, keys: Collection[str]) -> dict[str, list[Event]]:
    """The standing votes and rulings on each of these records; records without any are left out."""
    statement = event_rows.STANDING
    statement = statement.where(StandingRow.kind.in_(VOTES))
    grouped: dict[str, list[Event]] = {}
    for event in map(event_rows.event_of, select_in(transaction.session, statement, StandingRow.subject, keys)):
        grouped.setdefault(event.subject, []).append(event)
    return grouped


def joins_of(transaction: Transaction, keys: Collection[str]) -> dict[str, list[Pair]]:
    """The standing "same" verdicts on these records, by the smaller key of each."""
    statement = _STANDING_PAIRS.where(StandingRow.verdict == DuplicateVerdict.SAME)
    grouped: dict[str, list[Pair]] = {}
    for row in select_in(transaction.session, statement, StandingRow.subject, keys):
        pair = _pair_of(row)
        grouped.setdefault(pair.a, []).append(pair)
    return grouped


def merging_protocol(transaction: Transaction) -> Protocol:
    """The protocol's rules with the merges of reasons that stand."""
    merged = merges_of(merged_reasons.merges(transaction).values())
    return replace(transaction.protocol, merged_reasons=merged) if merged else transaction.protocol


@dataclass(frozen=True, slots=True)
class _CurrentVotes:
    """Standing votes and rulings by record, verdicts "same" by the smaller record, and who takes part."""

    votes: dict[str, list[Event]]
    joins: dict[str, list[Pair]]
    team: Team


def _outcome_row(protocol: Protocol, name: str, stage: Stage, group: list[str], current: _CurrentVotes) -> dict[str, Any] | None:
    here = [event for key in group for event in current.votes.get(key, []) if event.stage == stage]
    if not here:
        return None
    within = [pair for key in group for pair in current.joins.get(key, []) if pair.b in group]
    decisions = [event for event in here if event.kind == EventKind.DECISION]
    ruling = newest(event for event in here if event.kind == EventKind.ADJUDICATION)
    result = outcome(stage, decisions, within, protocol, ruling, current.team.awaited(stage, group))
    return None if result is None else outcome_row(name, stage, result)


def team_now(transaction: Transaction) -> Team:
    """Who takes part now, by the events that stand; read once a transaction."""
    team: Team | None = transaction.session.info.get(_TEAM)
    if team is None:
        transaction.session.info[_TEAM] = team = _read_team(transaction)
    return team


_TEAM = "team"
"""Under what a transaction remembers who takes part; whoever stores an event of `TEAM_KINDS` makes it forget."""


def _read_team(transaction: Transaction) -> Team:
    statement = event_rows.STANDING
    statement = statement.where(StandingRow.kind.in_(TEAM_KINDS))
    return team_of(map(event_rows.event_of, transaction.session.execute(statement)))


def outcome_row(name: str, stage: Stage, result: Outcome) -> dict[str, Any]:
    """An outcome as a row."""
    return {
        "cluster": name,
        "stage": stage,
        "state": result.state,
        "reason": result.reason,
        "reasons_differ": result.reasons_differ,
    }


def _all_voted(transaction: Transaction) -> set[str]:
    statement = sa.select(MembershipRow.cluster).join(StandingRow, StandingRow.subject == MembershipRow.record)
    return set(transaction.session.execute(statement.where(StandingRow.kind.in_(VOTES)).distinct()).scalars())


def clear(transaction: Transaction) -> None:
    """Empty all projections, for a rebuild."""
    for table in (OutcomeRow, StandingRow, MembershipRow):
        transaction.session.execute(sa.delete(table))
