"""Whether every record can be found by the words that it has now, and making the index of words anew where one cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

import sqlalchemy as sa

from prisma_tool.model.log.corrections import edited
from prisma_tool.model.record.codec import decode
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import RecordRow, VersionRow, WordsRow
from prisma_tool.store.index import record_index, text_index, word_entries
from prisma_tool.store.index.corrections import Edits, edits_in_log


def unindexed(transaction: Transaction) -> set[str]:
    """The records that the index does not hold."""
    statement = sa.select(RecordRow.key).outerjoin(WordsRow, WordsRow.record == RecordRow.key).where(WordsRow.record.is_(None))
    return set(transaction.session.execute(statement).scalars())


def outdated(transaction: Transaction) -> Iterator[str]:
    """The records whose entry has other words than their content, as corrected."""
    edits = edits_in_log(transaction)
    statement = sa.select(RecordRow.key, VersionRow.content, WordsRow.digest).join(VersionRow, record_index.CURRENT)
    statement = statement.join(WordsRow, WordsRow.record == RecordRow.key)
    for key, content, digest in chain.from_iterable(transaction.streamed(statement)):
        edit = edits.get(key)
        text = text_index.text_of(edited(decode(content), edit)) if edit else text_index.text_of_content(content)
        if word_entries.digest(text) != digest:
            yield key


def search_tables_differ(transaction: Transaction) -> bool:
    """Whether SQLite's full-text tables hold something else than the entries; PostgreSQL's index cannot. The transaction must write."""
    if not word_entries.is_sqlite(transaction):
        return False
    try:
        transaction.session.execute(sa.text("INSERT INTO word_index(word_index, rank) VALUES ('integrity-check', 1)"))
    except sa.exc.DatabaseError as error:
        if "malformed" not in str(error.orig):
            raise
        return True
    return word_entries.is_incomplete(transaction)


def reindex(transaction: Transaction, keys: Collection[str], edits: Edits) -> None:
    """Make what these records are looked up by anew from their contents and, in SQLite, the full-text tables of all."""
    record_index.refresh(transaction, keys, edits)
    if word_entries.is_sqlite(transaction):
        record_index.index_anew(transaction, edits)
