"""What services say of records outside any search: that a paper was retracted, or that there is an expression of concern.

Invariant: a service's notice of a kind is in the log once for a report, however often it is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.record.changes import notices
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import record_events, records


@dataclass(frozen=True, slots=True)
class ServiceNotice:
    """What a service says of a record: its key, the kind of notice, the service, and where the notice stands."""

    key: str
    notice: str
    by: str
    detail: str = ""


def notices_of(transaction: Transaction, keys: Collection[str] | None = None) -> Sequence[Event]:
    """The notices about these records that were not taken back; without keys, about all."""
    if keys is None:
        return event_rows.not_undone(transaction, EventKind.NOTICE)
    return record_events.events_about(transaction, EventKind.NOTICE, keys)


def keep_notices(
    transaction: Transaction, service_notices: Iterable[ServiceNotice], members: Mapping[str, Sequence[str]], reviewer: str = ""
) -> list[Event]:
    """Keep what is new among notices.

    Args:
        transaction: A transaction that writes.
        service_notices: What services say.
        members: By the key of each notice: the keys of all records of its report.
        reviewer: Who asked; nobody where the tool did by itself.

    Returns:
        The events of those that neither the log nor the records themselves had.
    """
    drafts = []
    for one in dict.fromkeys(service_notices):
        group = members[one.key]
        known = {event.text("notice") for event in notices_of(transaction, group)}
        stored = records.records_by_key(transaction, group).values()
        known |= {kind for record in stored for kind in notices(record.citation)}
        if one.notice not in known:
            payload = {"notice": one.notice, "by": one.by, **({"detail": one.detail} if one.detail else {})}
            drafts.append(event_log.Draft(EventKind.NOTICE, one.key, reviewer=reviewer, payload=payload))
    return event_log.append(transaction, drafts) if drafts else []
