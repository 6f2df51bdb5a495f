"""Keys that look like one which was typed wrong."""

from __future__ import annotations

import sqlalchemy as sa

from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RecordRow

SHORTEST_HINT = 4
"""A fragment of fewer letters is in too many keys to help."""


def similar_keys(transaction: Transaction, text: str, limit: int = 3) -> list[str]:
    """Keys with the accession `text` in any source, else keys that contain it, for helping with a mistyped one."""
    exact = sa.select(RecordRow.key).where(sa.func.lower(RecordRow.accession) == text.lower())
    keys = list(transaction.session.execute(exact.order_by(RecordRow.key).limit(limit)).scalars())
    if keys or len(text) < SHORTEST_HINT:
        return keys
    containing = sa.select(RecordRow.key).where(RecordRow.key.icontains(text, autoescape=True))
    return list(transaction.session.execute(containing.order_by(RecordRow.key).limit(limit)).scalars())
