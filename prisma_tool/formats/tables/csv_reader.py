"""Tables of citations as text: CSV and its kin, by header.

Invariant: one entry or reject for each row below the header that is not blank.
The delimiter is whichever of comma, semicolon, tab and bar makes the most known columns, else the one the header line holds most of.
A key as in our own exports ("pubmed:123") gives the accession after its slug; any other key or id is the accession as it stands.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.tables.columns import columns
from prisma_tool.formats.tables.labelled_rows import labelled, tabled
from prisma_tool.formats.tables.rows import ColumnOptions, TableRow, account_of, is_header
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoding, Look, decoding

FORMAT = "csv"
_DELIMITERS = (",", ";", "\t", "|")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_NAMED_DELIMITER = re.compile(r"\s*\"?sep=(.)\"?[^\S\n]*\n", re.IGNORECASE)
_LEAST_WIDTH = 4
_LONGEST_CELL = 10_000_000
_HEAD_ROWS, _HEAD_LENGTH = 30, 100_000
"""Where the header is looked for."""


def recognises(look: Look) -> bool:
    """True where one of the first rows is a header with a known column, unless the text is XML or JSON."""
    if look.opening in {"<", "{", "["}:
        return False
    head = [row.cells for row in _head(look.text, delimiter(look.text))]
    return any(map(is_header, head)) or labelled(head)


_WIDE = 5
"""A first row with so many known headers is the beginning of a table, whatever stands in the cells below."""


def announced(look: Look) -> bool:
    """True where the very first row is an unmistakable header: an abstract below may quote a line of another format."""
    if look.opening in {"<", "{", "["}:
        return False
    first = next((row.cells for row in _head(look.text, delimiter(look.text)) if any(map(str.strip, row.cells))), [])
    return is_header(first) and len(columns(first)) >= _WIDE


def delimiter(text: str) -> str:
    """The delimiter of a table, judged by its first rows."""
    named = _NAMED_DELIMITER.match(text)
    if named:
        return named[1]
    first = _QUOTED.sub("", next((row for row in text[:_HEAD_LENGTH].split("\n") if row.strip()), ""))
    by_count = sorted(_DELIMITERS, key=first.count, reverse=True)
    return max(by_count, key=lambda mark: max((len(columns(row.cells)) for row in _head(text, mark)), default=0))


def parse_table(data: ByteSource, *, source_column: str | None = None, columns: Mapping[str, str] | None = None) -> Parsed:
    """The account of a table with all entries in memory.

    `source_column` names the column that holds each entry's source; `columns` says which header holds which field.

    Raises:
        FormatError: not text, no header with a known column, or no column of the given name.
        UsageError: `columns` names a field or header that there is not.
    """
    return open_table(data, source_column=source_column, columns=columns).whole()


def open_table(data: ByteSource, *, source_column: str | None = None, columns: Mapping[str, str] | None = None) -> FileAccount:
    """The account of a table, to be read row by row; the arguments and errors are those of `parse_table`."""
    text = decoding(data)
    blocks = text.blocks()
    beginning = _beginning(blocks)
    mark = delimiter(beginning)
    watch = _Watch(mark)
    rows = watch.over(_rows(chain((beginning,), blocks), mark))
    if labelled([row.cells for row in _head(beginning, mark)]):
        rows = tabled(list(rows))
    account = account_of(FORMAT, text.encoding, rows, ColumnOptions(source_column, columns))
    watch.width, watch.warnings = len(account.header), account.warnings
    account.pieces = _ended(account, account.pieces, text)
    return account


def _beginning(blocks: Iterator[str]) -> str:
    """As many blocks as show the header."""
    text = ""
    while len(text) <= _HEAD_LENGTH and (block := next(blocks, "")):
        text += block
    return text


def _ended(account: FileAccount, pieces: Iterator[ParsedEntry | Reject], text: Decoding) -> Iterator[ParsedEntry | Reject]:
    """What was wrong with the text is known at its end."""
    yield from pieces
    account.warnings[:0] = text.warnings


def _head(text: str, mark: str) -> list[TableRow]:
    """The first rows, without the last one where the text is cut there."""
    rows = list(islice(_rows([text[:_HEAD_LENGTH]], mark), _HEAD_ROWS))
    return rows if len(text) <= _HEAD_LENGTH or len(rows) == _HEAD_ROWS else rows[:-1]


def _rows(blocks: Iterable[str], mark: str) -> Iterator[TableRow]:
    """The rows of a text; its first block holds the line that may name the delimiter."""
    # The limit holds for the whole process and is only ever raised, as several tables may be read in turn.
    csv.field_size_limit(max(_LONGEST_CELL, csv.field_size_limit()))
    rest = iter(blocks)
    first = next(rest, "")
    skipped = _NAMED_DELIMITER.match(first)
    begin = skipped.end() if skipped else 0
    above = first.count("\n", 0, begin)
    lines = (line for block in chain((first[begin:],), rest) for line in io.StringIO(block, newline=""))
    reader = csv.reader(lines, delimiter=mark)
    place = 1
    try:
        for cells in reader:
            yield TableRow(place + above, cells)
            place = reader.line_num + 1
    except csv.Error as error:
        raise FormatError(f"The table breaks off at line {place + above}: {error}. Export it again as CSV.") from error


class _Watch:
    """Warns of each cell that holds whole rows: a quotation mark that is never closed hides the entries below it."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self.width = 0
        self.warnings: list[str] = []

    def over(self, rows: Iterator[TableRow]) -> Iterator[TableRow]:
        """The rows, looked at as they pass once the width of the table is known."""
        for row in rows:
            if self.width and any("\n" in cell for cell in row.cells):
                self._look(row)
            yield row

    def _look(self, row: TableRow) -> None:
        inner = (text for cell in row.cells for text in cell.split("\n")[1:] if text.count(self._mark) >= self.width - 1)
        hidden = sum(len(next(csv.reader([text], delimiter=self._mark), [])) == self.width for text in inner)
        if hidden > (0 if self.width >= _LEAST_WIDTH else 1):
            self.warnings.append(
                f"Line {row.line}: {hidden} lines inside one cell look like entries; is a quotation mark missing?"
            )
