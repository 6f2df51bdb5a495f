"""Labelled sets: tables of records with a screening's outcome, as people share them and as ASReview exports them.

Invariant: every row is read, or named in an error with its line; a row without a label is no part of a finished screening and is
counted apart.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prisma_tool.errors import FormatError, UsageError
from prisma_tool.file_io import read_file
from prisma_tool.formats.tables.csv_reader import delimiter
from prisma_tool.formats.text.decoding import decode
from prisma_tool.model.text import one_line
from prisma_tool.ranking.features import Text

_ID = ("id", "record_id", "recordid", "openalex_id", "key")
_LABEL = ("included", "label_included", "label", "asreview_label", "final_included", "included_label")
_TITLE, _ABSTRACT = ("title", "primary_title", "ti"), ("abstract", "abstract note", "notes_abstract", "ab")
_YEAR = ("year", "publication_year", "py")
_MARKS = {"1": True, "1.0": True, "true": True, "yes": True, "0": False, "0.0": False, "false": False, "no": False}
_NO_LABEL = frozenset(("", "-1", "nan", "na"))
_MAGIC = b"\x1f\x8b"
_LONGEST_CELL = 10_000_000
_HEAD = 20_000
_LARGEST = 2_000_000_000
"""In bytes, unpacked: a small archive may hold any number of zeros."""


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A record of a labelled set: its id as in the file, what is read of it, and whether it was relevant; None where nobody said."""

    id: str
    text: Text
    relevant: bool | None
    line: int


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """The labelled rows of a file, and how many further rows have no label."""

    path: Path
    rows: tuple[LabelledRow, ...]
    unlabelled: int

    def index(self) -> dict[str, int]:
        """The place of each id."""
        return {row.id: position for position, row in enumerate(self.rows)}


def read_labelled(path: Path, *, by_line: bool = False) -> LabelledSet:
    """A labelled set from a CSV file, packed with gzip or not; `by_line` names records by their lines, where ids do not matter.

    Raises:
        FormatError: no header with id, title and label, a label that is neither 0 nor 1, an id that stands twice, or nothing labelled.
    """
    return labelled_set(path, _rows(path, _table(path), by_line=by_line))


def labelled_set(path: Path, all_rows: Iterable[LabelledRow]) -> LabelledSet:
    """The set of these rows; messages name it by its path.

    Raises:
        FormatError: nothing labelled, or an id that stands twice.
    """
    rows = tuple(all_rows)
    labelled = tuple(row for row in rows if row.relevant is not None)
    if not labelled:
        raise FormatError(f"{path} holds no labelled record; the column 'included' must say 1 or 0.")
    _require_distinct(path, labelled)
    return LabelledSet(path, labelled, len(rows) - len(labelled))


def is_labelled(path: Path) -> bool:
    """Whether a file is a table with a column of labels, as ASReview exports them; anything else is no error here.

    Raises:
        PrismaError: the file cannot be read.
    """
    try:
        table = _table(path)
    except FormatError:
        return False
    first = next(csv.reader(io.StringIO(table[:_HEAD], newline=""), delimiter=delimiter(table)), [])
    return any(one_line(cell).casefold() in _LABEL for cell in first)


def _table(path: Path) -> str:
    data = read_file(path)
    if data.startswith(_MAGIC):
        data = _unpacked(path, data)
    try:
        return decode(data).text
    except FormatError as error:
        raise FormatError(f"{path}: {error.message}") from error


def _unpacked(path: Path, data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            unpacked = stream.read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FormatError(f"{path} is a damaged gzip file ({one_line(str(error))}); fetch it again.") from error
    if len(unpacked) > _LARGEST:
        raise FormatError(f"{path} unpacks to more than {_LARGEST // 10**9} GB; that is no labelled set.")
    return unpacked


def _rows(path: Path, table: str, *, by_line: bool) -> Iterator[LabelledRow]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(table, newline=""), delimiter=delimiter(table))
    try:
        header = next(reader, [])
        places = _places(path, header, by_line=by_line)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(path, reader.line_num, places, cells)
    except csv.Error as error:
        raise FormatError(f"{path}, line {reader.line_num}: {error}. Save the table as CSV again.") from error


def _places(path: Path, header: Sequence[str], *, by_line: bool) -> dict[str, int | None]:
    names = [one_line(cell).strip().casefold() for cell in header]

    def position(accepted: Sequence[str]) -> int | None:
        return next((names.index(name) for name in accepted if name in names), None)

    positions = {
        "id": position(_ID),
        "label": position(_LABEL),
        "title": position(_TITLE),
        "abstract": position(_ABSTRACT),
        "year": position(_YEAR),
    }
    names_of = {"id": "id", "label": "included", "title": "title"}
    if by_line:
        del names_of["id"], positions["id"]
    missing = [name for what, name in names_of.items() if positions[what] is None]
    if missing:
        raise FormatError(
            f"{path} has no column {' or '.join(repr(name) for name in missing)}; a labelled set has id, title, abstract, year and "
            f"included (or label_included). Its header: {one_line(', '.join(header))[:200] or 'empty'}."
        )
    return positions


def _row(path: Path, line: int, places: Mapping[str, int | None], cells: Sequence[str]) -> LabelledRow:
    def cell(name: str) -> str:
        at = places.get(name)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    mark, year = cell("label").casefold(), cell("year")
    if mark not in _MARKS and mark not in _NO_LABEL:
        raise FormatError(f"{path}, line {line}: the label '{one_line(mark)[:40]}' is neither 1 nor 0.")
    if "id" in places and not cell("id"):
        raise FormatError(f"{path}, line {line}: the row has no id.")
    text = Text(cell("title"), cell("abstract"), int(float(year)) if _is_year(year) else None)
    return LabelledRow(cell("id") or str(line), text, _MARKS.get(mark), line)


def _is_year(text: str) -> bool:
    whole = text.removesuffix(".0")
    return whole.isascii() and whole.isdigit() and 1000 <= int(whole) <= 3000  # noqa: PLR2004 - what can be a year


def _require_distinct(path: Path, rows: Sequence[LabelledRow]) -> None:
    lines: dict[str, int] = {}
    for row in rows:
        if row.id in lines:
            raise FormatError(
                f"{path}, line {row.line}: the id {one_line(row.id)} stands in line {lines[row.id]} too; ids must differ."
            )
        lines[row.id] = row.line


def places_of(labelled: LabelledSet, ids: Sequence[str], what: str) -> list[int]:
    """The rows with these ids, in their order.

    Raises:
        UsageError: an id that the file does not have, or one given twice; `what` names where it was given.
    """
    index = labelled.index()
    unknown = [record_id for record_id in ids if record_id not in index]
    if unknown:
        raise UsageError(f"{what}: {labelled.path} has no record with the id {one_line(unknown[0])[:80]}.")
    if len(set(ids)) < len(ids):
        twice = next(record_id for position, record_id in enumerate(ids) if record_id in ids[:position])
        raise UsageError(f"{what}: the id {one_line(twice)[:80]} is given twice.")
    return [index[record_id] for record_id in ids]
