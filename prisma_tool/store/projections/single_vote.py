"""One vote in two exchanges with the database: all that it depends on comes in the first, all that it changes goes with the second.

Invariants: other votes on the report wait from the first exchange to the commit, and what the projections say afterwards is computed by
the fold itself. The number is drawn within the second exchange, in the order of commits, so that a follower never meets a smaller
number after a larger one, and no writer waits for another's line. Nothing is committed that does not stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.clusters import Pair
from prisma_tool.model.log.contributors import contributors_of
from prisma_tool.model.log.events import Event, EventKind, Slot, precedence, slot
from prisma_tool.model.log.fold import State, outcomes_of
from prisma_tool.model.log.merged_reasons import with_merges
from prisma_tool.model.log.outcomes import Outcome
from prisma_tool.model.log.team import TEAM_KINDS
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.store.engine.arrival import NEWEST, Newest, newest_of
from prisma_tool.store.engine.database import ShortWrite
from prisma_tool.store.engine.exchanges import PROOF, Asked, Disproved, Rows
from prisma_tool.store.engine.schema import EventRow, MembershipRow, OutcomeRow, RecordRow, SourceRow, StandingRow
from prisma_tool.store.projections import event_log, read_back, update
from prisma_tool.store.projections.event_log import Draft

_NUMBER_LOCK, _REPORT_ROOM = 7_707_602, 7_707_603
"""The advisory locks of votes that are stored beside each other: to number them as they are committed, and of each report."""

_LOCK_REPORT = sa.text(
    f"SELECT pg_advisory_xact_lock({_REPORT_ROOM}, ('x' || left(encode(sha256(convert_to(cluster, 'UTF8')), 'hex'), 8))::bit(32)::int) "  # noqa: S608 - a number of ours
    "FROM membership WHERE record = :key"
)
_LOCK_NUMBERS = Asked(sa.text(f"SELECT pg_advisory_xact_lock({_NUMBER_LOCK})"))

_CLUSTER = sa.select(MembershipRow.cluster).where(MembershipRow.record == sa.bindparam("key")).scalar_subquery()
_MEMBERS = sa.select(MembershipRow.record).where(MembershipRow.cluster == _CLUSTER)
_RECORDS = (
    sa.select(MembershipRow.cluster, RecordRow.key, RecordRow.source, RecordRow.register_entry)
    .join(RecordRow, RecordRow.key == MembershipRow.record)
    .where(MembershipRow.cluster == _CLUSTER)
    .order_by(RecordRow.position, RecordRow.key)
)
_SOURCES = sa.select(SourceRow.slug, SourceRow.name, SourceRow.kind, SourceRow.position)
_STANDING = sa.select(
    *(getattr(StandingRow, name) for name in Slot._fields), *(getattr(EventRow, name) for name in Event.__struct_fields__)
).join(EventRow, EventRow.id == StandingRow.event)
# Assignments and corrections say nothing of what has become of a report, and the latter are long. SQLite finds the others by its
# index only where it is told their kinds.
_ON_REPORT = _STANDING.where(
    StandingRow.subject.in_(_MEMBERS),
    sa.or_(*(StandingRow.kind == kind for kind in EventKind if kind not in (EventKind.ASSIGNMENT, EventKind.EDIT))),
)
_ON_REVIEW = _STANDING.where(sa.or_(*(StandingRow.kind == kind for kind in (*TEAM_KINDS, EventKind.REASON))))
_OUTCOMES = sa.select(OutcomeRow.stage, OutcomeRow.state, OutcomeRow.reason, OutcomeRow.reasons_differ).where(
    OutcomeRow.cluster == _CLUSTER
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a vote depends on.

    `records` are those of the report (key, source, whether it is a register entry) in the order of arrival, `sources` are (slug, label,
    kind, position); `state` is that of the report, and holds what stands for the whole review beside it.
    """

    records: Rows
    sources: Rows
    state: State
    seen: Newest


def lock(key: str) -> list[Asked]:
    """What keeps other votes on the report of this key away, on a server."""
    return [Asked(_LOCK_REPORT, {"key": key})]


def questions(key: str) -> list[Asked]:
    """Asks what `surroundings` reads."""
    about = {"key": key}
    on_report = (Asked(statement, about) for statement in (_RECORDS, _ON_REPORT, _OUTCOMES))
    return [*on_report, Asked(_SOURCES), Asked(_ON_REVIEW), NEWEST]


