"""Records without an accession by their untouched text, so that an entry is known again where its fields are read otherwise than before.

The key of such a record is made of its content, hence of how its fields were read. Invariants: each stored record is one entry of a file
at most, in the order of their arrival; memory grows with the source's records without accession only (about 150 bytes each).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection
from contextlib import suppress

import sqlalchemy as sa

from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.packed_texts import UnreadableText, unpacked
from prisma_tool.store.engine.schema import RecordRow, VersionRow


class OriginalTexts:
    """What one source has of records without an accession when the first unknown entry of a file is met; nothing is read before."""

    def __init__(self, transaction: Transaction, source: str) -> None:
        self._transaction, self._source = transaction, source
        self._keys: dict[bytes, deque[str]] | None = None
        self._taken = set[str]()

    def key_of(self, key: str, raw: str, known: Collection[str]) -> str:
        """The key of the record that an entry with this text is: its own where that is known or no record has the text.

        Of several records with one text it is the next that is no entry of the file yet.
        """
        own = key if key in known else self._next(raw) or key
        self._taken.add(own)
        return own

    def _next(self, raw: str) -> str:
        if self._keys is None:
            self._keys = self._stored()
        waiting = self._keys.get(_digest(raw), deque())
        while waiting and waiting[0] in self._taken:
            waiting.popleft()
        return waiting[0] if waiting else ""

    def _stored(self) -> dict[bytes, deque[str]]:
        statement = (
            sa.select(RecordRow.key, VersionRow.raw, VersionRow.content)
            .join(VersionRow, VersionRow.record == RecordRow.key)
            .where(RecordRow.source == self._source, RecordRow.accession == "", VersionRow.raw != b"")
            .order_by(RecordRow.position, VersionRow.version)
        )
        keys: dict[bytes, deque[str]] = {}
        for key, raw, content in self._transaction.session.execute(statement.execution_options(yield_per=1_000)):
            with suppress(UnreadableText):  # what is damaged is known by its content alone; `doctor` names it
                keys.setdefault(_digest(unpacked(raw, content)), deque()).append(key)
        return keys


def _digest(raw: str) -> bytes:
    return hashlib.blake2b(raw.encode(errors="replace"), digest_size=16).digest()
