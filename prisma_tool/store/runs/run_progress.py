"""A run while it is under way: what has arrived, what is still missing, where it goes on, and how it ends.

A run is changed here and nowhere else. Invariant: noting an arrival reads and writes only the columns that it adds to, so that its cost does not follow the size of the
checkpoint, which holds every id that a search listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.store.engine.arrival import arrival_time
from prisma_tool.store.engine.batches import PORTION
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RunRow
from prisma_tool.store.runs import run_entries, runs


def note_arrival(transaction: Transaction, run_id: str, raw: Mapping[str, Any], warnings: Sequence[str]) -> None:
    """Add an answer that was kept, and what a person should know about it, to a run.

    Args:
        transaction: A transaction that writes.
        run_id: The run.
        raw: The entry of `Run.raw` for the answer, as JSON values.
        warnings: Sentences for people; often none.
    """
    before = transaction.session.execute(sa.select(RunRow.raw, RunRow.warnings).where(RunRow.id == run_id)).one()
    values = {"raw": [*before.raw, dict(raw)], **({"warnings": [*before.warnings, *warnings]} if warnings else {})}
    _set(transaction, run_id, **values)


_OFTEN = frozenset({"raw", "warnings", "checkpoint"})
"""What changes with every answer; the journal has it from the end of the run, and the answers themselves lie in raw/."""


def _set(transaction: Transaction, run_id: str, **values: Any) -> None:
    if not values.keys() <= _OFTEN:
        run_entries.note(transaction, run_id)
    transaction.session.execute(sa.update(RunRow).where(RunRow.id == run_id).values(values))


def answers_kept(transaction: Transaction, run_id: str) -> int:
    """How many answers of a run were kept so far."""
    return len(transaction.session.execute(sa.select(RunRow.raw).where(RunRow.id == run_id)).scalar_one())


def checkpoint(transaction: Transaction, run_id: str) -> dict[str, Any]:
    """Where a run goes on."""
    return dict(transaction.session.execute(sa.select(RunRow.checkpoint).where(RunRow.id == run_id)).scalar_one())


def set_checkpoint(transaction: Transaction, run_id: str, checkpoint: Mapping[str, Any]) -> None:
    """Say where a run goes on."""
    _set(transaction, run_id, checkpoint=dict(checkpoint))


def resume(transaction: Transaction, run_id: str, warnings: Iterable[str]) -> None:
    """Go on with a run that had stopped; `warnings` are those of its warnings that still hold."""
    _set(transaction, run_id, status=RunStatus.RUNNING, warnings=list(warnings))


def finish(transaction: Transaction, run_id: str, status: RunStatus, **facts: Any) -> None:
    """End a run, for now or for good. `facts` are further fields of the run, as they are at its end."""
    _set(transaction, run_id, status=status, finished=arrival_time(transaction, transaction.now()), **facts)


def add_warnings(transaction: Transaction, run_id: str, warnings: Iterable[str]) -> None:
    """Add what a person should know about a run."""
    before = transaction.session.execute(sa.select(RunRow.warnings).where(RunRow.id == run_id)).scalar_one()
    _set(transaction, run_id, warnings=[*before, *warnings])


def add_service_facts(transaction: Transaction, run_id: str, facts: Mapping[str, Any]) -> None:
    """Add facts about the service, or about what it was asked, to a run's `service`; a fact of the same name is replaced."""
    before = transaction.session.execute(sa.select(RunRow.service).where(RunRow.id == run_id)).scalar_one()
    _set(transaction, run_id, service={**before, **facts})


def set_reported(transaction: Transaction, run_id: str, reported: int | None) -> None:
    """Say how many records the source reported; None while that is unknown."""
    _set(transaction, run_id, reported=reported)


def set_translation(transaction: Transaction, run_id: str, translation: str) -> None:
    """Keep what the source made of the strategy."""
    _set(transaction, run_id, translation=translation)


def set_undelivered(transaction: Transaction, run_id: str, ids: Iterable[str]) -> None:
    """Name the ids that the source listed and did not deliver."""
    _set(transaction, run_id, undelivered=list(ids))


def set_vanished(transaction: Transaction, run_id: str, keys: Iterable[str]) -> None:
    """Name the records that the run should have found again and did not, in sorted order."""
    _set(transaction, run_id, vanished=sorted(keys))


def missing_accessions(transaction: Transaction, run_id: str, accessions: Iterable[str]) -> Iterator[str]:
    """Those of the accessions that a run has not delivered, in their order, with a portion in memory at a time."""
    remaining = iter(accessions)
    while portion := list(islice(remaining, PORTION)):
        delivered = runs.delivered_accessions(transaction, run_id, portion)
        yield from (accession for accession in portion if accession not in delivered)
