"""Reading the file of the R package PRISMA2020, as we write it or as somebody filled it in.

Columns are found by name, rows by their data key, in any order; rows may be missing, as in older versions of the file. Invariant:
every cell that holds a number is either read or an error that names its line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from prisma_tool.errors import FormatError
from prisma_tool.figure.exchange.csv_out import EXACT, MORE
from prisma_tool.figure.exchange.json_in import parse_flow_mapping
from prisma_tool.figure.exchange.r_package import BARS, LIST_ROWS, NONE, ROWS, ListItem, PackageRow, items_in, plain
from prisma_tool.figure.exchange.typed_flow import LABELLED, TypedNumbers, whole_number
from prisma_tool.figure.exchange.typed_notes import departures
from prisma_tool.flow.adjustments import NO_REASON, REASON_LISTS, UNNAMED
from prisma_tool.flow.flow import STEP_KEYS
from prisma_tool.formats.tables.csv_reader import delimiter
from prisma_tool.formats.text.decoding import decode
from prisma_tool.model.protocol.figure_words import PLACEHOLDER
from prisma_tool.model.text import counted, one_line, printable

_KEYS = frozenset(row.data for row in ROWS if row.data)
_ROW_OF = {row.data or row.box: row for row in ROWS}
_SHORTER = {"duplicates": "Duplicate records"}
"""Labels of the package that are shorter than those of PRISMA 2020."""
_KEPT = (
    "template", "lists", "pending", "unmerged", "adjustments", "footnotes", "notes", "labels", "caption", "alt", "author",
    "language", "show", "counts", "last_searched", "participants", "dated",
)  # fmt: skip


_STANDARD = {row.data: row.plain or row.label for row in ROWS if row.data}
SOURCE_ROWS = ("database_specific_results", "register_specific_results")
"""Rows whose label the figure does not print."""
_FILLED = "…"
"""Stands for what a placeholder was filled with."""


def _usual_labels(row: PackageRow) -> frozenset[str]:
    texts = (row.label, row.plain, _SHORTER.get(row.data, ""), NONE, "")
    return frozenset(text.casefold() for text in texts)


def _is_row_of(label: str, printed: str | None) -> bool:
    """Whether a row still says what our file printed there for an exact label, its placeholders filled with whatever."""
    pattern = re.escape(printable(plain(PLACEHOLDER.sub(_FILLED, label)))).replace(re.escape(_FILLED), ".*")
    return printed is not None and re.fullmatch(pattern, printed) is not None


@dataclass(frozen=True, slots=True)
class _TableRow:
    """A row of the file by column name, and where it stands."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "").strip()


def parse_flow_csv(data: bytes, origin: str) -> TypedNumbers:
    """The numbers in a CSV file; `origin` is its name in messages.

    Raises:
        FormatError: it is no such table, a row stands twice, or a cell holds something else than a count or a list of counts.
    """
    return _FlowTable(origin).parse(data)


