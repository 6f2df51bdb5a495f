"""Events of a journal on top of a database that lacks them, and a whole review in the place of another.

Invariant: an event keeps its id, clock and hash; only when this database stored it, and as which number, is new.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from prisma_tool.model.log.events import Event, EventKind, by_order
from prisma_tool.store.copies.transfer import transfer
from prisma_tool.store.engine.arrival import arrival_time
from prisma_tool.store.engine.batches import insert_all
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import Base, EventRow, RecordRow
from prisma_tool.store.projections import log_head, rebuild

ABOUT_RECORDS = frozenset(
    {
        EventKind.DECISION,
        EventKind.ADJUDICATION,
        EventKind.DUPLICATE,
        EventKind.RETRIEVAL,
        EventKind.REMOVAL,
        EventKind.LABEL,
        EventKind.EDIT,
        EventKind.EFFORT,
        EventKind.NOTICE,
    }
)
"""The kinds whose subject is a record that must be there for them to count."""


def events_lacking(transaction: Transaction, events: Iterable[Event]) -> list[Event]:
    """Those of the events that this database lacks, in their order."""
    known = set(transaction.session.execute(sa.select(EventRow.id)).scalars())
    return sorted((event for event in events if event.id not in known), key=by_order)


def lacking_records(transaction: Transaction, events: Iterable[Event]) -> int:
    """How many of the events are about records that this database lacks."""
    known = set(transaction.session.execute(sa.select(RecordRow.key)).scalars())
    return sum(event.kind in ABOUT_RECORDS and event.subject not in known for event in events)


def replay_events(transaction: Transaction, lacking: list[Event]) -> int:
    """Store events that this database lacks, and what they mean; returns how many.

    They are not told to a journal: it is where they come from.
    """
    (last, summed), received = log_head.newest_numbers(transaction), arrival_time(transaction, transaction.now())
    rows = [
        {
            **{name: getattr(event, name) for name in Event.__struct_fields__},
            "received": received,
            "number": place,
            "merged": False,
        }
        for place, event in enumerate(lacking, last + 1)
    ]
    insert_all(transaction.session, EventRow, rows)
    log_head.keep_sums(transaction, summed, last + len(rows), len(rows))
    rebuild.rebuild(transaction)
    return len(rows)


def totals(transaction: Transaction) -> tuple[int, int]:
    """How many records and events a database holds."""
    counts = [
        transaction.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in (RecordRow, EventRow)
    ]
    return counts[0], counts[1]


def replace_all(source: Transaction, target: Transaction) -> None:
    """Let the database of `target` hold what that of `source` holds, and nothing else."""
    for table in reversed(Base.metadata.sorted_tables):
        target.session.connection().execute(sa.delete(table))
    transfer(source, target)
