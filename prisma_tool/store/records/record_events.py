"""What people left on records, and which runs delivered them, read for exporting and filtering.

Read only. Invariant: taken-back notes and superseded votes do not appear.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.events import Event, EventKind, by_order, undone
from prisma_tool.model.protocol.protocol import CITATION_SEARCH
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, RunRecordRow, RunRow, StandingRow


def voters(transaction: Transaction) -> dict[str, tuple[str, ...]]:
    """Who voted on each record, at any stage."""
    columns = (StandingRow.subject, StandingRow.reviewer)
    statement = sa.select(*columns).where(StandingRow.kind == EventKind.DECISION).distinct().order_by(*columns)
    return _values_by_key((key, (reviewer,)) for key, reviewer in transaction.rows(statement))


def runs_of_records(transaction: Transaction) -> dict[str, tuple[str, ...]]:
    """The runs that delivered each record, each by its id and the name of its search or file."""
    listed = sa.select(RunRow.id, RunRow.search, RunRow.file_name)
    names = {run: tuple(filter(None, (run, search, file))) for run, search, file in transaction.rows(listed)}
    pairs = sa.select(RunRecordRow.record, RunRecordRow.run).order_by(RunRecordRow.record, RunRecordRow.run)
    return _values_by_key((record, names[run]) for record, run in transaction.rows(pairs))


def _values_by_key(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    values_by_key: dict[str, tuple[str, ...]] = {}
    for key, values in pairs:
        values_by_key[key] = values_by_key.get(key, ()) + values
    return values_by_key


def votes_on(transaction: Transaction, keys: Collection[str]) -> list[Event]:
    """The standing decisions on these records, oldest first."""
    return standing_on(transaction, keys, (EventKind.DECISION,))


def standing_on(transaction: Transaction, keys: Collection[str], kinds: Collection[EventKind]) -> list[Event]:
    """The standing events of these kinds on these records, oldest first."""
    statement = event_rows.STANDING.where(StandingRow.kind.in_(kinds))
    rows = select_in(transaction.session, statement, StandingRow.subject, keys)
    return sorted((event_rows.event_of(row) for row in rows), key=by_order)


def notes_on(transaction: Transaction, keys: Collection[str]) -> list[Event]:
    """The notes on these records that were not taken back, oldest first."""
    return events_about(transaction, EventKind.NOTE, keys)


def events_about(transaction: Transaction, kind: EventKind, keys: Collection[str]) -> list[Event]:
    """The events of a kind about these records that were not taken back, superseded ones included, oldest first."""
    statement = event_rows.EVENTS.where(EventRow.kind == kind)
    events = [event_rows.event_of(row) for row in select_in(transaction.session, statement, EventRow.subject, keys)]
    counts = event_rows.contributors(transaction).include
    undone_ids = undone(undo for undo in _undos_of(transaction, {event.id: event for event in events}) if counts(undo))
    # What a stranger noted may be read; what a stranger did counts for nothing.
    counted = (event for event in events if kind == EventKind.NOTE or counts(event))
    return sorted((event for event in counted if event.id not in undone_ids), key=by_order)


def _undos_of(transaction: Transaction, events: Mapping[str, Event]) -> list[Event]:
    """The undo events that name these, and those that name them in turn."""
    statement = event_rows.EVENTS.where(EventRow.kind == EventKind.UNDO)
    undos: list[Event] = []
    targets: Collection[str] = events.keys()
    known: set[str] = set()
    while targets:
        further = [event_rows.event_of(row) for row in select_in(transaction.session, statement, EventRow.subject, targets)]
        undos += further
        # A copy may have brought undo events that name each other.
        targets = {event.id for event in further} - known
        known |= targets
    return undos


def labels_on(transaction: Transaction, keys: Collection[str]) -> set[tuple[str, str]]:
    """(record, label) for every label that stands on these records."""
    statement = event_rows.STANDING
    rows = select_in(transaction.session, statement.where(StandingRow.kind == EventKind.LABEL), StandingRow.subject, keys)
    events = (event_rows.event_of(row) for row in rows)
    return {(event.subject, event.text("label")) for event in events if event.payload.get("labelled")}


def all_labels(transaction: Transaction) -> set[str]:
    """Every label that stands on some record or once stood."""
    statement = sa.select(StandingRow.object).where(StandingRow.kind == EventKind.LABEL).distinct()
    return set(transaction.session.execute(statement).scalars())


ADDED = "added"
"""In a run's `service`: that one report was added by hand, by which number, and `from` which report it came."""


CITED = "cited"
"""In the `service` of a citation search: what it came to, per seed and index."""


CITATIONS = "citations"
"""In a watch's event: how many citation searches were run again."""


LED = "led"
"""In the `service` of a citation search: by record, the seeds that led to it, each with direction and index."""


def found_in(transaction: Transaction, keys: Collection[str] | None = None) -> dict[str, tuple[str, ...]]:
    """The reports that led to each of these records, or to all, in the order in which they were named."""
    columns = sa.select(RunRecordRow.record, RunRow.service).join(RunRow, RunRow.id == RunRecordRow.run)
    statement = columns.where(RunRow.search.is_(None), RunRow.file_sha256 == "").order_by(RunRow.started, RunRow.id)
    rows: Iterable[Any] = (
        transaction.rows(statement) if keys is None else select_in(transaction.session, statement, RunRecordRow.record, keys)
    )
    by_hand = ((key, (origin,)) for key, service in rows if (origin := str(service.get(ADDED, {}).get("from", ""))))
    return _values_by_key((*by_hand, *_cited_from(transaction, keys)))


def _cited_from(transaction: Transaction, keys: Collection[str] | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The seeds that led to records by citation searching; a run holds all of them at once, so that it is read once."""
    wanted = None if keys is None else frozenset(keys)
    statement = sa.select(RunRow.service).where(RunRow.search == CITATION_SEARCH).order_by(RunRow.started, RunRow.id)
    for service in transaction.session.execute(statement).scalars():
        for key, leads in service.get(LED, {}).items():
            if wanted is None or key in wanted:
                yield key, tuple(dict.fromkeys(str(seed) for seed, *_ in leads))
