"""Tables of citations: CSV and TSV, by header. Invariant: one entry or reject for each row below the header that is not blank.

The delimiter is whichever of comma, semicolon and tab the header line holds most of outside quotation marks. A key as in our own
exports ("pubmed:123") gives the accession after its slug; any other key or id is the accession as it stands.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from prisma_tool.errors import FormatError
from prisma_tool.formats.account import Entry, Parsed, Reject
from prisma_tool.formats.cells import freed
from prisma_tool.formats.columns import TELLING, columns, squeezed
from prisma_tool.formats.decode import decode
from prisma_tool.formats.prose import line, quoted
from prisma_tool.formats.table_row import row_citation
from prisma_tool.model.citation import Citation
from prisma_tool.model.identifiers import registry_numbers

FORMAT = "csv"
_DELIMITERS = (",", ";", "\t")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_OWN_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*:(?=\S)")
_TELLING_WIDTH = 4
_LONGEST_CELL = 10_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row and the line on which it begins."""

    line: int
    cells: list[str]


def delimiter(text: str) -> str:
    """The delimiter of a table, judged by its first line that is not blank."""
    first = _QUOTED.sub("", next((row for row in text.split("\n") if row.strip()), ""))
    return max(_DELIMITERS, key=first.count)


def parse_table(data: bytes, *, source_column: str | None = None) -> Parsed:
    """The account of a CSV or TSV table; `source_column` names the column that holds each entry's source.

    Raises:
        FormatError: not text, no header with a known column, or no column of the given name.
    """
    decoded = decode(data)
    rows = list(_rows(decoded.text))
    if not rows:
        raise FormatError("The table is empty.")
    header, *body = rows
    positions = columns(header.cells)
    if TELLING.isdisjoint(positions):
        seen = quoted(", ".join(cell for cell in header.cells if cell.strip()))
        raise FormatError(
            f"No column of this table is known. Headers seen: {seen}. Needed is one of title, abstract, doi, pmid, nct."
        )
    source = _source_position(header.cells, source_column)
    read = [_entry(row, header.cells, positions, source) for row in body]
    return Parsed(
        format=FORMAT,
        entries=tuple(one for one in read if isinstance(one, Entry)),
        rejects=tuple(one for one in read if isinstance(one, Reject)),
        declared=len(body),
        encoding=decoded.encoding,
        warnings=(*decoded.warnings, *_swallowed(body, len(header.cells), delimiter(decoded.text))),
    )


def _rows(text: str) -> Iterator[Row]:
    limit = csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(begins, cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FormatError(f"The table breaks off at line {reader.line_num}: {error}. Export it again as CSV.") from error
    finally:
        csv.field_size_limit(limit)


def _swallowed(rows: list[Row], width: int, mark: str) -> Iterator[str]:
    """A warning for each cell that holds whole rows: a quotation mark that is never closed hides the entries below it."""
    for row in rows:
        inner = (text for cell in row.cells for text in cell.split("\n")[1:] if text.count(mark) >= width - 1)
        hidden = sum(len(next(csv.reader([text], delimiter=mark))) == width for text in inner)
        if hidden > (0 if width >= _TELLING_WIDTH else 1):
            yield f"Line {row.line}: {hidden} lines inside one cell look like entries; is a quotation mark missing?"


def _source_position(header: list[str], name: str | None) -> int | None:
    if name is None:
        return None
    wanted = [position for position, cell in enumerate(header) if squeezed(cell) == squeezed(name)]
    if not wanted:
        raise FormatError(f"No column “{quoted(name)}”. Headers seen: {quoted(', '.join(header))}.")
    return wanted[0]


def _entry(row: Row, header: list[str], positions: dict[str, int], source: int | None) -> Entry | Reject:
    raw = _as_line(row.cells)
    surplus = [cell for cell in row.cells[len(header) :] if cell.strip()]
    if surplus:
        reason = f"{len(row.cells)} cells under {len(header)} headers; a delimiter inside a cell needs quotation marks"
        return Reject(row.line, reason, raw)
    values = [freed(cell) for cell in row.cells] + [""] * (len(header) - len(row.cells))
    citation = row_citation(values, header, positions)
    if citation.is_empty:
        return Reject(row.line, "no bibliographic field", raw)
    named = line(values[source]) if source is not None else ""
    return Entry(citation, accession=_accession(values, positions, citation), raw=raw, line=row.line, source=named)


def _as_line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _accession(values: list[str], positions: dict[str, int], citation: Citation) -> str:
    """The row's accession; a trial's number beside a PMID is a link to the trial, and a first column of PMIDs identifies rows."""
    for field in ("accession", "key", "id"):
        value = line(values[positions[field]]) if field in positions else ""
        if value and not (citation.pmid and registry_numbers(value)):
            return _OWN_KEY.sub("", value, count=1) if field == "key" else value
    return citation.pmid if positions.get("pmid") == 0 else ""
