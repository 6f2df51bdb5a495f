"""Records as a table: the columns of CSV, TSV and XLSX, and the writers of the first two.

Lines end with a newline; cells that a spreadsheet would run are defused, see `spreadsheet_cells`. Invariant: our own reader gives back what was
written, identity included, save for what `writers.NOT_CARRIED` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

from prisma_tool.formats.account.export_row import ExportRow, Remark, joined_labels, joined_words
from prisma_tool.formats.text.author_names import write_author
from prisma_tool.formats.text.spreadsheet_cells import table_lines
from prisma_tool.model.record.citation import Author


def _author_names(authors: Iterable[Author]) -> str:
    """Semicolons part authors in a cell, so one inside a group's name gives way to a comma."""
    return "; ".join([write_author(author).replace(";", ",") for author in authors])


def _remarks_text(remarks: Iterable[Remark]) -> str:
    return " | ".join(f"{remark.reviewer}: {remark.text}" for remark in remarks)


class _Column(NamedTuple):
    """Where a column's value is in an `ExportRow`, and how it is written if it is no text; an empty list is an empty cell."""

    path: str
    text: Callable[[Any], str] | None = None


_COLUMNS: dict[str, _Column] = {
    "key": _Column("key"),
    "source": _Column("source"),
    "accession": _Column("accession"),
    "cluster": _Column("cluster"),
    "representative": _Column("representative", lambda is_it: "true" if is_it else "false"),
    "title": _Column("title"),
    "authors": _Column("citation.authors", _author_names),
    "year": _Column("citation.year", lambda year: str(year or "")),
    "journal": _Column("journal"),
    "volume": _Column("citation.volume"),
    "issue": _Column("citation.issue"),
    "pages": _Column("citation.pages"),
    "doi": _Column("citation.doi"),
    "pmid": _Column("citation.pmid"),
    "nct": _Column("citation.nct"),
    "abstract": _Column("citation.abstract_text"),
    "publication_types": _Column("citation.publication_types", joined_words),
    "vernacular_title": _Column("citation.vernacular_title"),
    "published": _Column("citation.published"),
    "keywords": _Column("citation.keywords", joined_words),
    "mesh": _Column("citation.mesh", joined_words),
    "journal_abbreviation": _Column("citation.journal_abbreviation"),
    "issn": _Column("citation.issn", joined_words),
    "publisher": _Column("citation.publisher"),
    "language": _Column("citation.languages", joined_words),
    "pmcid": _Column("citation.pmcid"),
    "registry_numbers": _Column("citation.registry_numbers", joined_words),
    "url": _Column("citation.urls", " ".join),
    "edited": _Column("edited", joined_words),
    "found_in": _Column("found_in", joined_words),
    "retrieval": _Column("retrieval"),
    "retrieval_note": _Column("retrieval_note"),
    "efforts": _Column("efforts", " | ".join),
    "files": _Column("files", joined_words),
    "title_abstract": _Column("title_abstract"),
    "full_text": _Column("full_text"),
    "reason": _Column("reason"),
    "included": _Column("included"),
    "labels": _Column("labels", joined_labels),
    "note": _Column("remarks", _remarks_text),
    "reviewers": _Column("reviewers"),
}

COLUMNS = tuple(_COLUMNS)
"""The header. Programs read these columns by name; new ones come before `title_abstract`, none is taken away."""

_values = attrgetter(*(column.path for column in _COLUMNS.values()))
"""All values of a row at once: a table has millions of cells, most of which are the text or the empty list that is found there."""
_WRITTEN = tuple((place, column.text) for place, column in enumerate(_COLUMNS.values()) if column.text)
_NO_VALUES: tuple[()] = ()


def cells(row: ExportRow) -> list[str]:
    """The cells of a row in the order of `COLUMNS`."""
    values = list(_values(row))
    for place, text in _WRITTEN:
        value = values[place]
        values[place] = "" if value is _NO_VALUES else text(value)
    return values


def write_csv(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as CSV, in the order given."""
    return _delimited(rows, ",")


def write_tsv(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as TSV; a cell with a line break or tab in it stands in quotation marks."""
    return _delimited(rows, "\t")


def _delimited(rows: Iterable[ExportRow], delimiter: str) -> Iterator[bytes]:
    return (line.encode() for line in table_lines(chain((COLUMNS,), map(cells, rows)), delimiter))
