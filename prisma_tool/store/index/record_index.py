"""What the tables keep of a record's content for looking it up: columns in `record`, rows in `identifier`, its text in `words`.

Invariant: all follow the current content as corrected; whoever changes content or corrections calls `refresh`, or writes them himself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.corrections import edited
from prisma_tool.model.record.changes import completeness
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import decode
from prisma_tool.store.engine.batches import delete_in, insert_all, select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import IdentifierRow, RecordRow, VersionRow
from prisma_tool.store.index import text_index, word_entries
from prisma_tool.store.index.corrections import Edits, standing_edits

LONGEST_IDENTIFIER = 500
"""In characters. What is longer identifies nothing, and PostgreSQL's index would refuse it together with all records beside it."""

_PORTION = 2_000

CURRENT = (VersionRow.record == RecordRow.key) & (VersionRow.version == RecordRow.version)
"""The join of a record with its current version."""


def facts_of(citation: Citation) -> dict[str, Any]:
    """The columns of a record that follow its content."""
    return {"completeness": completeness(citation), "register_entry": citation.is_register_entry}


def identifier_rows(key: str, citation: Citation) -> Iterator[dict[str, str]]:
    """The rows of `identifier` for a record of this content."""
    pairs = [("doi", citation.doi), ("pmid", citation.pmid), *(("registry", number) for number in citation.registry_numbers)]
    usable = ((scheme, value) for scheme, value in dict.fromkeys(pairs) if 0 < len(value) <= LONGEST_IDENTIFIER)
    return ({"record": key, "scheme": scheme, "value": value} for scheme, value in usable)


def refresh(transaction: Transaction, keys: Collection[str], edits: Edits | None = None) -> None:
    """Bring columns, identifiers and words of these records up to date with their contents; unknown keys are passed over.

    `edits` are the corrections that stand where the projections do not know them yet.
    """
    contents = _corrected_contents(transaction, keys, standing_edits(transaction, keys) if edits is None else edits)
    index_again(transaction, contents)
    for key, citation in contents.items():
        transaction.session.execute(sa.update(RecordRow).where(RecordRow.key == key).values(facts_of(citation)))
        delete_in(transaction.session, IdentifierRow, IdentifierRow.record, [key])
        insert_all(transaction.session, IdentifierRow, list(identifier_rows(key, citation)))


def index_again(transaction: Transaction, contents: Mapping[str, Citation]) -> list[str]:
    """As `text_index.index`; an index that comes to hold more of the past than of the present is made anew at the end."""
    if contents:
        transaction.before_commit(lambda: _trim(transaction))
    return text_index.index(transaction, contents)


def _trim(transaction: Transaction) -> None:
    if word_entries.are_mostly_old(transaction):
        index_anew(transaction, standing_edits(transaction))


def index_anew(transaction: Transaction, edits: Edits) -> None:
    """Make the whole index of words anew, from the contents of all records with these corrections."""
    word_entries.clear(transaction)
    keys = transaction.session.execute(sa.select(RecordRow.key).order_by(RecordRow.position)).scalars().all()
    for start in range(0, len(keys), _PORTION):
        text_index.add(transaction, _corrected_contents(transaction, keys[start : start + _PORTION], edits))


def stale_keys(transaction: Transaction, keys: Collection[str]) -> list[str]:
    """Those of these records whose columns are not what their contents say."""
    columns = sa.select(RecordRow.key, RecordRow.completeness, RecordRow.register_entry)
    stored = {key: facts for key, *facts in select_in(transaction.session, columns, RecordRow.key, keys)}
    expected = {
        key: list(facts_of(citation).values())
        for key, citation in _corrected_contents(transaction, keys, standing_edits(transaction, keys)).items()
    }
    return sorted(key for key, facts in expected.items() if stored[key] != facts)


def _corrected_contents(transaction: Transaction, keys: Collection[str], edits: Edits) -> dict[str, Citation]:
    statement = sa.select(RecordRow.key, VersionRow.content).join(VersionRow, CURRENT)
    rows = list(select_in(transaction.session, statement, RecordRow.key, set(keys)))
    return {key: edited(decode(content), edits.get(key, ())) for key, content in rows}
