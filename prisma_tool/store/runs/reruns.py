"""What later runs brought about records that were there already: other contents, a further copy, or nothing any more.

Invariant: reads only. A record counts as vanished for as long as no later run, and no latest complete run of any search, delivers it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import CITATION_SEARCH
from prisma_tool.model.record.changes import EDITED_FIELD
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import decode
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import (
    EventRow,
    IdentifierRow,
    MembershipRow,
    RecordRow,
    RunRecordRow,
    RunRow,
    SourceRow,
    StandingRow,
    VersionRow,
)
from prisma_tool.store.runs.run_comparison import REPARSED, SINCE


@dataclass(frozen=True, slots=True)
class Revision:
    """A further version of a record: the kinds of change, when it was stored, and the contents before and after.

    `reparsed` marks one that a later parser made of an old answer: the source had said so all along.
    """

    key: str
    kinds: tuple[str, ...]
    since: datetime
    before: Citation
    after: Citation
    reparsed: bool = False


@dataclass(frozen=True, slots=True)
class VanishedRecord:
    """A record that a rerun of `search` did not find again; `narrowed` tells that the strategy had changed in between."""

    key: str
    search: str
    since: datetime
    narrowed: bool


@dataclass(frozen=True, slots=True)
class SearchState:
    """The latest run of a search: the source's label, how and when it ended, and the ids that it could not get.

    `dropped` says that the protocol no longer has the search.
    """

    search: str
    source: str
    status: RunStatus
    started: datetime
    undelivered: tuple[str, ...]
    dropped: bool = False
    service: Mapping[str, Any] = field(default_factory=dict)
    """What the run keeps about the service and its question."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record of a report with several: when it came, and when a decision on this very record was first stored, if ever."""

    key: str
    cluster: str
    added: datetime
    voted: datetime | None


@dataclass(frozen=True, slots=True)
class ArticleNumbers:
    """The numbers by which an article is known everywhere."""

    pmids: frozenset[str] = frozenset()
    dois: frozenset[str] = frozenset()

    def same_article(self, other: ArticleNumbers) -> bool:
        """Whether a PMID says so, or a DOI that no two PMIDs contradict: abstracts of one supplement may share a DOI."""
        if self.pmids and other.pmids:
            return not self.pmids.isdisjoint(other.pmids)
        return not self.dois.isdisjoint(other.dois)


def revisions(transaction: Transaction, kinds: Collection[str], keys: Collection[str] | None = None) -> list[Revision]:
    """Versions that changed a record in one of these kinds of change, of all records or of these keys, oldest first."""
    columns = sa.select(VersionRow.record, VersionRow.version, VersionRow.stored, VersionRow.changes)
    statement = columns.where(VersionRow.version > 1)
    rows = _of_keys(transaction, statement, VersionRow.record, keys)
    matching = [row for row in rows if _selected_kinds(row[3], kinds)]
    contents = _contents(transaction, {key for key, *_ in matching})
    revisions = [
        Revision(
            key, _selected_kinds(changes, kinds), stored, contents[key, version - 1], contents[key, version], REPARSED in changes
        )
        for key, version, stored, changes in matching
    ]
    return sorted(revisions, key=lambda revision: (revision.since, revision.key))


def _of_keys(
    transaction: Transaction, statement: Any, column: InstrumentedAttribute[str], keys: Collection[str] | None
) -> Iterator[Any]:
    """The rows of a statement, all or those of these keys."""
    if keys is None:
        yield from transaction.rows(statement)
    else:
        yield from select_in(transaction.session, statement, column, keys)


def _selected_kinds(changes: list[Any], kinds: Collection[str]) -> tuple[str, ...]:
    return tuple(str(kind) for kind in changes if kind in kinds)


def _contents(transaction: Transaction, keys: Collection[str]) -> dict[tuple[str, int], Citation]:
    statement = sa.select(VersionRow.record, VersionRow.version, VersionRow.content)
    return {
        (key, version): decode(content)
        for key, version, content in select_in(transaction.session, statement, VersionRow.record, keys)
    }


