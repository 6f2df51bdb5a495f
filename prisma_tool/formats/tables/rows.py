"""Rows of cells as an account, whichever file they come from: finding the header, reading what is below it.

Invariant: one entry or reject for each row below the header that is not blank; a header that comes again (files joined end to end)
is none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, ParsedEntry, Reject
from prisma_tool.formats.account.register_row import RegisterReader
from prisma_tool.formats.tables.columns import IDENTIFYING, chosen_columns, columns, mapping_in_words
from prisma_tool.formats.tables.platforms import PlatformCells, dialect, register
from prisma_tool.formats.tables.row import Cells, RowReader
from prisma_tool.formats.tables.spare_cell import mended
from prisma_tool.formats.text.cell_values import squeezed
from prisma_tool.formats.text.spreadsheet_cells import freed
from prisma_tool.formats.text.tidy import line, quoted
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.identifiers import registry_numbers

_OWN_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*:(?=\S)")
_TAG_LENGTH = 2
_SHOWN = 5
"""How many lines a warning names."""
_HEADER_WITHIN = 30
"""How many rows that are not blank may stand before the header."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row and the line on which it begins."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class ColumnOptions:
    """What a person says about the columns: which one names the source of each entry, and which header holds which field."""

    source_column: str | None = None
    columns: Mapping[str, str] | None = None


def is_header(cells: list[str], options: ColumnOptions | None = None) -> bool:
    """True for a row with headers that tell of citations, or that a person named.

    One known header alone must be a word: lines of tagged text ("AB  -", "%N 2") look like short ones.
    """
    known = columns(cells)
    identifying = IDENTIFYING & known.keys()
    if identifying and (len(known) > 1 or any(len(squeezed(cells[known[field][0]])) > _TAG_LENGTH for field in identifying)):
        return True
    names = {squeezed(cell) for cell in cells}
    named = {squeezed(name) for name in options.columns.values() if name.strip()} if options and options.columns else set()
    return register(cells) is not None or bool(named & names)


def account_of(name: str, encoding: str, rows: Iterable[TableRow], options: ColumnOptions) -> FileAccount:
    """The account of the rows of a table; rows may be blank and of any width.

    Args:
        name: The format, for the account.
        encoding: How the text was decoded, for the account.
        rows: All rows of the table, the header among them.
        options: What the user said about columns.

    Raises:
        FormatError: no row is a header with a known column, or no column of the given name.
        UsageError: a field or header of `options.columns` is unknown.
    """
    remaining = (row for row in rows if any(cell.strip() for cell in row.cells))
    before: list[TableRow] = []
    for row in remaining:
        if is_header(row.cells, options):
            return _below(FileAccount(name, encoding), row, remaining, before, options)
        before.append(row)
        if len(before) == _HEADER_WITHIN:
            break
    raise FormatError(_no_header(before))


def _no_header(before: list[TableRow]) -> str:
    if not before:
        return "The table is empty."
    headers = quoted(", ".join(cell for cell in before[0].cells if cell.strip()))
    return f"No column of this table is known. Headers seen: {headers}. Needed is one of title, abstract, doi, pmid, nct."


def _below(
    account: FileAccount, header: TableRow, rows: Iterator[TableRow], before: list[TableRow], options: ColumnOptions
) -> FileAccount:
    if before:
        account.warnings.append(f"The header is in line {header.line}; rows passed over above it: {len(before)}.")
    source = _source_position(header.cells, options.source_column)
    reader = _reader(header.cells, options)
    account.header, account.mapping, account.platform = tuple(header.cells), reader.mapping, reader.platform
    account.pieces = _pieces(account, header, rows, reader, source)
    return account


def _source_position(header: list[str], name: str | None) -> int | None:
    if name is None:
        return None
    positions = [position for position, cell in enumerate(header) if squeezed(cell) == squeezed(name)]
    if not positions:
        raise FormatError(f"No column “{quoted(name)}”. Headers seen: {quoted(', '.join(header))}.")
    return positions[0]


