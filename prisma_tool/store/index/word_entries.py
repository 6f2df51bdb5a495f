"""The entries of the index of words, as each database keeps them: one for each record, with a hash of its text.

PostgreSQL indexes the text beside the hash. SQLite's full-text table keeps no text, and so takes nothing back: what was indexed of an
earlier content stays in it under a number that no record has any more. Invariant: no number in that table is given twice, so that nothing
is found by words of the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain

import sqlalchemy as sa

from prisma_tool.store.engine.database import Transaction

_ROWS = 1_000
"""Of one statement: SQLite writes out what it gathered for its index after every statement, which costs more than the gathering."""
_SPARE = 1_000
"""So many numbers of the past are never too many."""


def is_sqlite(transaction: Transaction) -> bool:
    """Whether the database is SQLite."""
    return transaction.session.get_bind().dialect.name == "sqlite"


def digest(text: str) -> int:
    """A hash of an indexed text, as a number that both databases can store."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def insert(transaction: Transaction, texts: Sequence[tuple[str, str]]) -> None:
    """Add the entries of records that have none, by key and text."""
    if not is_sqlite(transaction):
        rows = [{"record": key, "digest": digest(text), "text": text} for key, text in texts]
        statement = sa.text("INSERT INTO words (record, digest, text) VALUES (:record, :digest, :text)")
        transaction.session.connection().execute(statement, rows)
        return
    number = _next_number(transaction)
    for start in range(0, len(texts), _ROWS):
        _insert_numbered(transaction, number + start, texts[start : start + _ROWS])


def _insert_numbered(transaction: Transaction, number: int, texts: Sequence[tuple[str, str]]) -> None:
    entries = [(place, key, digest(text)) for place, (key, text) in enumerate(texts, number)]
    indexed = [(place, text) for place, (_, text) in enumerate(texts, number)]
    connection = transaction.session.connection()
    for table, rows in (("words (id, record, digest)", entries), ("word_index (rowid, text)", indexed)):
        places = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES {places}", tuple(chain.from_iterable(rows)))  # noqa: S608 - built of constants


def _next_number(transaction: Transaction) -> int:
    """One that neither an entry nor anything in the full-text table has or, being higher than all, ever had."""
    statement = "SELECT max(coalesce((SELECT max(id) FROM words), 0), coalesce((SELECT max(id) FROM word_index_docsize), 0)) + 1"
    number: int = transaction.session.execute(sa.text(statement)).scalar_one()
    return number


def clear(transaction: Transaction) -> None:
    """Take all entries away, and what is indexed with them."""
    transaction.session.execute(sa.text("DELETE FROM words"))
    if is_sqlite(transaction):
        transaction.session.execute(sa.text("INSERT INTO word_index(word_index) VALUES ('delete-all')"))


def are_mostly_old(transaction: Transaction) -> bool:
    """Whether SQLite's full-text table holds more of the past than of the present."""
    if not is_sqlite(transaction):
        return False
    counts = sa.text("SELECT (SELECT count(*) FROM word_index_docsize), (SELECT count(*) FROM words)")
    indexed, present = transaction.session.execute(counts).one()
    return bool(indexed - present > present + _SPARE)


def is_incomplete(transaction: Transaction) -> bool:
    """Whether an entry has no counterpart in SQLite's full-text table."""
    lost = sa.text("SELECT EXISTS (SELECT 1 FROM words WHERE id NOT IN (SELECT id FROM word_index_docsize))")
    return bool(transaction.session.execute(lost).scalar_one())
