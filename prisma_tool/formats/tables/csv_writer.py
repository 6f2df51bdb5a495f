"""Records as a table: the columns of CSV, TSV and XLSX, and the writers of the first two.

Lines end with a newline; cells that a spreadsheet would run are defused, see `spreadsheet_cells`. Invariant: our own reader gives back what was
written, identity included, save for what `writers.NOT_CARRIED` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from prisma_tool.formats.account.export_row import ExportRow, joined_words, labels_text, votes_to_json
from prisma_tool.formats.text.author_names import write_author
from prisma_tool.formats.text.spreadsheet_cells import table_lines
from prisma_tool.model.record.citation import Author

COLUMNS: dict[str, Callable[[ExportRow], str]] = {
    "key": lambda row: row.key,
    "source": lambda row: row.source,
    "accession": lambda row: row.accession,
    "cluster": lambda row: row.cluster,
    "representative": lambda row: "true" if row.representative else "false",
    "title": lambda row: row.citation.title or row.citation.vernacular_title,
    "authors": lambda row: "; ".join(_without_semicolon(author) for author in row.citation.authors),
    "year": lambda row: str(row.citation.year or ""),
    "journal": lambda row: row.citation.journal or row.citation.journal_abbreviation,
    "volume": lambda row: row.citation.volume,
    "issue": lambda row: row.citation.issue,
    "pages": lambda row: row.citation.pages,
    "doi": lambda row: row.citation.doi,
    "pmid": lambda row: row.citation.pmid,
    "nct": lambda row: row.citation.nct,
    "abstract": lambda row: row.citation.abstract_text,
    "publication_types": lambda row: joined_words(row.citation.publication_types),
    "vernacular_title": lambda row: row.citation.vernacular_title,
    "published": lambda row: row.citation.published,
    "keywords": lambda row: joined_words(row.citation.keywords),
    "mesh": lambda row: joined_words(row.citation.mesh),
    "journal_abbreviation": lambda row: row.citation.journal_abbreviation,
    "issn": lambda row: joined_words(row.citation.issn),
    "publisher": lambda row: row.citation.publisher,
    "language": lambda row: joined_words(row.citation.languages),
    "pmcid": lambda row: row.citation.pmcid,
    "registry_numbers": lambda row: joined_words(row.citation.registry_numbers),
    "url": lambda row: " ".join(row.citation.urls),
    "edited": lambda row: joined_words(row.edited),
    "found_in": lambda row: joined_words(row.found_in),
    "retrieval": lambda row: row.retrieval,
    "retrieval_note": lambda row: row.retrieval_note,
    "efforts": lambda row: " | ".join(row.efforts),
    "files": lambda row: joined_words(row.files),
    "title_abstract": lambda row: row.title_abstract,
    "full_text": lambda row: row.full_text,
    "reason": lambda row: row.reason,
    "included": lambda row: row.included,
    "labels": labels_text,
    "note": lambda row: " | ".join(f"{remark.reviewer}: {remark.text}" for remark in row.remarks),
    "reviewers": votes_to_json,
}
"""Header to cell. Programs read these columns by name; new ones come before `title_abstract`, none is taken away."""


def _without_semicolon(author: Author) -> str:
    """Semicolons part authors in a cell, so one inside a group's name gives way to a comma."""
    return write_author(author).replace(";", ",")


def cells(row: ExportRow) -> list[str]:
    """The cells of a row in the order of `COLUMNS`."""
    return [cell(row) for cell in COLUMNS.values()]


def write_csv(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as CSV, in the order given."""
    return _delimited(rows, ",")


def write_tsv(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as TSV; a cell with a line break or tab in it stands in quotation marks."""
    return _delimited(rows, "\t")


def _delimited(rows: Iterable[ExportRow], delimiter: str) -> Iterator[bytes]:
    return (line.encode() for line in table_lines(chain((COLUMNS,), map(cells, rows)), delimiter))