class _FlowTable:
    """Reads one file; whatever is wrong with it is a FormatError that names the line."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.counts: dict[str, int | None] = {}
        self.lists: dict[str, dict[str, int]] = {}
        self.more: dict[str, object] = {}
        self.hidden: object = {}
        """What our own figure left out."""
        self.notes: list[str] = []
        self.printed: dict[str, str] = {}
        """The labels of all rows as they stand there."""
        self.labels: dict[str, str] = {}
        """Those that are the file's own."""
        self.totals: set[str] = set()
        """Lists of reasons of which only the sum is known."""

    def parse(self, data: bytes) -> TypedNumbers:
        first_lines: dict[str, int] = {}
        for line in self._lines(data):
            key = line["data"].lower()
            self._read_label(key, line)
            if key in {"", NONE.lower()}:
                continue
            if key in first_lines:
                raise self._error(line, f"the row was given in line {first_lines[key]} already")
            first_lines[key] = line.number
            self._read_row(key, line)
        if not first_lines.keys() & _KEYS - {*BARS}:
            raise FormatError(
                f"{self.origin} has no row of a PRISMA flow diagram: the column 'data' should hold keys such as records_screened."
            )
        more = parse_flow_mapping(self.more, f"{self.origin}, row included")
        names, hidden = self._hidden()
        lists = {name: {**hidden.lists.get(name, {}), **self.lists.get(name, {})} for name in {**self.lists, **hidden.lists}}
        lists |= {name: {**lines} for name, lines in more.lists.items() if name not in LIST_ROWS}
        return replace(
            more,
            origin=self.origin,
            counts={**{key: n for key, n in more.counts.items() if key in STEP_KEYS}, **self.counts, **hidden.counts},
            lists=lists,
            words=replace(more.words, labels=(labels := self._labels(more.words.labels))),
            notes=(*more.notes, *self.notes, *departures(self.origin, labels, _STANDARD)),
            hide=frozenset(self.totals),
            hidden=names,
        )

    def _lines(self, data: bytes) -> Iterator[_TableRow]:
        try:
            text = decode(data).text
        except FormatError as error:
            raise FormatError(f"{self.origin}: {error.message}") from error
        limit = csv.field_size_limit(max(len(text), csv.field_size_limit()))
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
            header = [name.strip().lower() for name in next(reader, [])]
            self._check(header)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield self._line(reader.line_num, header, cells)
        except csv.Error as error:
            raise FormatError(f"{self.origin} cannot be read as a table: {error}.") from error
        finally:
            csv.field_size_limit(limit)

    def _check(self, header: list[str]) -> None:
        wrong = [name for name in ("data", "n") if header.count(name) != 1]
        if wrong:
            raise FormatError(
                f"{self.origin} needs one column '{wrong[0]}' in its first line, as in the R package's file: "
                "data, node, box, description, boxtext, tooltips, url, n."
            )

    def _line(self, number: int, header: list[str], cells: list[str]) -> _TableRow:
        if any(cell.strip() for cell in cells[len(header) :]):
            raise FormatError(
                f"{self.origin}, line {number}: more cells than columns; put lists and texts that hold commas in quotation marks."
            )
        return _TableRow(number, dict(zip(header, cells, strict=False)))

    def _error(self, line: _TableRow, problem: str) -> FormatError:
        return FormatError(f"{self.origin}, line {line.number} ({one_line(line['data'])}): {problem}.")

    def _read_row(self, key: str, line: _TableRow) -> None:
        if key in LIST_ROWS:
            self.lists[key] = self._list(key, line)
        elif key == "included":
            self._read_more(line)
        elif key not in _KEYS:
            self.notes.append(f"{self.origin}, line {line.number}: the row '{one_line(key)}' is not known and was passed over.")
        elif key not in BARS:
            self.counts[key] = self._count(line)

    def _read_label(self, key: str, line: _TableRow) -> None:
        """The label of a row, where it is not the one that the row has in PRISMA 2020 or in the package."""
        row = _ROW_OF.get(key if key not in {"", NONE.lower()} else line["box"].lower())
        text = printable(line["boxtext"])
        if row is None:
            return
        self.printed[row.data] = text
        if text.casefold().rstrip(":* ") in _usual_labels(row):
            return
        if row.data in LABELLED:
            # What stands in braces here is no placeholder.
            self.labels[row.data] = PLACEHOLDER.sub(r"(\1)", text)
        else:
            instead = "" if row.data in SOURCE_ROWS else f', which says "{row.plain or row.label}" there'
            self.notes.append(f'{self.origin}, line {line.number}: the label "{text}" has no place in the figure{instead}.')

    def _labels(self, exact: Mapping[str, str]) -> dict[str, str]:
        """The labels of the rows; our own file has their exact form beside them, which holds while nobody changes the row."""
        unchanged = {
            key: label for key, label in exact.items() if key not in LABELLED or _is_row_of(label, self.printed.get(key))
        }
        given = {key: label for key, label in self.labels.items() if self.counts.get(key) is not None or self.lists.get(key)}
        return {**unchanged, **{key: label for key, label in given.items() if key not in unchanged}}

    def _count(self, line: _TableRow) -> int | None:
        if line["n"].lower().strip("x") == "":
            return None
        try:
            return whole_number(line["n"])
        except ValueError:
            raise self._error(
                line, f"'{one_line(line['n'])[:60]}' is not a count such as 1234; leave it empty to hide the line"
            ) from None

    def _list(self, key: str, line: _TableRow) -> dict[str, int]:
        try:
            items = list(items_in(line["n"]))
        except ValueError as error:
            text = one_line(str(error))[:60]
            raise self._error(
                line, f"'{text}' has no number behind its last comma; a list reads: Reason, 12; Other reason, 3"
            ) from None
        if [item.label for item in items] == [""] and items[0].n:
            return self._unnamed(key, items[0].n)
        exact = self._exact(line)
        by_label: dict[str, int] = {}
        for item in items:
            if item.n is not None:
                waiting = exact.get(item.label, [])
                label = waiting.pop(0) if waiting else item.label
                by_label[label] = by_label.get(label, 0) + item.n
        self._remark(line, items, by_label)
        return by_label

    def _unnamed(self, key: str, n: int) -> dict[str, int]:
        """A sum without lines: the figure shows it without a reason."""
        if key in REASON_LISTS:
            self.totals.add(key)
        return {NO_REASON if key in REASON_LISTS else UNNAMED: n}

    def _remark(self, line: _TableRow, items: list[ListItem], by_label: Mapping[str, int]) -> None:
        where = f"{self.origin}, line {line.number}"
        unfilled = sum(item.n is None for item in items)
        if unfilled:
            passed = "was passed over" if unfilled == 1 else "were passed over"
            self.notes.append(f"{where}: {counted(unfilled, 'placeholder')} without a number {passed}.")
        if len(by_label) < len(items) - unfilled:
            self.notes.append(f"{where}: lines of the same label were added up.")
        for item in items:
            if not item.clear:
                self.notes.append(
                    f'{where}: read as "{one_line(item.label)}" (n = {item.n}); the R package reads this line differently.'
                )

    def _exact(self, line: _TableRow) -> dict[str, list[str]]:
        """The exact labels of a list by the form in which they stand in its cell."""
        labels = self._description_addition(line, EXACT, [])
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            raise self._error(line, "the exact labels in the description are no list of texts; take them away")
        exact: dict[str, list[str]] = {}
        for label in labels:
            exact.setdefault(plain(label), []).append(label)
        return exact

    def _read_more(self, line: _TableRow) -> None:
        more = self._description_addition(line, MORE, {})
        if not isinstance(more, dict):
            raise self._error(line, "what the description adds is not readable; take it away")
        self.more = {key: value for key, value in more.items() if key in _KEPT}
        self.hidden = more.get("hidden", {})

    def _hidden(self) -> tuple[frozenset[str], TypedNumbers]:
        """What our own figure hid, by name and with its numbers, save what somebody has filled in since."""
        origin = f"{self.origin}, row included, hidden"
        if not isinstance(self.hidden, dict) or not isinstance(names := self.hidden.get("names", []), list):
            raise FormatError(f"{origin}: what the figure hides is not readable; take it away.")
        kept = parse_flow_mapping({key: self.hidden[key] for key in ("counts", "lists") if key in self.hidden}, origin)
        given = {key for key, n in self.counts.items() if n is not None} | {name for name, lines in self.lists.items() if lines}
        counts = {key: n for key, n in kept.counts.items() if key not in given}
        return frozenset(map(str, names)) - given, replace(kept, counts=counts)

    def _description_addition(self, line: _TableRow, mark: str, default: object) -> object:
        _, marked, text = line["description"].partition(mark)
        if not marked:
            return default
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise self._error(line, f"what follows '{mark.strip()}' in the description is not readable; take it away") from None
