"""The time of this database: when it stored an event, a record or a further content of one.

Invariant: whatever is stored later has a later time, also where the wall clock was set back, so that what a database held at a moment
of its own past is what had arrived by then. It is the wall clock's time unless that would break the order.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, RecordRow, VersionRow

_ARRIVAL = "arrival"
"""Under what a transaction remembers its time."""

_COLUMNS = (EventRow.received, RecordRow.added, VersionRow.stored)


def arrival_time(transaction: Transaction, now: datetime) -> datetime:
    """The time of whatever this transaction stores, one moment for all of it; `now` is what the wall clock says."""
    known: datetime | None = transaction.session.info.get(_ARRIVAL)
    if known is None:
        transaction.session.info[_ARRIVAL] = known = _after(now, newest_arrival(transaction))
    return known


def known_arrival(transaction: Transaction) -> datetime | None:
    """The time of this transaction, if it has stored anything that has one."""
    known: datetime | None = transaction.session.info.get(_ARRIVAL)
    return known


def arrive_as(transaction: Transaction, moment: datetime) -> None:
    """Let what is stored from here on have come at a moment of the past: it is put back where it was."""
    transaction.session.info[_ARRIVAL] = moment


def newest_arrival(transaction: Transaction) -> datetime | None:
    """When this database stored something last; None for an empty one."""
    newest = (transaction.session.execute(sa.select(sa.func.max(column))).scalar() for column in _COLUMNS)
    return max((moment for moment in newest if moment is not None), default=None)


def _after(now: datetime, newest: datetime | None) -> datetime:
    return now if newest is None or now > newest else newest + timedelta(microseconds=1)