def surroundings(answers: list[Rows]) -> Surroundings:
    """What a vote on a report depends on; without records where nobody knows its key."""
    records, on_report, outcomes, sources, on_review, seen = answers
    cluster_of = {key: cluster for cluster, key, *_ in records}
    name = next(iter(cluster_of.values()), "")
    state = State(
        dict(_standing([*on_report, *on_review])),
        cluster_of,
        {(name, Stage(stage)): Outcome(OutcomeState(value), *rest) for stage, value, *rest in outcomes},
    )
    return Surroundings([(key, *rest) for _, key, *rest in records], sources, state, newest_of(seen))


def _standing(rows: Rows) -> Iterator[tuple[Slot, Event]]:
    width = len(Slot._fields)
    for row in rows:
        yield Slot(*row[:width]), Event(*row[width:])


def store(write: ShortWrite, around: Surroundings, draft: Draft) -> Event:
    """Store a vote and what it means.

    Raises:
        DecisionError: something else would stand in its place, or it does not stand once it is stored.
    """
    transaction = write.transaction
    (event,) = event_log.draw(transaction, [draft], around.seen)
    place = slot(event)
    assert place is not None
    held = around.state.standing.get(place)
    if not contributors_of(transaction.protocol).include(event) or (held and precedence(held) >= precedence(event)):
        raise read_back.refusal(event, held)
    standing = {**around.state.standing, place: event}
    after = _outcomes(replace(around.state, standing=standing), write)
    leave = [Asked(_LEAVE, _named("in_", place._asdict()))] if held else []
    try:
        write.finish([*_outcome_changes(around.state.outcomes, after), *leave], _LOCK_NUMBERS, _stored(event, place))
    except Disproved:
        raise read_back.unkept(event) from None
    return event


def _stored(event: Event, place: Slot) -> list[Asked]:
    return [
        Asked(_LOG, _named("new_", event_log.row_of(event))),
        Asked(_STAND, _named("new_", update.standing_row(place, event))),
        Asked(_STANDS, {"of_event": event.id, **_named("in_", place._asdict())}, proves=True),
    ]


def _outcomes(state: State, write: ShortWrite) -> Mapping[tuple[str, Stage], Outcome]:
    pairs = [Pair.of(event) for place, event in state.standing.items() if place.kind == EventKind.DUPLICATE]
    return outcomes_of(state.standing, state.cluster_of, pairs, with_merges(write.transaction.protocol, state.standing))


def _outcome_changes(before: Mapping[tuple[str, Stage], Outcome], after: Mapping[tuple[str, Stage], Outcome]) -> Iterator[Asked]:
    changed = [question for question in (*before, *after) if before.get(question) != after.get(question)]
    for cluster, stage in dict.fromkeys(changed):
        if (cluster, stage) in before:
            yield Asked(_FORGET, {"in_cluster": cluster, "in_stage": stage})
        if (cluster, stage) in after:
            yield Asked(_MEAN, _named("new_", update.outcome_row(cluster, stage, after[cluster, stage])))


def _named(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{prefix}{name}": value for name, value in values.items()}


def _insert(table: Any, **computed: Any) -> sa.Insert:
    columns = sa.inspect(table).local_table.columns
    given = {column.key: sa.bindparam(f"new_{column.key}", type_=column.type) for column in columns}
    return sa.insert(table).values(**(given | computed))


def _same(table: Any, *names: str) -> list[Any]:
    return [getattr(table, name) == sa.bindparam(f"in_{name}") for name in names]


_LOG = _insert(EventRow, number=sa.select(sa.func.coalesce(sa.func.max(EventRow.number), 0) + 1).scalar_subquery())
_STAND, _LEAVE = _insert(StandingRow), sa.delete(StandingRow).where(*_same(StandingRow, *Slot._fields))
_MEAN, _FORGET = _insert(OutcomeRow), sa.delete(OutcomeRow).where(*_same(OutcomeRow, "cluster", "stage"))
_STANDS = (
    sa.select(PROOF)
    .select_from(StandingRow)
    .where(StandingRow.event == sa.bindparam("of_event"), *_same(StandingRow, *Slot._fields))
)
