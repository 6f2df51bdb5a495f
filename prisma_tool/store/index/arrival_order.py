"""Records by their place in the order of arrival, for lists of which only a window is ever read.

Invariant: a list of records is a sequence of positions, and reading a window of it costs the same wherever it lies and however long
the list is.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RecordRow, VersionRow


def all_positions(transaction: Transaction) -> Sequence[int]:
    """The positions of all records, ascending; a range where none is missing between the first and the last."""
    bounds = sa.select(sa.func.count(), sa.func.min(RecordRow.position), sa.func.max(RecordRow.position))
    n, first, last = transaction.session.execute(bounds).one()
    if not n:
        return range(0)
    if last - first + 1 == n:
        return range(first, last + 1)
    return in_order(transaction.session.execute(sa.select(RecordRow.position)).scalars())


def in_order(positions: Iterable[int]) -> Sequence[int]:
    """Positions ascending, eight bytes each."""
    return array("q", sorted(positions))


def keys_at(transaction: Transaction, positions: Sequence[int]) -> list[str]:
    """The keys of the records at these positions, in their order; a position without a record is left out."""
    statement = sa.select(RecordRow.position, RecordRow.key).where(RecordRow.position.in_(positions))
    key_at: dict[int, str] = {position: key for position, key in transaction.session.execute(statement)}  # noqa: C416 - a result is no mapping, nor pairs to the type checker
    return [key_at[position] for position in positions if position in key_at]


class Arrived(NamedTuple):
    """Where a record stands in the order of arrival, and how complete its content is (`model.record.changes.completeness`)."""

    position: int
    completeness: int


def all_arrived(transaction: Transaction) -> dict[str, Arrived]:
    """All records, by key."""
    statement = sa.select(RecordRow.key, RecordRow.position, RecordRow.completeness)
    return {key: Arrived(position, completeness) for key, position, completeness in transaction.rows(statement)}


def n_of_contents(transaction: Transaction) -> int:
    """How many contents were ever stored: it grows with every record and every change of one by its source."""
    return transaction.session.execute(sa.select(sa.func.count()).select_from(VersionRow)).scalar_one()


def positions_of(transaction: Transaction, keys: Collection[str]) -> Sequence[int]:
    """The positions of these records, ascending; unknown keys are left out."""
    rows = select_in(transaction.session, sa.select(RecordRow.position), RecordRow.key, keys)
    return in_order(position for (position,) in rows)
