"""What a program that knows an older schema leaves out of the events it stores, and gaps and doubles in their numbers: found and mended.

A follower asks for what has a larger number than the last it saw, and a clock decides what stands: an event that has neither is in the
log, but hardly anybody meets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from prisma_tool.model.log.clock import microseconds
from prisma_tool.model.log.contents import content_hash, derived_salt
from prisma_tool.model.log.events import Event
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow

_INCOMPLETE = (EventRow.sha256 == "") & (EventRow.clock == 0)


def incomplete_events(transaction: Transaction) -> int:
    """How many events have neither clock nor hash, because an older program stored them."""
    return transaction.session.execute(sa.select(sa.func.count()).select_from(EventRow).where(_INCOMPLETE)).scalar_one()


def complete_events(transaction: Transaction) -> int:
    """Give such events what an upgrade would have given them, so that copies in which this is done apart agree; returns how many."""
    rows = transaction.session.execute(event_rows.EVENTS.where(_INCOMPLETE))
    incomplete = list(map(event_rows.event_of, rows))
    for event in map(_completed, incomplete):
        values = {"clock": event.clock, "salt": event.salt, "sha256": event.sha256}
        transaction.session.execute(
            sa.update(EventRow).where(EventRow.id == event.id).values(values), execution_options={"synchronize_session": False}
        )
    transaction.session.expire_all()
    return len(incomplete)


def _completed(event: Event) -> Event:
    with_clock = replace(event, clock=microseconds(event.at), salt=derived_salt(event.id))
    return replace(with_clock, sha256=content_hash(with_clock))


def number_problems(transaction: Transaction) -> Iterator[str]:
    """What is wrong with the numbers, which should be 1, 2, 3... in the order of storing."""
    numbered = sa.case((EventRow.number > 0, EventRow.number))
    counts = sa.select(sa.func.count(), sa.func.count(numbered), sa.func.count(sa.distinct(numbered)), sa.func.max(numbered))
    total, positive, distinct, largest = transaction.session.execute(counts.select_from(EventRow)).one()
    if total > positive:
        yield f"{total - positive} events have no number: an older program stored them, and open applications do not meet them"
    if positive > distinct:
        yield f"{positive - distinct} events have a number that another has too"
    if (largest or 0) > distinct:
        yield f"{largest - distinct} numbers are missing between 1 and {largest}: rows of the log were deleted"


def renumber(transaction: Transaction) -> None:
    """Number all events anew in the order of their numbers; those without one come last, where followers meet them."""
    place = sa.func.row_number().over(
        order_by=(sa.case((EventRow.number > 0, 0), else_=1), EventRow.number, EventRow.clock, EventRow.id)
    )
    ordered: Any = sa.select(EventRow.id, place.label("place")).subquery()
    statement = (
        sa.update(EventRow)
        .where(EventRow.id == ordered.c.id, EventRow.number != ordered.c.place)
        .values(number=ordered.c.place)
        .execution_options(synchronize_session=False)
    )
    transaction.session.execute(statement)
