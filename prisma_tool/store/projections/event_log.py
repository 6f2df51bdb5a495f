"""The only way into the append-only log.

`append` stores events, brings the projections up to date and reads back what stands, all in the caller's transaction. Reading is in
`store.engine.event_rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from prisma_tool.model.log import clock as clocks
from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.events import Channel, Event, EventKind
from prisma_tool.store.engine.arrival import Newest, arrival_time, newest
from prisma_tool.store.engine.batches import insert_all
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow
from prisma_tool.store.projections import log_head, read_back
from prisma_tool.store.projections import update as projections


@dataclass(frozen=True, slots=True)
class Draft:
    """An event about to be stored; `at` is when it was done, None for now, `via` how it came, None as the whole transaction does."""

    kind: EventKind
    subject: str = ""
    stage: str = ""
    reviewer: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    via: Channel | None = None


def append(transaction: Transaction, drafts: Iterable[Draft]) -> list[Event]:
    """Store events and what they mean; both or neither reach the disk, and only if they stand once they are stored.

    Returns:
        The events as stored, in the order of the drafts.

    Raises:
        DecisionError: an undo names an event that the log does not have, or something else would stand in the place of an event.
    """
    events = draw(transaction, drafts, newest(transaction))
    last, summed = log_head.newest_numbers(transaction)
    insert_all(
        transaction.session, EventRow, ({**row_of(event), "number": number} for number, event in enumerate(events, last + 1))
    )
    log_head.keep_sums(transaction, summed, last + len(events), len(events))
    projections.follow(transaction, events)
    read_back.require_standing(transaction, events)
    return events


def draw(transaction: Transaction, drafts: Iterable[Draft], seen: Newest) -> list[Event]:
    """The events that this transaction is to store, with their ids, times and hashes, after all that the database has `seen`."""
    now = transaction.now()
    received = arrival_time(transaction, now, seen)
    # The time of this database is never behind the records that it holds, so that who decides now has seen them, by the clock too.
    clock = clocks.following(max(now, received), seen.clock)
    events = [_event(transaction, draft, now, received, clock + place) for place, draft in enumerate(drafts)]
    transaction.log(events)
    return events


def _event(transaction: Transaction, draft: Draft, now: datetime, received: datetime, clock: int) -> Event:
    event = Event(
        id=transaction.new_id(),
        kind=draft.kind,
        subject=draft.subject,
        stage=draft.stage,
        reviewer=draft.reviewer,
        at=draft.at or now,
        received=received,
        tool_version=transaction.tool_version,
        payload=dict(draft.payload),
        clock=clock,
        via=_channel(transaction, draft),
        salt=transaction.new_salt(),
    )
    return replace(event, sha256=content_hash(event))


def _channel(transaction: Transaction, draft: Draft) -> Channel:
    """How an event came; what an automation tool decided did, whoever hands it in."""
    if draft.kind == EventKind.DECISION and draft.reviewer in transaction.protocol.tools:
        return Channel.TOOL
    return draft.via or transaction.via


def last_number(transaction: Transaction) -> int:
    """How many events this database has stored, by the number of the newest; it grows with every event, whoever stores it."""
    return transaction.session.execute(sa.select(sa.func.coalesce(sa.func.max(EventRow.number), 0))).scalar_one()


def row_of(event: Event) -> dict[str, Any]:
    """An event of this database's own as a row, but for its number."""
    return {**{name: getattr(event, name) for name in Event.__struct_fields__}, "merged": False}