def vanished_records(transaction: Transaction, keys: Collection[str] | None = None) -> list[VanishedRecord]:
    """Records that a rerun did not find again and that nothing has found since, oldest first."""
    reported = [vanishing for vanishing in _reported_vanishings(transaction) if keys is None or vanishing.key in keys]
    deliveries = _deliveries(transaction, {vanishing.key for vanishing in reported})
    current = _current_runs(transaction)
    lasting = [
        vanishing
        for vanishing in reported
        if not any(started > vanishing.since or run in current for run, started in deliveries.get(vanishing.key, ()))
    ]
    # A record that vanished twice is told once, for the last time.
    return sorted(
        {vanishing.key: vanishing for vanishing in lasting}.values(), key=lambda vanishing: (vanishing.since, vanishing.key)
    )


def _reported_vanishings(transaction: Transaction) -> Iterator[VanishedRecord]:
    columns = sa.select(RunRow.search, RunRow.started, RunRow.query, RunRow.vanished)
    complete = columns.where(RunRow.search.is_not(None), RunRow.status == RunStatus.COMPLETE)
    earlier: dict[str, str] = {}
    for search, started, query, vanished in transaction.rows(complete.order_by(RunRow.started, RunRow.id)):
        narrowed = earlier.get(search, query) != query
        yield from (VanishedRecord(str(key), search, started, narrowed) for key in vanished)
        earlier[search] = query


def _deliveries(transaction: Transaction, keys: Collection[str]) -> dict[str, list[tuple[str, datetime]]]:
    statement = sa.select(RunRecordRow.record, RunRow.id, RunRow.started).join(RunRow, RunRow.id == RunRecordRow.run)
    deliveries: dict[str, list[tuple[str, datetime]]] = {}
    for key, run, started in select_in(transaction.session, statement, RunRecordRow.record, keys):
        deliveries.setdefault(key, []).append((run, started))
    return deliveries


def _current_runs(transaction: Transaction) -> set[str]:
    """The runs that say what each search finds now: the last whole one and the date-limited ones since."""
    statement = sa.select(RunRow.search, RunRow.id, RunRow.service).where(RunRow.search.is_not(None))
    complete = statement.where(RunRow.status == RunStatus.COMPLETE).order_by(RunRow.started, RunRow.id)
    current: dict[str, set[str]] = {}
    for search, run, service in transaction.rows(complete):
        current[search] = {run} | (current.get(search, set()) if service.get(SINCE) else set())
    return {run for runs in current.values() for run in runs}


def search_states(transaction: Transaction) -> list[SearchState]:
    """The latest run of each search that was ever run, in the order of the searches' names."""
    columns = sa.select(RunRow.search, SourceRow.name, RunRow.status, RunRow.started, RunRow.undelivered, RunRow.service)
    statement = columns.join(SourceRow, SourceRow.slug == RunRow.source).where(RunRow.search.is_not(None))
    rows = transaction.rows(statement.order_by(RunRow.started, RunRow.id))
    latest = {
        search: SearchState(
            search,
            source,
            RunStatus(status),
            started,
            tuple(map(str, undelivered)),
            # A citation search never stands in the protocol.
            dropped=search != CITATION_SEARCH and not transaction.protocol.has_search(search),
            service=service,
        )
        for search, source, status, started, undelivered, service in rows
    }
    return [latest[search] for search in sorted(latest)]


def votes_and_rulings_on(transaction: Transaction, keys: Collection[str]) -> dict[str, list[Event]]:
    """The votes and rulings that stand on each of these keys."""
    statement = event_rows.STANDING
    kinds = (EventKind.DECISION, EventKind.ADJUDICATION)
    rows = select_in(transaction.session, statement.where(StandingRow.kind.in_(kinds)), StandingRow.subject, keys)
    events_by_key: dict[str, list[Event]] = {}
    for event in map(event_rows.event_of, rows):
        events_by_key.setdefault(event.subject, []).append(event)
    return events_by_key


