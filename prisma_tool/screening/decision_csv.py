"""Reading the CSV files that carry decisions and retrievals. Every error names the file and line; a file is taken whole or not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from prisma_tool.errors import DecisionError
from prisma_tool.file_io import read_file
from prisma_tool.formats.tables.csv_reader import delimiter
from prisma_tool.formats.text.decoding import decode
from prisma_tool.fulltext.retrieval import Retrieval
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RetrievalStatus, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision

EnumT = TypeVar("EnumT", bound=StrEnum)

DECISION_COLUMNS = ("key", "stage", "reviewer", "verdict", "reason", "note", "decided_at")
RETRIEVAL_COLUMNS = ("key", "status", "file", "note")


_ANY_TIME = datetime.min.replace(tzinfo=UTC)


def read_decisions(path: Path, review: Review, reviewer: str | None) -> list[Decision]:
    """The decisions of a CSV file with the columns of `DECISION_COLUMNS`, in the order in which they were made; only `key` and `verdict` must be filled.

    An empty stage is title-abstract, an empty reviewer the one who runs the command, an empty time now. Those of one time, or of none,
    and those on one report keep the order of the file, so that its last line on a report stands: stopping rules go by the order in which
    reports were screened, and clocks of several people say nothing on who spoke last.

    Raises:
        PrismaError: the file is missing, or a line cannot be understood.
    """
    decisions = [
        Decision(
            key=_required_cell(row, "key", where),
            stage=_enum_value(Stage, row.get("stage") or Stage.TITLE_ABSTRACT, "stage", where),
            reviewer=review.reviewer(row.get("reviewer") or reviewer),
            verdict=_enum_value(Verdict, _required_cell(row, "verdict", where), "verdict", where),
            reason=row.get("reason", ""),
            note=row.get("note", ""),
            at=_parse_time(row.get("decided_at", ""), where),
            where=where,
        )
        for where, row in _rows(path, DECISION_COLUMNS, ("key", "verdict"))
    ]
    stages = tuple(Stage)
    last: dict[tuple[str, Stage], tuple[bool, datetime]] = {}
    for one in decisions:
        last[one.key, one.stage] = max(_moment(one), last.get((one.key, one.stage), _moment(one)))
    return sorted(decisions, key=lambda one: (stages.index(one.stage), last[one.key, one.stage]))


def _moment(decision: Decision) -> tuple[bool, datetime]:
    """What decisions are sorted by: those without a time are made now, after all others."""
    return decision.at is None, decision.at or _ANY_TIME


def read_retrievals(path: Path) -> list[Retrieval]:
    """The retrievals of a CSV file with the columns of `RETRIEVAL_COLUMNS`; `file` is relative to the CSV's folder.

    Raises:
        PrismaError: the file is missing, or a line cannot be understood.
    """
    return [
        Retrieval(
            key=_required_cell(row, "key", where),
            status=_enum_value(RetrievalStatus, _required_cell(row, "status", where), "status", where),
            file=path.parent / row["file"] if row.get("file") else None,
            note=row.get("note", ""),
            where=where,
        )
        for where, row in _rows(path, RETRIEVAL_COLUMNS, ("key", "status"))
    ]


def read_links(path: Path) -> list[tuple[str, str]]:
    """(label, key) pairs of a CSV file with the columns label and key.

    Raises:
        PrismaError: the file is missing, or a line cannot be understood.
    """
    rows = _rows(path, ("label", "key"), ("label", "key"))
    return [(_required_cell(row, "label", where), _required_cell(row, "key", where)) for where, row in rows]


def _rows(path: Path, columns: tuple[str, ...], required: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each line that is not empty, with its place in words ("decisions.csv, line 3: ")."""
    text = decode(read_file(path)).text
    limit = csv.field_size_limit(max(len(text), csv.field_size_limit()))
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(path, header, columns, required)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                where = f"{one_line(path.name)}, line {reader.line_num}: "
                yield where, _cells_by_column(where, header, cells)
    except csv.Error as error:
        raise DecisionError(f"{path} cannot be read as a table: {error}. Nothing was stored.") from error
    finally:
        csv.field_size_limit(limit)


def _check_header(path: Path, header: list[str], columns: tuple[str, ...], required: tuple[str, ...]) -> None:
    problems = (
        *(f"has no column '{name}'" for name in required if name not in header),
        *(f"has a column '{one_line(name)}' that means nothing here" for name in header if name not in columns),
        *(f"has the column '{name}' twice" for name in columns if header.count(name) > 1),
    )
    if problems:
        raise DecisionError(f"{path} {problems[0]}; its columns should be: {', '.join(columns)}. Nothing was stored.")


def _cells_by_column(where: str, header: list[str], cells: list[str]) -> Mapping[str, str]:
    if len(cells) > len(header):
        raise DecisionError(f"{where}has more cells than the header; quote texts that hold commas. Nothing was stored.")
    return {name: cell.strip() for name, cell in zip(header, cells, strict=False)}


def _required_cell(row: Mapping[str, str], name: str, where: str) -> str:
    if not row.get(name):
        raise DecisionError(f"{where}'{name}' is empty. Nothing was stored.")
    return row[name]


def _enum_value(kind: type[EnumT], text: str, name: str, where: str) -> EnumT:
    try:
        return kind(text.lower())
    except ValueError:
        allowed = ", ".join(member.value for member in kind)
        raise DecisionError(f"{where}'{text}' is not a {name}; use one of: {allowed}. Nothing was stored.") from None


def _parse_time(text: str, where: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise DecisionError(
            f"{where}'{text}' is not an ISO 8601 time such as 2025-02-03T09:00:00Z. Nothing was stored."
        ) from None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise DecisionError(f"{where}'{text}' lies outside the years 1 to 9999. Nothing was stored.") from None