class _Citations:
    """Reads rows of citations."""

    def __init__(self, header: list[str], options: ColumnOptions) -> None:
        traits = dialect(header)
        guessed = chosen_columns(header, options.columns or {})
        self.positions = guessed if options.columns else traits.placed(header, guessed)
        self.platform, self.mapping = traits.platform, mapping_in_words(header, self.positions)
        amend = PlatformCells(traits, header) if traits.platform else None
        self._rows = RowReader(header, self.positions, given_first=traits.authors != "family first", amend=amend)

    def read(self, values: list[str]) -> tuple[Citation, str]:
        """The citation and accession of a row."""
        citation, cells = self._rows.read(values)
        return citation, self._accession(cells, citation)

    def _accession(self, cells: Cells, citation: Citation) -> str:
        """The row's accession; a trial's number beside a PMID is a link to the trial, and a first column of PMIDs identifies rows."""
        for field in ("accession", "key", "id"):
            value = line(cells[field][0]) if field in cells else ""
            if value and not (citation.pmid and registry_numbers(value)):
                return _OWN_KEY.sub("", value, count=1) if field == "key" else value
        return citation.pmid if self.positions.get("pmid", ())[:1] == (0,) or self.platform == "PubMed" else ""


class _Trials:
    """Reads rows of a register's export."""

    def __init__(self, header: list[str], rows: RegisterReader) -> None:
        self._rows = rows
        self.platform = rows.register.platform
        self.mapping = tuple((fact, header[place].strip()) for fact, place in rows.places.items())

    def read(self, values: list[str]) -> tuple[Citation, str]:
        """The citation of a trial, and its number."""
        return self._rows.citation(values), line(values[self._rows.places["number"]])


def _reader(header: list[str], options: ColumnOptions) -> _Citations | _Trials:
    trials = register(header)
    if trials and not options.columns:
        return _Trials(header, RegisterReader(trials, header, [squeezed(cell) for cell in header]))
    return _Citations(header, options)


def _pieces(
    account: FileAccount, header: TableRow, rows: Iterator[TableRow], reader: _Citations | _Trials, source: int | None
) -> Iterator[ParsedEntry | Reject]:
    width, again, joined = len(header.cells), 0, list[int]()
    for row in rows:
        if row.cells == header.cells:
            again += 1
            continue
        account.declared += 1
        cells = _fitted(row.cells, width, reader)
        if cells is not row.cells:
            joined.append(row.line)
        yield _entry(TableRow(row.line, cells), width, reader, source)
    if joined:
        account.warnings.append(_joined_warning(joined))
    if again:
        account.warnings.append(f"The header comes {again + 1} times; each was taken as a header.")


def _fitted(cells: list[str], width: int, reader: _Citations | _Trials) -> list[str]:
    """The cells, two of them joined where there is one more than headers and the row shows which."""
    if len(cells) <= width or isinstance(reader, _Trials) or not any(cell.strip() for cell in cells[width:]):
        return cells
    return mended(cells, reader.positions, width) or cells


def _joined_warning(lines: list[int]) -> str:
    some = ", ".join(map(str, lines[:_SHOWN])) + (", …" if len(lines) > _SHOWN else "")
    return f"Rows with one cell more than headers, of which two were read as one: {len(lines)} (line {some}). Compare them with the source."


def _entry(row: TableRow, width: int, reader: _Citations | _Trials, source: int | None) -> ParsedEntry | Reject:
    raw = as_line(row.cells)
    if any(cell.strip() for cell in row.cells[width:]):
        reason = f"{len(row.cells)} cells under {width} headers; a delimiter inside a cell needs quotation marks"
        return Reject(row.line, reason, raw)
    values = [freed(cell) for cell in chain(row.cells[:width], [""] * (width - len(row.cells)))]
    citation, accession = reader.read(values)
    if citation.is_empty:
        return Reject(row.line, "no bibliographic field", raw)
    return ParsedEntry(
        citation, accession=accession, raw=raw, line=row.line, source=line(values[source]) if source is not None else ""
    )


def as_line(cells: list[str]) -> str:
    """The cells as they stand, as one row of CSV without the line end: what is kept of an entry. Files are written by `table_lines`."""
    text = io.StringIO()
    # Only characters of the line end are quoted: with another one, a line break in a cell would part the row.
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().removesuffix("\n")


def cells_of(text: str) -> list[str]:
    """The cells that `as_line` made the line of."""
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    return next(csv.reader([text]), [])