def arrivals(transaction: Transaction, keys: Collection[str] | None = None) -> list[Arrival]:
    """The records of the reports that a record may have joined late, report by report; or these records, which are those of one report."""
    decided = (StandingRow.subject == RecordRow.key) & (StandingRow.kind == EventKind.DECISION)
    statement = (
        sa.select(RecordRow.key, MembershipRow.cluster, RecordRow.added, sa.func.min(EventRow.received))
        .join(MembershipRow, MembershipRow.record == RecordRow.key)
        .outerjoin(StandingRow, decided)
        .outerjoin(EventRow, EventRow.id == StandingRow.event)
        .group_by(RecordRow.key, MembershipRow.cluster, RecordRow.added)
        .order_by(MembershipRow.cluster, RecordRow.key)
    )
    if keys is None:
        statement = statement.where(MembershipRow.cluster.in_(_perhaps_joined_late()))
    return [Arrival(*row) for row in _of_keys(transaction, statement, RecordRow.key, keys)]


def _perhaps_joined_late() -> Any:
    """The reports of which a record came after the first vote of all, or one that does not represent them was decided on itself."""
    came_later = sa.select(MembershipRow.cluster).join(RecordRow, RecordRow.key == MembershipRow.record)
    decided = sa.exists().where(StandingRow.subject == MembershipRow.record, StandingRow.kind == EventKind.DECISION)
    further = sa.select(MembershipRow.cluster).where(MembershipRow.record != MembershipRow.cluster, decided)
    return sa.union(came_later.where(RecordRow.added > event_rows.first_received([EventKind.DECISION])), further)


def article_numbers(transaction: Transaction, keys: Collection[str]) -> dict[str, ArticleNumbers]:
    """The PMIDs and DOIs of these records; one that has none is left out."""
    statement = sa.select(IdentifierRow.record, IdentifierRow.scheme, IdentifierRow.value)
    numbers: dict[str, dict[str, set[str]]] = {}
    for key, scheme, value in select_in(transaction.session, statement, IdentifierRow.record, keys):
        numbers.setdefault(key, {}).setdefault(scheme, set()).add(value)
    return {key: ArticleNumbers(frozenset(own.get("pmid", ())), frozenset(own.get("doi", ()))) for key, own in numbers.items()}


def state_counts(transaction: Transaction) -> dict[str, dict[str, int]]:
    """For each run (id), how many distinct records it delivered by what they meant (`RecordState`)."""
    statement = sa.select(RunRecordRow.run, RunRecordRow.state, sa.func.count()).group_by(RunRecordRow.run, RunRecordRow.state)
    counts: dict[str, dict[str, int]] = {}
    for run, state, n in transaction.rows(statement):
        counts.setdefault(run, {})[state] = n
    return counts


def kinds_of_change(transaction: Transaction) -> dict[str, dict[str, int]]:
    """For each run (id), how many records it changed by kind of change.

    Versions that a later parser made, and those that differ in corrected fields alone, do not count.
    """
    records_by_kind: dict[str, dict[str, set[str]]] = {}
    statement = sa.select(VersionRow.run, VersionRow.record, VersionRow.changes).where(VersionRow.version > 1)
    for run, record, changes in transaction.rows(statement):
        for kind in () if {REPARSED, EDITED_FIELD} & {*changes} else changes:
            records_by_kind.setdefault(run, {}).setdefault(str(kind), set()).add(record)
    return {run: {kind: len(records) for kind, records in kinds.items()} for run, kinds in records_by_kind.items()}


def delivered_in_state(transaction: Transaction, run: str, state: str, limit: int) -> list[str]:
    """Keys of the records that a run found new, seen or changed, in their order.

    Args:
        transaction: An open transaction.
        run: The id of the run.
        state: A `RecordState`: what the record was to the run.
        limit: How many keys at most.
    """
    statement = sa.select(RunRecordRow.record).where(RunRecordRow.run == run, RunRecordRow.state == state)
    return list(transaction.session.execute(statement.order_by(RunRecordRow.record).limit(limit)).scalars())


def changes_by(transaction: Transaction, run: str, keys: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The kinds of change that a run brought to each of these records."""
    statement = sa.select(VersionRow.record, VersionRow.changes).where(VersionRow.run == run, VersionRow.version > 1)
    return {key: tuple(map(str, changes)) for key, changes in select_in(transaction.session, statement, VersionRow.record, keys)}
