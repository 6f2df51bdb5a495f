"""Sources, searches and runs: what was asked where, when, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.keys import slug
from prisma_tool.model.vocabulary import RecordState, RunStatus, SourceKind
from prisma_tool.store.engine.arrival import arrival_time
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RecordRow, RunRecordRow, RunRow, SearchRow, SourceRow
from prisma_tool.store.runs import run_entries


@dataclass(frozen=True, slots=True)
class Source:
    """A source as registered: slug, the team's label, kind, and the order in which it joined the review."""

    slug: str
    name: str
    kind: SourceKind
    position: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records a run delivered, by what they meant."""

    new: int
    seen: int
    changed: int

    @property
    def fetched(self) -> int:
        """All distinct records that the run delivered."""
        return self.new + self.seen + self.changed


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a search, or the import of one file (`search` is None), as it is stored.

    `source` is a slug, `query` the strategy as the protocol had it. `reported` counts what the source announced and `declared` what a
    file holds. `undelivered` are ids that the source listed but did not give, `vanished` keys that an earlier run had found.
    `service` holds facts about the source and the question by name, `raw` an entry for each answer that was kept, `checkpoint` what
    resuming needs, and `rejected` line and reason of each entry that cannot be read. `seconds` is the time spent.
    """

    id: str
    source: str
    search: str | None
    status: RunStatus
    started: datetime
    finished: datetime | None
    operator: str
    tool_version: str
    query: str
    translation: str
    reported: int | None
    undelivered: tuple[str, ...]
    vanished: tuple[str, ...]
    warnings: tuple[str, ...]
    requests: int
    seconds: float
    service: Mapping[str, Any]
    raw: tuple[Mapping[str, Any], ...]
    checkpoint: Mapping[str, Any]
    file_name: str
    file_sha256: str
    format: str
    encoding: str
    declared: int | None
    rejected: tuple[Mapping[str, Any], ...]


_LIST_COLUMNS = ("undelivered", "vanished", "warnings", "raw", "rejected")


def select_runs() -> sa.Select[Any]:
    """A statement for whole runs, to be narrowed; `runs_of` reads its rows."""
    return sa.select(*(getattr(RunRow, name) for name in Run.__slots__))


def runs_of(rows: Iterable[sa.Row[Any]]) -> Iterator[Run]:
    """The runs in the rows of `select_runs`."""
    for row in rows:
        values = row._asdict()
        yield Run(**{**values, **{name: tuple(values[name]) for name in _LIST_COLUMNS}, "status": RunStatus(row.status)})


def register_source(transaction: Transaction, name: str, kind: SourceKind) -> Source:
    """The source of this label, created at first sight; a known one keeps its label and kind."""
    known = find_source(transaction, slug(name))
    if known is not None:
        return known
    count = transaction.session.execute(sa.select(sa.func.count()).select_from(SourceRow)).scalar_one()
    transaction.session.add(SourceRow(slug=slug(name), name=name, kind=kind, platform="", position=count + 1))
    transaction.session.flush()
    return Source(slug(name), name, kind, count + 1)


def find_source(transaction: Transaction, source_slug: str) -> Source | None:
    """A registered source, or None."""
    row = transaction.session.get(SourceRow, source_slug)
    return Source(row.slug, row.name, SourceKind(row.kind), row.position) if row else None


def sources(transaction: Transaction) -> list[Source]:
    """All sources in the order in which they joined the review."""
    return list(transaction.once(sources, lambda: _sources(transaction)))


def _sources(transaction: Transaction) -> list[Source]:
    rows = transaction.session.execute(sa.select(SourceRow).order_by(SourceRow.position, SourceRow.slug)).scalars()
    return [Source(row.slug, row.name, SourceKind(row.kind), row.position) for row in rows]


def register_search(transaction: Transaction, name: str, source: str) -> None:
    """Note that a search of this name exists for this source (slug)."""
    if transaction.session.get(SearchRow, name) is None:
        transaction.session.add(SearchRow(name=name, source=source))
        transaction.session.flush()


