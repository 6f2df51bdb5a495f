"""What this database has seen: the largest clock of its events, and when it stored something last.

Invariant: whatever is stored later has a later time of storing (`received`, `added`, `stored`), also where the wall clock was set back,
so that what a database held at a moment of its own past is what had arrived by then. It is the wall clock's time unless that would
break the order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, RecordRow, UtcText, VersionRow

_ARRIVAL = "arrival"
"""Under what a transaction remembers its time."""

_COLUMNS = (EventRow.received, RecordRow.added, VersionRow.stored)

# One statement: each is a look into an index, and a server on the other side of a network is asked once.
_NEWEST = sa.select(
    sa.func.coalesce(sa.select(sa.func.max(EventRow.clock)).scalar_subquery(), 0),
    *(sa.type_coerce(sa.select(sa.func.max(column)).scalar_subquery(), UtcText) for column in _COLUMNS),
)


class Newest(NamedTuple):
    """The largest clock of the log, 0 for an empty one, and when something was stored last, None for never."""

    clock: int
    arrival: datetime | None


def newest(transaction: Transaction) -> Newest:
    """What the database has seen by now."""
    clock, *moments = transaction.session.execute(_NEWEST).one()
    return Newest(clock, max((moment for moment in moments if moment is not None), default=None))


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
