"""The hashes over the log as it is stored, and which events do not say what they said when they were stored.

Invariant: the log is streamed, so that what this costs in memory does not grow with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import chain

import sqlalchemy as sa

from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.events import Event
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.event_rows import COLUMNS, event_of
from prisma_tool.store.engine.schema import EventRow


class LogOrder(Enum):
    """An order in which this database may have come to hold what it holds."""

    STORED = (EventRow.number, EventRow.clock, EventRow.id)
    RECEIVED = (EventRow.received, EventRow.number, EventRow.clock, EventRow.id)
    """As `--at` counts; where several write beside each other it may differ from the order of the numbers."""
    CLOCK = (EventRow.clock, EventRow.id)


@dataclass(frozen=True, slots=True)
class StoredHash:
    """The hash of a stored event, and what says whether it was there at a moment."""

    sha256: str
    received: datetime
    order: tuple[int, str]
    merged: bool


def stored_identities(transaction: Transaction) -> Iterator[tuple[str, str, bool]]:
    """The id and the stored hash of each event, and whether it came from a copy."""
    return chain.from_iterable(transaction.streamed(sa.select(EventRow.id, EventRow.sha256, EventRow.merged)))


def altered(transaction: Transaction) -> Iterator[tuple[Event, str]]:
    """The events whose content does not fit the hash that was stored with them, each with the hash of what it says now."""
    for event in map(event_of, chain.from_iterable(transaction.streamed(sa.select(*COLUMNS)))):
        recomputed = content_hash(event)
        if recomputed != event.sha256:
            yield event, recomputed


def recomputed_hashes(transaction: Transaction) -> Callable[[LogOrder], Iterator[StoredHash]]:
    """What gives the hashes of all events, as they read now, in an order."""
    changed = {event.id: recomputed for event, recomputed in altered(transaction)}

    def hashes(order: LogOrder) -> Iterator[StoredHash]:
        statement = sa.select(EventRow.sha256, EventRow.received, EventRow.clock, EventRow.id, EventRow.merged)
        rows = chain.from_iterable(transaction.streamed(statement.order_by(*order.value)))
        for sha256, received, clock, event_id, merged in rows:
            yield StoredHash(changed.get(event_id, sha256), received, (clock, event_id), merged)

    return hashes
