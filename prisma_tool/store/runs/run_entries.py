"""Runs for the journal: whoever changes what a run says of itself notes it here, and the state at the commit is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.run_entry import RunEntry
from prisma_tool.model.utc import utc_text
from prisma_tool.store.engine.arrival import known_arrival
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RunRow, SourceRow

_NOTED = "noted_runs"
"""Under what a session remembers the runs that are told of at its commit."""


def note(transaction: Transaction, run_id: str) -> None:
    """Have the state in which this transaction leaves a run told with its events."""
    noted: set[str] = transaction.session.info.setdefault(_NOTED, set())
    if not noted:
        transaction.before_commit(lambda: _tell(transaction, noted))
    noted.add(run_id)


def _tell(transaction: Transaction, noted: set[str]) -> None:
    transaction.log([_entry(transaction, run_id) for run_id in sorted(noted)])


def _entry(transaction: Transaction, run_id: str) -> RunEntry:
    run = _row(transaction, RunRow, RunRow.id, run_id)
    received = known_arrival(transaction) or datetime.fromisoformat(run["finished"] or run["started"])
    return RunEntry(received, run, _row(transaction, SourceRow, SourceRow.slug, str(run["source"])))


_UNTOLD = {"checkpoint"}
"""Where a run goes on holds every id that a search listed, and is of no use without its answers."""


def _row(transaction: Transaction, table: type[Any], column: Any, value: str) -> Mapping[str, Any]:
    columns = [each for each in sa.inspect(table).local_table.columns if each.name not in _UNTOLD]
    row = transaction.session.execute(sa.select(*columns).where(column == value)).mappings().one()
    return {name: utc_text(item) if isinstance(item, datetime) else item for name, item in row.items()}
