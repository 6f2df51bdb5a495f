"""What records were at a moment in the past: their content may have changed since, and with it who stands for a cluster.

Invariant: nothing that arrived later is looked at, so the state at a moment is the same whenever it is asked for.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.orm import InstrumentedAttribute

from prisma_tool.model.log.clusters import ClusterMember
from prisma_tool.model.log.corrections import edited
from prisma_tool.model.record.changes import completeness
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import decode
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, RecordRow, VersionRow
from prisma_tool.store.index.corrections import edits_in_log, ever_edited
from prisma_tool.store.projections import update


def unchanged_since(transaction: Transaction, at: datetime) -> bool:
    """Whether nothing has come to this database after a moment, so that what it keeps now is what it knew then."""
    return _nothing_after(transaction, at, EventRow.received) and records_unchanged_since(transaction, at)


def records_unchanged_since(transaction: Transaction, at: datetime) -> bool:
    """Whether no record has arrived, or was delivered otherwise, after a moment."""
    return _nothing_after(transaction, at, RecordRow.added) and _nothing_after(transaction, at, VersionRow.stored)


def _nothing_after(transaction: Transaction, at: datetime, column: InstrumentedAttribute[datetime]) -> bool:
    newest = transaction.session.execute(sa.select(sa.func.max(column))).scalar()
    return newest is None or newest <= at


def cluster_members_at(transaction: Transaction, at: datetime) -> dict[str, ClusterMember]:
    """What clustering needs to know of the records that had arrived by a moment, as they were then."""
    present = set(transaction.session.execute(sa.select(RecordRow.key).where(RecordRow.added <= at)).scalars())
    records = {key: record for key, record in update.cluster_members(transaction).items() if key in present}
    for key, citation in contents_at(transaction, at).items():
        records[key] = replace(records[key], completeness=completeness(citation))
    return records


def contents_at(transaction: Transaction, at: datetime) -> dict[str, Citation]:
    """The contents then of the records that had arrived by a moment and have changed since; all others are as they are now."""
    keys = _changed_since(transaction, at)
    statement = sa.select(VersionRow.record, VersionRow.version, VersionRow.content).where(VersionRow.stored <= at)
    latest: dict[str, tuple[int, str]] = {}
    for key, version, content in select_in(transaction.session, statement, VersionRow.record, keys):
        latest[key] = max(latest.get(key, (0, "")), (version, content))
    edits = edits_in_log(transaction, at) if latest else {}
    return {key: edited(decode(content), edits.get(key, ())) for key, (_, content) in latest.items()}


def _changed_since(transaction: Transaction, at: datetime) -> set[str]:
    """The records that had arrived by then and were delivered otherwise since, and those that somebody ever corrected."""
    later_version = (VersionRow.record == RecordRow.key) & (VersionRow.stored > at)
    changed = sa.select(RecordRow.key).distinct().join(VersionRow, later_version).where(RecordRow.added <= at)
    return set(transaction.session.execute(changed).scalars()) | ever_edited(transaction)
