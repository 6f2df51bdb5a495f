"""A run while it is under way: what has arrived, what is still missing, and where it goes on.

Invariant: noting an arrival reads and writes only the columns that it adds to, so that its cost does not follow the size of the
checkpoint, which holds every id that a search listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from prisma_tool.store.engine.batches import PORTION
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RunRow
from prisma_tool.store.runs import runs


def note_arrival(transaction: Transaction, run_id: str, raw: Mapping[str, Any], warnings: Sequence[str]) -> None:
    """Add an answer that was kept, and what a person should know about it, to a run."""
    before = transaction.session.execute(sa.select(RunRow.raw, RunRow.warnings).where(RunRow.id == run_id)).one()
    values = {"raw": [*before.raw, dict(raw)], **({"warnings": [*before.warnings, *warnings]} if warnings else {})}
    transaction.session.execute(sa.update(RunRow).where(RunRow.id == run_id).values(values))


def answers_kept(transaction: Transaction, run_id: str) -> int:
    """How many answers of a run were kept so far."""
    return len(transaction.session.execute(sa.select(RunRow.raw).where(RunRow.id == run_id)).scalar_one())


def checkpoint(transaction: Transaction, run_id: str) -> dict[str, Any]:
    """Where a run goes on."""
    return dict(transaction.session.execute(sa.select(RunRow.checkpoint).where(RunRow.id == run_id)).scalar_one())


def set_checkpoint(transaction: Transaction, run_id: str, place: Mapping[str, Any]) -> None:
    """Say where a run goes on."""
    transaction.session.execute(sa.update(RunRow).where(RunRow.id == run_id).values(checkpoint=dict(place)))


def missing(transaction: Transaction, run_id: str, accessions: Iterable[str]) -> Iterator[str]:
    """Those of the accessions that a run has not delivered, in their order, with a portion in memory at a time."""
    rest = iter(accessions)
    while portion := list(islice(rest, PORTION)):
        delivered = runs.delivered_accessions(transaction, run_id, portion)
        yield from (accession for accession in portion if accession not in delivered)
