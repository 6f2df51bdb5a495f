"""Records as an Excel workbook with the columns of `formats.tables.csv_writer`.

Every cell is marked as text: nothing is a formula, a number or a link, and no apostrophe has to say so. Invariant: equal rows give equal bytes (fixed times, no author), and a
text that is longer than a cell may hold is cut with a mark that says so.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.formats.tables.csv_writer import COLUMNS, cells
from prisma_tool.formats.text.spreadsheet_cells import guarded

LONGEST_CELL = 32_767
"""Characters that a cell holds (Excel's specification)."""
CUT = " [cut: a cell holds no more]"
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
_PORTION = 1 << 16
_WIDE = {"title": 60, "authors": 30, "abstract": 60, "journal": 24, "key": 24}


def write_xlsx(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as a workbook of one sheet, in the order given; written row by row to temporary files."""
    import xlsxwriter

    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet("records")
        _lay_out(sheet)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(cells(row)):
                if cell:
                    sheet.write_string(number, column, _fitting(guarded(cell)))
    packed.seek(0)
    return iter(lambda: packed.read(_PORTION), b"")


def _lay_out(sheet: object) -> None:
    sheet.freeze_panes(1, 0)  # type: ignore[attr-defined] # xlsxwriter ships no types
    for column, name in enumerate(COLUMNS):
        sheet.set_column(column, column, _WIDE.get(name, 12))  # type: ignore[attr-defined] # as above
        sheet.write_string(0, column, name)  # type: ignore[attr-defined] # as above


def _fitting(text: str) -> str:
    harmless = _NO_CHARACTERS.sub("", text)
    return harmless if len(harmless) <= LONGEST_CELL else harmless[: LONGEST_CELL - len(CUT)] + CUT
