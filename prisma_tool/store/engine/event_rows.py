"""Reading the log: stored rows as events, narrowed and in the order in which they happened."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.contributors import Contributors, contributors_of, unlisted
from prisma_tool.model.log.events import Event, EventKind, Slot, undone
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, SharedJson, StandingRow

PAYLOAD = sa.type_coerce(EventRow.payload, SharedJson).label("payload")
"""The payload of an event, to be read alone."""
COLUMNS = tuple(PAYLOAD if name == "payload" else getattr(EventRow, name) for name in Event.__struct_fields__)
"""What a statement selects for `event_of`. Columns, not mapped objects: a log has hundreds of thousands, and an object costs ten times its row."""
EVENTS = sa.select(*COLUMNS)
"""Selects events. What it begins costs a tenth of a statement that is put together anew each time."""
STANDING = EVENTS.join(StandingRow, StandingRow.event == EventRow.id)
"""Selects those that stand."""
SLOT = tuple(getattr(StandingRow, name) for name in Slot._fields)
"""With `COLUMNS` behind it, what a statement selects for `standing_event_of`."""


def event_of(row: Sequence[Any]) -> Event:
    """The event in a row of `COLUMNS`."""
    return Event(*row)


def standing_event_of(row: Sequence[Any]) -> tuple[Slot, Event]:
    """The slot and the event that stands in it, in a row of `SLOT` and `COLUMNS`."""
    return Slot(*row[: len(SLOT)]), Event(*row[len(SLOT) :])


def events(  # noqa: PLR0913 - each argument narrows by itself
    transaction: Transaction,
    *,
    kinds: Collection[str] = (),
    subjects: Collection[str] = (),
    reviewer: str = "",
    received_by: datetime | None = None,
    received_after: datetime | None = None,
    merged: bool | None = None,
    newest_first: bool = False,
    limit: int | None = None,
) -> Iterator[Event]:
    """Events of the log, oldest first (`Event.order`), narrowed by any of the arguments.

    Args:
        transaction: The transaction to read in.
        kinds: Only these kinds (`EventKind`); empty for all.
        subjects: Only events about these keys, or, for undo events, about these ids; empty for all.
        reviewer: Only this reviewer's; empty for everybody's.
        received_by: Only what this database had stored by then.
        received_after: Only what it has stored since then.
        merged: Only what came from a copy, or only what did not.
        newest_first: The newest first.
        limit: At most so many.
    """
    oldest_first = (EventRow.clock, EventRow.id)
    order = [column.desc() for column in oldest_first] if newest_first else oldest_first
    statement = EVENTS.order_by(*order).limit(limit)
    if kinds:
        statement = statement.where(EventRow.kind.in_(sorted(kinds)))
    if subjects:
        statement = statement.where(EventRow.subject.in_(sorted(subjects)))
    if reviewer:
        statement = statement.where(EventRow.reviewer == reviewer)
    if received_by is not None:
        statement = statement.where(EventRow.received <= received_by)
    if received_after is not None:
        statement = statement.where(EventRow.received > received_after)
    if merged is not None:
        statement = statement.where(EventRow.merged == merged)
    return map(event_of, chain.from_iterable(transaction.streamed(statement)))


def newest_moment(
    transaction: Transaction, received_by: datetime | None = None, before: tuple[int, str] | None = None
) -> datetime | None:
    """When the newest event happened (of those stored by a moment, and of those before one `Event.order`); None for an empty log."""
    statement = sa.select(EventRow.at).order_by(EventRow.clock.desc(), EventRow.id.desc()).limit(1)
    if received_by is not None:
        statement = statement.where(EventRow.received <= received_by)
    if before is not None:
        clock, event_id = before
        earlier_in_clock = sa.and_(EventRow.clock == clock, EventRow.id < event_id)
        statement = statement.where(sa.or_(EventRow.clock < clock, earlier_in_clock))
    return transaction.session.execute(statement).scalar()


def first_received(kinds: Collection[str], stage: str | None = None) -> sa.ScalarSelect[datetime]:
    """When this database stored its first event of these kinds, taken back or not, as a value within a statement; with `stage` of that one."""
    # Asked by its kind, SQLite would go through all votes; asked by the moment, it stops at the first.
    statement = sa.select(EventRow.received).where(EventRow.kind.concat("").in_(sorted(kinds)))
    statement = statement if stage is None else statement.where(EventRow.stage == stage)
    return statement.order_by(EventRow.received).limit(1).scalar_subquery()


def latest(
    transaction: Transaction,
    limit: int,
    *,
    before: int | None = None,
    kind: str = "",
    subjects: Collection[str] = (),
    reviewer: str = "",
) -> list[tuple[int, Event]]:
    """The newest events, or those stored before the event numbered `before`, each with its number, newest first.

    Empty `kind`, `subjects` and `reviewer` narrow nothing. Reads the log backwards from there, so that the first page of a long log costs what that of a short one does.
    """
    statement = sa.select(EventRow.number, *COLUMNS).order_by(EventRow.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(EventRow.number < before)
    if kind:
        statement = statement.where(EventRow.kind == kind)
    if subjects:
        statement = statement.where(EventRow.subject.in_(sorted(subjects)))
    if reviewer:
        statement = statement.where(EventRow.reviewer == reviewer)
    return [(number, event_of(row)) for number, *row in transaction.session.execute(statement)]


def not_undone(transaction: Transaction, kind: EventKind, at: datetime | None = None) -> list[Event]:
    """The events of a kind that nobody took back (by a moment), oldest first; for kinds of which all stand together."""
    counts = contributors(transaction).include
    candidates = [event for event in events(transaction, kinds=[kind], received_by=at) if counts(event)]
    undone_ids = find_undone(transaction, {event.id for event in candidates}, at)
    return [event for event in candidates if event.id not in undone_ids]


def find_undone(transaction: Transaction, ids: Collection[str], at: datetime | None = None) -> frozenset[str]:
    """Those of the events with these ids that an undo in force (by a moment) takes back."""
    undos: list[Event] = []
    targets, counts = set(ids), contributors(transaction).include
    known = set(targets)
    while targets:
        further = [
            event for event in events(transaction, kinds=[EventKind.UNDO], subjects=targets, received_by=at) if counts(event)
        ]
        undos += further
        # A copy may have brought undo events that name each other.
        targets = {event.id for event in further} - known
        known |= targets
    return undone(undos) & frozenset(ids)


def contributors(transaction: Transaction) -> Contributors:
    """Whose events count under the transaction's protocol."""
    return contributors_of(transaction.protocol, _VersionLabels(transaction))


