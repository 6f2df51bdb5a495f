"""Records that resemble one, to be offered as what it is a duplicate of."""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.records import records
from prisma_tool.store.records.records import StoredRecord

LIKE_AT_MOST = 9
"""How many like records are offered: as many as have a digit for a key."""


@dataclass(frozen=True, slots=True)
class SimilarRecord:
    """A record that resembles another one, and how it is shown in a list."""

    key: str
    label: str


def similar_records(review: Review, here: str) -> tuple[SimilarRecord, ...]:
    """Records that resemble one and are not joined with it, the likest first.

    Raises:
        StoreError: the database cannot be read.
    """
    # Matching needs libraries that screening does not; the first record need not wait for them.
    from prisma_tool.dedupe import run

    near = run.neighbours(review, here)[:LIKE_AT_MOST]
    keys = {pair.b if pair.a == here else pair.a: pair.comparison for pair in near}
    with review.store.read() as transaction:
        held = records.records_by_key(transaction, keys)
    return tuple(SimilarRecord(key, _like_label(held[key], comparison.likeness)) for key, comparison in keys.items())


def _like_label(record: StoredRecord, likeness: float) -> str:
    year = f", {record.citation.year}" if record.citation.year else ""
    return f"{one_line(record.citation.title) or '(no title)'}{year} ({record.key}; title {likeness:.0f} % alike)"
