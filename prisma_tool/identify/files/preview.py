"""The first records of a file as they would be stored, for whoever looks before anything is.

Invariant: plain values that JSON and a table can show; the abstract is cut to its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.model.text import one_line

PREVIEWED = 5
_BEGINNING = 200


@dataclass(frozen=True, slots=True)
class RecordPreview:
    """One record with what a person knows it by."""

    title: str
    authors: tuple[str, ...]
    year: int | None
    journal: str
    doi: str
    accession: str
    abstract: str


def previews(entries: Sequence[ParsedEntry]) -> tuple[RecordPreview, ...]:
    """The first few of the entries."""
    return tuple(map(_preview, entries[:PREVIEWED]))


def _preview(entry: ParsedEntry) -> RecordPreview:
    citation = entry.citation
    abstract = one_line(citation.abstract_text)
    beginning = abstract if len(abstract) <= _BEGINNING else f"{abstract[: _BEGINNING - 1].rstrip()}…"
    return RecordPreview(
        citation.title or citation.vernacular_title,
        tuple(map(str, citation.authors)),
        citation.year,
        citation.journal,
        citation.doi,
        entry.accession,
        beginning,
    )
