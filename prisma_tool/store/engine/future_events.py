"""Events of the log that lie in the future by this computer's clock: done, or merged from where it was done, with a clock that was ahead.

They count like all others, and what is done now still comes after them. They are named because their dates are wrong, or this computer's.
"""

from __future__ import annotations

import sqlalchemy as sa

from prisma_tool.model.log import clock as clocks
from prisma_tool.model.log.clock import TOLERATED, microseconds
from prisma_tool.model.log.events import Event
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.event_rows import event_of
from prisma_tool.store.engine.schema import EventRow


def future_events(transaction: Transaction, *, whole_log: bool = False) -> list[Event]:
    """The events whose date lies ahead of the wall clock, oldest first, and the one that first brought the log's clock there.

    What was done after such an event has a clock that is ahead too, with a date that is right, and is not listed. An event's clock is
    never behind its date unless somebody forged it, so that an index answers; with `whole_log` every event's date is read.
    """
    latest = transaction.now() + TOLERATED
    ahead = EventRow.clock > microseconds(latest)
    oldest_first = sa.select(EventRow).order_by(EventRow.clock, EventRow.id)
    first = transaction.session.execute(oldest_first.where(ahead).limit(1)).scalars().all()
    if not first and not whole_log:
        return []
    dated = oldest_first.where(EventRow.at > latest) if whole_log else oldest_first.where(ahead, EventRow.at > latest)
    listed = {row.id: event_of(row) for row in [*first, *transaction.session.execute(dated).scalars()]}
    return sorted(listed.values(), key=lambda event: event.order)


def newest_clock(transaction: Transaction) -> int:
    """The largest clock that this database has seen; 0 for an empty log."""
    return transaction.session.execute(sa.select(sa.func.coalesce(sa.func.max(EventRow.clock), 0))).scalar_one()


def lag_sentence(transaction: Transaction) -> str:
    """That the wall clock is behind the newest event, as a sentence; empty where it is not, or by less than clocks usually differ."""
    behind = clocks.lag(transaction.now(), newest_clock(transaction))
    return clocks.lag_sentence(behind) if behind > TOLERATED else ""
