"""Where the untouched original of each record is: with its current version, or among the answers that its run kept.

Invariant: read only; a record whose current version came without an original is told as such (`in_store` is false), never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.packed_texts import unpacked
from prisma_tool.store.engine.schema import RecordRow, VersionRow

_CURRENT = (VersionRow.record == RecordRow.key) & (VersionRow.version == RecordRow.version)


@dataclass(frozen=True, slots=True)
class OriginalLocation:
    """Which run delivered a record's current content, under which accession, and whether the original is stored beside it."""

    run: str
    accession: str
    in_store: bool


def original_locations(transaction: Transaction, keys: Collection[str]) -> dict[str, OriginalLocation]:
    """The place of each record's original; unknown keys are left out."""
    statement = sa.select(RecordRow.key, VersionRow.run, RecordRow.accession, VersionRow.raw != b"").join(VersionRow, _CURRENT)
    rows = select_in(transaction.session, statement, RecordRow.key, keys)
    return {key: OriginalLocation(run, accession, bool(has_original)) for key, run, accession, has_original in rows}


def stored_originals(transaction: Transaction, keys: Collection[str]) -> Iterator[tuple[str, str]]:
    """Keys with their stored originals, in no particular order."""
    statement = sa.select(RecordRow.key, VersionRow.raw, VersionRow.content).join(VersionRow, _CURRENT)
    rows = select_in(transaction.session, statement, RecordRow.key, keys)
    return ((key, unpacked(raw, content)) for key, raw, content in rows)
