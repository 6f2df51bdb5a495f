"""Carrying a whole review from one database to another, row by row, and proving that everything arrived.

Invariant: of every table but the index of words and the sums of the log's hashes, which are made anew, the target holds as many rows as
the source, with the same hash over their contents, or nothing is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Table

from prisma_tool.errors import StoreError
from prisma_tool.model.utc import utc_text
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import Base, HeadSumRow, WordsRow
from prisma_tool.store.index import record_index
from prisma_tool.store.index.corrections import standing_edits
from prisma_tool.store.projections import log_head

PORTION = 2_000
_MADE_ANEW = {WordsRow.__tablename__, HeadSumRow.__tablename__}
"""The index of words is each database's own, and a kept sum vouches for the rows that it was made of."""
_TABLES = [table for table in Base.metadata.sorted_tables if table.name not in _MADE_ANEW]

Fingerprint = tuple[int, str]
"""How many rows a table has, and the SHA-256 over them in the order of their keys."""


def transfer(source: Transaction, target: Transaction) -> Mapping[str, Fingerprint]:
    """Copy all tables; returns the fingerprint of each, the same on both sides.

    Raises:
        StoreError: the target holds something already, or what arrived is not what was sent.
    """
    _require_empty(target)
    for table in _TABLES:
        for rows in _portions(source, table):
            target.session.connection().execute(sa.insert(table), rows)
    record_index.index_anew(target, standing_edits(target))
    log_head.keep_anew(target)
    sent = {table.name: _fingerprint(source, table) for table in _TABLES}
    arrived = {table.name: _fingerprint(target, table) for table in _TABLES}
    differing = [name for name in sent if sent[name] != arrived[name]]
    if differing:
        raise StoreError(f"What arrived is not what was sent ({', '.join(differing)}); nothing was moved.")
    return sent


def _require_empty(target: Transaction) -> None:
    for table in Base.metadata.sorted_tables:
        if target.session.execute(sa.select(table).limit(1)).first() is not None:
            raise StoreError(
                "The database to move to holds a review already, so nothing was moved. Name an empty one; two copies of a review are "
                "united by `prisma-tool merge`."
            )


def _rows(transaction: Transaction, table: Table) -> Any:
    """The rows in an order that is the same in every database: that of their keys, byte by byte."""
    binary = "BINARY" if transaction.session.get_bind().dialect.name == "sqlite" else "C"
    keys = table.primary_key.columns
    ordered = [column.collate(binary) if isinstance(column.type, sa.Text | sa.String) else column for column in keys]
    statement = sa.select(*table.columns).order_by(*ordered)
    return transaction.session.execute(statement.execution_options(yield_per=PORTION)).mappings()


def _portions(transaction: Transaction, table: Table) -> Iterator[list[dict[str, Any]]]:
    for portion in _rows(transaction, table).partitions(PORTION):
        yield [dict(row) for row in portion]


def _fingerprint(transaction: Transaction, table: Table) -> Fingerprint:
    digest, count = hashlib.sha256(), 0
    for row in _rows(transaction, table):
        count += 1
        digest.update(json.dumps(dict(row), sort_keys=True, ensure_ascii=True, default=_plain).encode())
        digest.update(b"\n")
    return count, digest.hexdigest()


def _plain(value: datetime | bytes) -> str:
    return utc_text(value) if isinstance(value, datetime) else value.hex()
