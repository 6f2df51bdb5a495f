"""The ranked queue as a table that ASReview reads: screened reports with their labels first, the others in the order of their turn.

Invariant: a label stands only where the viewer may know it (counting rule 25).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from prisma_tool.file_io import write_atomically
from prisma_tool.formats.text.spreadsheet_cells import defused
from prisma_tool.model.text import clean
from prisma_tool.screening.prioritised.label_sequence import Viewpoint
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records

COLUMNS = ("key", "title", "authors", "abstract", "year", "doi", "keywords", "included", "rank")
"""`included` is 1, 0 or empty, as ASReview reads and writes it; `rank` counts the unscreened from 1."""
_PORTION = 1_000


def write_ranked(transaction: Transaction, path: Path, view: Viewpoint, queue: Sequence[str]) -> int:
    """Write the table; returns how many reports it has.

    Raises:
        PrismaError: the file cannot be written.
    """
    rows = [(label.key, str(int(label.relevant)), "") for label in view.labels]
    rows += [(key, str(int(relevant)), "") for key, relevant in view.earlier.items()]
    rows += [(key, "", str(place)) for place, key in enumerate(queue, 1)]
    write_atomically(path, _lines(transaction, rows))
    return len(rows)


def _lines(transaction: Transaction, rows: Sequence[tuple[str, str, str]]) -> Iterator[bytes]:
    yield _csv([COLUMNS])
    for begin in range(0, len(rows), _PORTION):
        portion = rows[begin : begin + _PORTION]
        stored = records.records_by_key(transaction, {key for key, _, _ in portion})
        yield _csv([_cells(key, stored[key], label, rank) for key, label, rank in portion if key in stored])


def _cells(key: str, record: records.StoredRecord, label: str, rank: str) -> list[str]:
    citation = record.citation
    authors, keywords = "; ".join(map(str, citation.authors)), "; ".join(citation.keywords)
    cells = (key, citation.title, authors, citation.abstract_text, str(citation.year or ""), citation.doi, keywords, label, rank)
    return [defused(clean(cell)) for cell in cells]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode("utf-8", "replace")