def begin_run(transaction: Transaction, source: str, *, search: str | None = None, **facts: Any) -> Run:
    """A new run, still running.

    Args:
        transaction: A transaction that writes.
        source: The slug of a registered source.
        search: The name of a registered search; None for the import of a file.
        **facts: Further fields of `Run`, as far as they are known at the beginning.
    """
    values: dict[str, Any] = {"operator": "", "query": "", "translation": "", "file_name": "", "file_sha256": ""}
    values |= {"format": "", "encoding": "", "requests": 0, "seconds": 0.0, "declared": None, "reported": None, "finished": None}
    lists: dict[str, Any] = {name: [] for name in _LIST_COLUMNS}
    run_id = transaction.new_id()
    row = RunRow(
        id=run_id,
        source=source,
        search=search,
        status=RunStatus.RUNNING,
        # Runs are ordered by their beginning, and held against what was there when a version was closed.
        started=arrival_time(transaction, transaction.now()),
        tool_version=transaction.tool_version,
        **{**values, **lists, "service": {}, "checkpoint": {}, **facts},
    )
    transaction.session.add(row)
    transaction.session.flush()
    run_entries.note(transaction, run_id)
    return run(transaction, run_id)


def run(transaction: Transaction, run_id: str) -> Run:
    """A run by id; it must exist."""
    return next(runs_of([transaction.session.execute(select_runs().where(RunRow.id == run_id)).one()]))


def is_unfinished(search: str, status: str, protocol: Protocol) -> bool:
    """True where the latest run of a search leaves something to be done.

    One that was refused or failed, and that the protocol no longer has, does not: it was corrected under another name, or given up.

    Args:
        search: The name of the search.
        status: That of its latest run (`RunStatus`).
        protocol: The protocol as it is now.
    """
    abandoned = not protocol.has_search(search) and status in (RunStatus.REFUSED, RunStatus.FAILED)
    return status != RunStatus.COMPLETE and not abandoned


def last_run(transaction: Transaction, search: str, statuses: Iterable[RunStatus]) -> Run | None:
    """The latest run of a search that ended in one of these ways."""
    statement = select_runs().where(RunRow.search == search, RunRow.status.in_(list(statuses))).order_by(RunRow.id.desc())
    return next(runs_of(transaction.session.execute(statement.limit(1))), None)


def all_runs(transaction: Transaction) -> list[Run]:
    """All runs, earliest start first."""
    return list(runs_of(transaction.session.execute(select_runs().order_by(RunRow.started, RunRow.id))))


def of_source(transaction: Transaction, source: str) -> list[Run]:
    """All runs of a source (slug), searches and imports, in the order of their start."""
    statement = select_runs().where(RunRow.source == source).order_by(RunRow.started, RunRow.id)
    return list(runs_of(transaction.session.execute(statement)))


def searched_from_here(transaction: Transaction, searches: Mapping[str, str]) -> set[str]:
    """Which of these searches (names, each with the slug of its source) were once asked of their source by this program."""
    # A published log names no files, but their contents.
    asked = sa.select(RunRow.search, RunRow.source).distinct().where(RunRow.file_name == "", RunRow.file_sha256 == "")
    ours = {(name, source) for name, source in transaction.rows(asked)}
    return {name for name, source in searches.items() if (name, source) in ours}


def import_of(transaction: Transaction, sha256: str, source: str) -> Run | None:
    """The run that imported a file of this content for this source, if any.

    Args:
        transaction: An open transaction.
        sha256: The file's digest, in hexadecimal.
        source: The slug of the source.
    """
    statement = select_runs().where(RunRow.file_sha256 == sha256, RunRow.status == RunStatus.COMPLETE)
    return next(runs_of(transaction.session.execute(statement.where(RunRow.source == source).limit(1))), None)


def tally(transaction: Transaction, run_id: str) -> Tally:
    """What a run delivered, counted from its rows."""
    statement = sa.select(RunRecordRow.state, sa.func.count()).where(RunRecordRow.run == run_id).group_by(RunRecordRow.state)
    counts = dict(transaction.session.execute(statement).all())
    return Tally(counts.get(RecordState.NEW, 0), counts.get(RecordState.SEEN, 0), counts.get(RecordState.CHANGED, 0))


def delivered_keys(transaction: Transaction, run_id: str) -> set[str]:
    """The keys that a run delivered."""
    return set(transaction.session.execute(sa.select(RunRecordRow.record).where(RunRecordRow.run == run_id)).scalars())


def delivered_accessions(transaction: Transaction, run_id: str, accessions: Iterable[str]) -> set[str]:
    """Which of these accessions a run has delivered already."""
    statement = sa.select(RecordRow.accession).join(RunRecordRow, RunRecordRow.record == RecordRow.key)
    narrowed = statement.where(RunRecordRow.run == run_id)
    return {accession for (accession,) in select_in(transaction.session, narrowed, RecordRow.accession, set(accessions))}
