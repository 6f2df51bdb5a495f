"""Sources, searches and runs: what was asked where, when, and what came back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.keys import slug
from prisma_tool.model.vocabulary import RecordState, RunStatus, SourceKind
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RecordRow, RunRecordRow, RunRow, SearchRow, SourceRow


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
    rows = transaction.session.execute(sa.select(SourceRow).order_by(SourceRow.position, SourceRow.slug)).scalars()
    return [Source(row.slug, row.name, SourceKind(row.kind), row.position) for row in rows]


def register_search(transaction: Transaction, name: str, source: str) -> None:
    """Note that a search of this name exists for this source (slug)."""
    if transaction.session.get(SearchRow, name) is None:
        transaction.session.add(SearchRow(name=name, source=source))
        transaction.session.flush()


def begin_run(transaction: Transaction, source: str, *, search: str | None = None, **facts: Any) -> RunRow:
    """A new run, still running. `facts` are further columns of the run."""
    values: dict[str, Any] = {"operator": "", "query": "", "translation": "", "file_name": "", "file_sha256": ""}
    values |= {"format": "", "encoding": "", "requests": 0, "seconds": 0.0, "declared": None, "reported": None, "finished": None}
    lists: dict[str, Any] = {name: [] for name in ("undelivered", "vanished", "warnings", "raw", "rejected")}
    row = RunRow(
        id=transaction.new_id(),
        source=source,
        search=search,
        status=RunStatus.RUNNING,
        started=transaction.now(),
        tool_version=transaction.tool_version,
        **{**values, **lists, "service": {}, "checkpoint": {}, **facts},
    )
    transaction.session.add(row)
    transaction.session.flush()
    return row


def run(transaction: Transaction, run_id: str) -> RunRow:
    """A run by id; it must exist."""
    return transaction.session.get_one(RunRow, run_id)


def is_unfinished(search: str, status: str, protocol: Protocol) -> bool:
    """True where the latest run of a search leaves something to be done.

    One that was refused or failed, and that the protocol no longer has, does not: it was corrected under another name, or given up.
    """
    gone = not protocol.has_search(search) and status in (RunStatus.REFUSED, RunStatus.FAILED)
    return status != RunStatus.COMPLETE and not gone


def last_run(transaction: Transaction, search: str, statuses: Iterable[RunStatus]) -> RunRow | None:
    """The latest run of a search that ended in one of these ways."""
    statement = sa.select(RunRow).where(RunRow.search == search, RunRow.status.in_(list(statuses))).order_by(RunRow.id.desc())
    return transaction.session.execute(statement.limit(1)).scalar()


def latest_runs(transaction: Transaction) -> list[RunRow]:
    """All runs in the order of their start."""
    return list(transaction.session.execute(sa.select(RunRow).order_by(RunRow.started, RunRow.id)).scalars())


def of_source(transaction: Transaction, source: str) -> list[RunRow]:
    """All runs of a source (slug), searches and imports, in the order of their start."""
    statement = sa.select(RunRow).where(RunRow.source == source).order_by(RunRow.started, RunRow.id)
    return list(transaction.session.execute(statement).scalars())


def import_of(transaction: Transaction, sha256: str, source: str) -> RunRow | None:
    """The run that imported a file of this content for this source, if any."""
    statement = sa.select(RunRow).where(RunRow.file_sha256 == sha256, RunRow.status == RunStatus.COMPLETE)
    return transaction.session.execute(statement.where(RunRow.source == source).limit(1)).scalar()


def tally(transaction: Transaction, run_id: str) -> Tally:
    """What a run delivered, counted from its rows."""
    statement = sa.select(RunRecordRow.state, sa.func.count()).where(RunRecordRow.run == run_id).group_by(RunRecordRow.state)
    counted = dict(transaction.session.execute(statement).all())
    return Tally(counted.get(RecordState.NEW, 0), counted.get(RecordState.SEEN, 0), counted.get(RecordState.CHANGED, 0))


def delivered_keys(transaction: Transaction, run_id: str) -> set[str]:
    """The keys that a run delivered."""
    return set(transaction.session.execute(sa.select(RunRecordRow.record).where(RunRecordRow.run == run_id)).scalars())


def delivered_accessions(transaction: Transaction, run_id: str, accessions: Iterable[str]) -> set[str]:
    """Which of these accessions a run has delivered already."""
    statement = sa.select(RecordRow.accession).join(RunRecordRow, RunRecordRow.record == RecordRow.key)
    narrowed = statement.where(RunRecordRow.run == run_id)
    return {accession for (accession,) in select_in(transaction.session, narrowed, RecordRow.accession, set(accessions))}
