"""Events of the log that lie in the future by this computer's clock: done, or merged from where it was done, with a clock that was ahead.

They count like all others, and what is done now still comes after them. They are named because their dates are wrong, or this computer's.
"""

from __future__ import annotations

import sqlalchemy as sa

from prisma_tool.model.log import clock as clocks
from prisma_tool.model.log.clock import TOLERATED, microseconds
from prisma_tool.model.log.events import Event
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.event_rows import COLUMNS, event_of
from prisma_tool.store.engine.schema import EventRow


def future_events(transaction: Transaction, *, whole_log: bool = False) -> list[Event]:
    """The events whose date lies ahead of the wall clock, oldest first, and the one that first brought the log's clock there.

    What was done after such an event has a clock that is ahead too, with a date that is right, and is not listed. An event's clock is
    never behind its date unless somebody forged it, so that an index answers; with `whole_log` every event's date is read.
    """
    latest = transaction.now() + TOLERATED
    ahead = EventRow.clock > microseconds(latest)
    oldest_first = sa.select(*COLUMNS).order_by(EventRow.clock, EventRow.id)
    first = transaction.session.execute(oldest_first.where(ahead).limit(1)).all()
    if not first and not whole_log:
        return []
    dated = oldest_first.where(EventRow.at > latest) if whole_log else oldest_first.where(ahead, EventRow.at > latest)
    listed = {event.id: event for event in map(event_of, [*first, *transaction.session.execute(dated)])}
    return sorted(listed.values(), key=lambda event: event.order)


def newest_clock(transaction: Transaction) -> int:
    """The largest clock that this database has seen; 0 for an empty log."""
    return transaction.session.execute(sa.select(sa.func.coalesce(sa.func.max(EventRow.clock), 0))).scalar_one()


def lag_line(transaction: Transaction) -> str:
    """That the wall clock is behind the newest event, for `doctor`; empty where it is not, or by less than clocks usually differ."""
    behind = clocks.lag(transaction.now(), newest_clock(transaction))
    if behind <= TOLERATED:
        return ""
    return (
        f"this computer's clock is {clocks.lag_text(behind)} behind the newest event of this review: what is done here still counts as "
        "the latest, but its date may be wrong until the clock is set"
    )
