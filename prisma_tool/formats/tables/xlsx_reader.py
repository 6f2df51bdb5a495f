"""Tables of citations in workbooks of spreadsheet programs (.xlsx), to an account like that of any table.

Formulas are never run: the values that the program stored are read. Invariants: nothing is unpacked before its size is known, and no
XML entity is opened; the first sheet with a known header is read, and sheets that are passed over are told.
"""

from __future__ import annotations

import io
import re
import warnings
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed
from prisma_tool.formats.tables.rows import ColumnOptions, TableRow, account_of, is_header
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.cell_values import cell_text
from prisma_tool.formats.text.decoding import Look
from prisma_tool.formats.text.tidy import quoted
from prisma_tool.model.text import clean

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

FORMAT = "xlsx"
_SIGNATURE = b"PK\x03\x04"
_MEBIBYTE = 1 << 20
_LARGEST, _LARGEST_RATIO, _SMALL = 1024 * _MEBIBYTE, 200, 10 * _MEBIBYTE
"""Bytes unpacked in all; how many times smaller a part may be packed, unless it is small."""
_LARGEST_KEPT, _READ_BY_ROW = 256 * _MEBIBYTE, "xl/worksheets/"
"""Bytes of all parts that are held in memory, which are those beside the sheets: the texts of 100,000 long abstracts are smaller."""
_MOST_PARTS, _MOST_ROWS, _MOST_CELLS = 5000, 1 << 20, 60_000_000
_HEAD_ROWS, _BATCH = 30, 500
_PROLOGUE = 1 << 16
_ELEMENT = re.compile(rb"<[A-Za-z_]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What the library raises for damaged workbooks is not documented; fuzzing brings out these, and SyntaxError is the root of the errors
# of both XML libraries that may be at work in it.
_BROKEN = (
    *(BadZipFile, LargeZipFile, zlib.error, SyntaxError, EOFError, OSError, KeyError, IndexError, ValueError, TypeError),
    *(AttributeError, NotImplementedError, RuntimeError, OverflowError, AssertionError),
)
_ADVICE = "Open it in the spreadsheet program and save it again as .xlsx or CSV."


def recognises(look: Look) -> bool:
    """True for a ZIP archive with the parts of a workbook."""
    if not look.data.startswith(_SIGNATURE):
        return False
    return b"xl/" in look.data or (b"[Content_Types].xml" in look.data and not re.search(rb"word/|ppt/", look.data))


def parse_xlsx(data: ByteSource, *, source_column: str | None = None, columns: Mapping[str, str] | None = None) -> Parsed:
    """The account of a workbook with all entries in memory; the arguments are those of `csv_reader.parse_table`.

    Raises:
        FormatError: no workbook, damaged, unsafe or too large, or no sheet with a known column.
        UsageError: `columns` names a field or header that there is not.
    """
    return open_xlsx(data, source_column=source_column, columns=columns).whole()


def open_xlsx(data: ByteSource, *, source_column: str | None = None, columns: Mapping[str, str] | None = None) -> FileAccount:
    """The account of a workbook, to be read row by row; the arguments are those of `parse_xlsx`.

    Raises:
        FormatError: as in `parse_xlsx`, here or while reading.
        UsageError: as in `parse_xlsx`.
    """
    whole = data[:]
    _require_safe(whole)
    book = _opened(whole)
    options = ColumnOptions(source_column, columns)
    sheets = {name: [row.cells for row in islice(_rows(book, name), _HEAD_ROWS)] for name in _sheet_names(book)}
    usable = [name for name, head in sheets.items() if any(is_header(cells, options) for cells in head)]
    if not sheets:
        raise FormatError(f"The workbook holds no sheet of cells. {_ADVICE}")
    sheet = next(iter(usable or sheets))
    account = account_of(FORMAT, "utf-8", _rows(book, sheet), options)
    if len(usable) > 1:
        others = ", ".join(f"“{quoted(name)}”" for name in usable[1:])
        account.warnings.append(f"Only the sheet “{quoted(sheet)}” was read; records seem to be in {others} too.")
    return account


def _require_safe(data: bytes) -> None:
    """Look at the archive's own list of parts before anything is unpacked.

    Raises:
        FormatError: no archive, encrypted, or parts that are too large, too many or declare a document type.
    """
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _require_sizes(parts)
            declared = [part.filename for part in parts if _declares(archive, part.filename)]
    except _BROKEN as error:
        raise FormatError(f"The workbook is damaged or encrypted and cannot be opened. {_ADVICE}") from error
    if declared:
        raise FormatError(
            f"The workbook's part “{quoted(declared[0])}” declares a document type, which is refused as unsafe. {_ADVICE}"
        )


def _require_sizes(parts: list[ZipInfo]) -> None:
    swollen = any(part.file_size > max(_SMALL, _LARGEST_RATIO * part.compress_size) for part in parts)
    kept = sum(part.file_size for part in parts if not part.filename.startswith(_READ_BY_ROW))
    if swollen or len(parts) > _MOST_PARTS or kept > _LARGEST_KEPT or sum(part.file_size for part in parts) > _LARGEST:
        raise FormatError(f"The workbook would unpack to far more than its size, which is refused as unsafe. {_ADVICE}")


def _declares(archive: ZipFile, name: str) -> bool:
    if not name.endswith((".xml", ".rels")):
        return False
    with archive.open(name) as part:
        head = part.read(_PROLOGUE).replace(b"\0", b"")
    first = _ELEMENT.search(head)
    return (first is None and len(head) > _PROLOGUE // 2) or b"<!" in head[: first.start() if first else None].replace(
        b"<!--", b""
    )


def _opened(data: bytes) -> Workbook:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except _BROKEN as error:
        raise FormatError(f"The workbook is damaged and cannot be read. {_ADVICE}") from error


def _sheet_names(book: Workbook) -> list[str]:
    """The sheets of cells, visible ones first."""
    return [sheet.title for sheet in sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")]


def _rows(book: Workbook, name: str) -> Iterator[TableRow]:
    """The rows of a sheet.

    Raises:
        FormatError: the sheet is damaged, or claims more rows or cells than a spreadsheet can hold.
    """
    sheet: Any = book[name]
    cells, place = 0, 0
    try:
        sheet.reset_dimensions()
        rows = sheet.iter_rows()
        while batch := _batch(rows):
            for row in batch:
                place, cells = place + 1, cells + len(row)
                yield TableRow(place, row)
            if place > _MOST_ROWS or cells > _MOST_CELLS:
                raise FormatError(f"The sheet “{quoted(name)}” claims more cells than can be read. {_ADVICE}")
    except _BROKEN as error:
        raise FormatError(f"The sheet “{quoted(name)}” is damaged after row {place}. {_ADVICE}") from error


def _batch(rows: Iterator[Any]) -> list[list[str]]:
    """Some rows at a time, as the library warns about odd cells on standard error otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [[_text(cell) for cell in row] for row in islice(rows, _BATCH)]


def _text(cell: Any) -> str:
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, str):
        return clean(_ESCAPED.sub(_character, value) if "_x" in value else value)
    return cell_text(value, cell.number_format)


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))
