"""What this database has seen: the largest clock of its events, and when it stored something last or a run began or ended.

Invariant: whatever is stored later has a later time of storing (`received`, `added`, `stored`), also where the wall clock was set back,
so that what a database held at a moment of its own past is what had arrived by then. It is the wall clock's time unless that would
break the order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.exchanges import Asked, Rows

_ARRIVAL = "arrival"
"""Under what a transaction remembers its time."""

# One statement for the driver: each part is a look into an index, every decision asks, and a server far away is asked once.
_NEWEST = (
    "SELECT (SELECT max(clock) FROM event), (SELECT max(received) FROM event), (SELECT max(added) FROM record), "
    "(SELECT max(stored) FROM record_version)"
)
NEWEST = Asked(sa.text(_NEWEST))
"""Asks what `newest_of` reads."""


class Newest(NamedTuple):
    """The largest clock of the log, 0 for an empty one, and when something was stored last, None for never."""

    clock: int
    arrival: datetime | None


def newest(transaction: Transaction) -> Newest:
    """What the database has seen by now."""
    return newest_of([tuple(transaction.session.connection().exec_driver_sql(_NEWEST).one())])


def newest_of(rows: Rows) -> Newest:
    """What the database had seen when `NEWEST` was answered."""
    ((clock, *moments),) = rows
    # Times are text of fixed width, so the largest text is the latest time.
    latest = max((text for text in moments if text is not None), default=None)
    return Newest(clock or 0, datetime.fromisoformat(latest) if latest else None)


def arrival_time(transaction: Transaction, now: datetime, seen: Newest | None = None) -> datetime:
    """The time of whatever this transaction stores, one moment for all of it.

    Args:
        transaction: The transaction that stores.
        now: What the wall clock says.
        seen: What the database has seen, where that was asked already.
    """
    known: datetime | None = transaction.session.info.get(_ARRIVAL)
    if known is None:
        last = (seen or newest(transaction)).arrival
        known = now if last is None or now > last else last + timedelta(microseconds=1)
        transaction.session.info[_ARRIVAL] = known
    return known


def known_arrival(transaction: Transaction) -> datetime | None:
    """The time of this transaction, if it has stored anything that has one."""
    known: datetime | None = transaction.session.info.get(_ARRIVAL)
    return known


def arrive_as(transaction: Transaction, moment: datetime) -> None:
    """Let what is stored from here on have come at a moment of the past: it is put back where it was."""
    transaction.session.info[_ARRIVAL] = moment
