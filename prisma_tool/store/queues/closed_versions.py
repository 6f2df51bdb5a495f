"""Reading what versions of a review were closed, and what came and was done since.

Invariant: with `at`, only what the database knew at that moment is read, so that an earlier version's flow stays what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from prisma_tool.model.log.events import Event, EventKind, Slot
from prisma_tool.model.log.versions import BEGINNING, Closing, Era, closings, cut
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, RecordRow, RunRecordRow, RunRow, StandingRow

REOPENING_KINDS = (EventKind.DECISION, EventKind.ADJUDICATION, EventKind.RETRIEVAL)
"""What a person does to a report that reopens it (counting rule 22, docs/counting.md)."""


def standing_closings(
    transaction: Transaction, at: datetime | None = None, before: tuple[int, str] | None = None
) -> tuple[Closing, ...]:
    """The versions that stand closed, oldest first; with `before`, those whose event is older than that one."""
    standing = closings(event_rows.not_undone(transaction, EventKind.VERSION, at))
    return tuple(closing for closing in standing if before is None or closing.order < before)


def read_era(
    transaction: Transaction,
    standing: Mapping[Slot, Event] | None = None,
    at: datetime | None = None,
    before: tuple[int, str] | None = None,
) -> Era:
    """The time since the newest close (counting rules 21 and 22, docs/counting.md).

    Args:
        transaction: The transaction to read in.
        standing: All standing events where they were read already (as those of an earlier moment are); None asks the kept ones.
        at: The moment as of which to read; None for now.
        before: The order of a closing (`Event.order`): only closings older than it count. None for all.
    """
    closed = standing_closings(transaction, at, before)
    if not closed:
        return Era()
    start = cut(closed)
    since = closed[0].received if start == BEGINNING else start
    acted = _stored_acts(transaction, since) if standing is None else _last_acts(standing.values())
    if start == BEGINNING:
        return Era(closed, acted=acted)
    return Era(closed, _arrived(transaction, start, at), _found_again(transaction, start, at), acted)


def arrived_since(transaction: Transaction, start: datetime) -> frozenset[str]:
    """The keys of the records that this database stored after a moment."""
    return _arrived(transaction, start, None)


def _arrived(transaction: Transaction, start: datetime, at: datetime | None) -> frozenset[str]:
    statement = sa.select(RecordRow.key).where(RecordRow.added > start)
    if at is not None:
        statement = statement.where(RecordRow.added <= at)
    return frozenset(transaction.session.execute(statement).scalars())


def _found_again(transaction: Transaction, start: datetime, at: datetime | None) -> frozenset[str]:
    """Older records that runs since then delivered; a run counts when it is complete, for its rows have no time of their own."""
    runs = sa.select(RunRow.id).where(RunRow.started > start, RunRow.status == RunStatus.COMPLETE)
    if at is not None:
        runs = runs.where(RunRow.finished <= at)
    statement = sa.select(RunRecordRow.record).distinct().join(RecordRow, RecordRow.key == RunRecordRow.record)
    statement = statement.where(RunRecordRow.run.in_(runs), RecordRow.added <= start)
    return frozenset(transaction.session.execute(statement).scalars())


def _last_acts(events: Iterable[Event]) -> dict[str, datetime]:
    acted: dict[str, datetime] = {}
    for event in events:
        if event.kind in REOPENING_KINDS:
            acted[event.subject] = max(event.received, acted.get(event.subject, BEGINNING))
    return acted


def _stored_acts(transaction: Transaction, since: datetime) -> dict[str, datetime]:
    statement = sa.select(StandingRow.subject, sa.func.max(EventRow.received)).join(EventRow, EventRow.id == StandingRow.event)
    statement = statement.where(StandingRow.kind.in_(REOPENING_KINDS), EventRow.received > since).group_by(StandingRow.subject)
    return dict(transaction.rows(statement))
