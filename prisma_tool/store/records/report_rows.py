"""What a review holds, without contents: the rows that counting needs, as they are or were at a moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import starmap

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, OutcomeRow, RecordRow, StandingRow
from prisma_tool.store.projections import as_of


class CountedRecord(Struct, frozen=True, gc=False):
    """One record: its key, its source's slug, and whether it is a register entry."""

    key: str
    source: str
    register_entry: bool


_COLUMNS = (RecordRow.key, RecordRow.source, RecordRow.register_entry)
_RECORDS = sa.select(*_COLUMNS).order_by(RecordRow.position, RecordRow.key)


def counted_records_of(transaction: Transaction, keys: Collection[str]) -> list[CountedRecord]:
    """These records alone, in the order of their arrival."""
    statement = sa.select(RecordRow.position, *_COLUMNS)
    return [
        CountedRecord(*record)
        for _, *record in sorted(map(tuple, select_in(transaction.session, statement, RecordRow.key, keys)))
    ]


def counted_records_from(transaction: Transaction, sources: Collection[str]) -> list[CountedRecord]:
    """The records of these sources alone, in the order of their arrival."""
    statement = _RECORDS.where(RecordRow.source.in_(sorted(sources)))
    return list(starmap(CountedRecord, transaction.rows(statement))) if sources else []


def counted_records(transaction: Transaction, at: datetime | None = None) -> list[CountedRecord]:
    """All records, in the order of their arrival; with `at`, those that had arrived by then."""
    statement = _RECORDS
    if at is not None:
        statement = statement.where(RecordRow.added <= at)
    rows = list(starmap(CountedRecord, transaction.rows(statement)))
    contents = {} if at is None else as_of.contents_at(transaction, at)
    return _with_contents(rows, contents) if contents else rows


def _with_contents(rows: list[CountedRecord], contents: Mapping[str, Citation]) -> list[CountedRecord]:
    register_entries = {key: citation.is_register_entry for key, citation in contents.items()}
    return [replace(row, register_entry=register_entries.get(row.key, row.register_entry)) for row in rows]


def clusters_in_conflict(transaction: Transaction) -> list[str]:
    """The reports of which an outcome at some stage is a conflict or leaves the reason open, in the order of their first record's arrival."""
    statement = (
        sa.select(MembershipRow.cluster)
        .join(OutcomeRow, OutcomeRow.cluster == MembershipRow.cluster)
        .join(RecordRow, RecordRow.key == MembershipRow.record)
        .where(sa.or_(OutcomeRow.state == OutcomeState.CONFLICT, OutcomeRow.reasons_differ))
        .order_by(RecordRow.position, RecordRow.key)
    )
    return list(dict.fromkeys(cluster for (cluster,) in transaction.rows(statement)))


def votes(transaction: Transaction, stage: str, reviewer: str) -> list[Event]:
    """The standing decisions of one reviewer at a stage."""
    statement = event_rows.STANDING
    conditions = (StandingRow.kind == EventKind.DECISION, StandingRow.stage == stage, StandingRow.reviewer == reviewer)
    return [event_rows.event_of(row) for row in transaction.rows(statement.where(*conditions))]


def title_abstract_voters(transaction: Transaction) -> list[tuple[str, str]]:
    """(record key, reviewer) of every standing decision and adjudication at title/abstract."""
    kinds = (EventKind.DECISION, EventKind.ADJUDICATION)
    statement = sa.select(StandingRow.subject, EventRow.reviewer).join(EventRow, EventRow.id == StandingRow.event)
    rows = transaction.rows(statement.where(StandingRow.kind.in_(kinds), StandingRow.stage == Stage.TITLE_ABSTRACT))
    return [(key, reviewer) for key, reviewer in rows]


def votes_per_reviewer(transaction: Transaction) -> list[tuple[str, str, int]]:
    """(reviewer, stage, number of records voted on)."""
    columns = (StandingRow.reviewer, StandingRow.stage)
    statement = sa.select(*columns, sa.func.count()).where(StandingRow.kind == EventKind.DECISION).group_by(*columns)
    rows = transaction.once(votes_per_reviewer, lambda: transaction.rows(statement.order_by(*columns)))
    return [(reviewer, stage, n) for reviewer, stage, n in rows]