class _VersionLabels:
    """The labels of the versions in the log, which are only looked up for a name that nobody lists."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def __contains__(self, label: object) -> bool:
        known = sa.select(EventRow.id).where(EventRow.kind == EventKind.VERSION, EventRow.subject == label).limit(1)
        return self._transaction.session.execute(known).first() is not None


def unlisted_people(transaction: Transaction) -> dict[str, int]:
    """How many events the log holds that count for nothing: all of people whom review.toml does not list, votes of those who do not screen."""
    counted = contributors(transaction)
    # Whose votes count, of that person everything counts: in most reviews that is everybody, and nothing is left to be counted.
    names = transaction.session.execute(sa.select(EventRow.reviewer).distinct()).scalars()
    strangers = [name for name in names if not counted.may_vote(name)]
    if not strangers:
        return {}
    is_vote = EventRow.kind == EventKind.DECISION
    statement = sa.select(EventRow.reviewer, is_vote, sa.func.count()).where(EventRow.reviewer.in_(strangers))
    rows = transaction.session.execute(statement.group_by(EventRow.reviewer, is_vote))
    return unlisted({(name, bool(are_votes)): n for name, are_votes, n in rows}, counted)


def event_by_id(transaction: Transaction, event_id: str) -> Event:
    """One event.

    Raises:
        DecisionError: there is none with this id.
    """
    row = transaction.session.execute(EVENTS.where(EventRow.id == event_id)).first()
    if row is None:
        raise DecisionError(f"There is no event {event_id} in this review's log; `prisma-tool log` lists them.")
    return event_of(row)


def with_ids(transaction: Transaction, ids: Collection[str]) -> list[Event]:
    """The events with these ids; unknown ones are left out."""
    return list(map(event_of, select_in(transaction.session, EVENTS, EventRow.id, ids)))


def in_force(transaction: Transaction, event_id: str) -> bool:
    """True where an event holds its slot: neither taken back nor replaced by a later one."""
    statement = sa.select(StandingRow.event).where(StandingRow.event == event_id)
    return transaction.session.execute(statement).first() is not None


_FEW = 3
"""Slots that are asked for one by one, as after a decision: a statement that never changes costs a fraction of one made to measure."""

_STANDS = sa.select(StandingRow.event).where(*(getattr(StandingRow, name) == sa.bindparam(name) for name in Slot._fields))


def standing_ids(transaction: Transaction, places: Collection[Slot]) -> dict[Slot, str]:
    """The ids of the events that stand in these slots, as the projections keep them; slots in which nothing stands are left out."""
    wanted = set(places)
    if len(wanted) <= _FEW:
        connection = transaction.session.connection()
        events_by_place = {place: connection.execute(_STANDS, place._asdict()).scalar() for place in wanted}
        return {place: event for place, event in events_by_place.items() if event is not None}
    columns = (*(getattr(StandingRow, name) for name in Slot._fields), StandingRow.event)
    statement = sa.select(*columns).where(StandingRow.kind.in_({place.kind for place in wanted}))
    rows = select_in(transaction.session, statement, StandingRow.subject, {place.subject for place in wanted})
    return {place: event for *names, event in rows if (place := Slot(*names)) in wanted}


def last_standing(transaction: Transaction, kind: EventKind, reviewer: str, stage: str) -> Event | None:
    """What a reviewer said last at a stage, of what stands; None of nothing."""
    same = [getattr(StandingRow, name) == getattr(EventRow, name) for name in ("kind", "subject", "stage", "reviewer")]
    stands = sa.exists().where(*same, StandingRow.event == EventRow.id)
    own = EVENTS.where(EventRow.kind == kind, EventRow.reviewer == reviewer, EventRow.stage == stage, stands)
    row = transaction.session.execute(own.order_by(EventRow.clock.desc(), EventRow.id.desc()).limit(1)).first()
    return None if row is None else event_of(row)


def standing_in(transaction: Transaction, place: Slot) -> Event | None:
    """The event that stands in a slot; None where nothing does."""
    event_id = standing_ids(transaction, [place]).get(place)
    return None if event_id is None else event_by_id(transaction, event_id)
