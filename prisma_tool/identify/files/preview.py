"""The first records of a file as they would be stored, for whoever looks before anything is.

Invariant: plain values that JSON and a table can show; the abstract is cut to its beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.identify.files.intake import delivery_of
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import one_line
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records
from prisma_tool.store.records.original_texts import OriginalTexts

PREVIEWED = 5
_BEGINNING = 200


@dataclass(frozen=True, slots=True)
class RecordPreview:
    """One record with what a person knows it by; `known` is true where the review has a record of this key already."""

    key: str
    known: bool
    title: str
    authors: tuple[str, ...]
    year: int | None
    journal: str
    doi: str
    pmid: str
    accession: str
    abstract: str


def previews(transaction: Transaction, entries: Sequence[ParsedEntry], label: str, file_format: str) -> tuple[RecordPreview, ...]:
    """The first few of the entries, under the keys that they would get from the source with this label, or from the one they name."""
    shown = [(slug(entry.source or label), entry) for entry in entries[:PREVIEWED]]
    originals = {source: OriginalTexts(transaction, source) for source, _ in shown}
    copies: Counter[str] = Counter()
    keys = [
        records.with_keys(transaction, [delivery_of(source, file_format, entry)], copies, originals[source])[0][0][0]
        for source, entry in shown
    ]
    known = records.known_keys(transaction, keys)
    return tuple(_preview(key, entry, known=key in known) for key, (_, entry) in zip(keys, shown, strict=True))


def _preview(key: str, entry: ParsedEntry, *, known: bool) -> RecordPreview:
    citation = entry.citation
    abstract = one_line(citation.abstract_text)
    beginning = abstract if len(abstract) <= _BEGINNING else f"{abstract[: _BEGINNING - 1].rstrip()}…"
    return RecordPreview(
        key=key,
        known=known,
        title=citation.title or citation.vernacular_title,
        authors=tuple(map(str, citation.authors)),
        year=citation.year,
        journal=citation.journal,
        doi=citation.doi,
        pmid=citation.pmid,
        accession=entry.accession,
        abstract=beginning,
    )
