"""What a deposit is made of: the log, sources, runs, what they delivered, records and the protocol, one line each, and back into a database.

Invariant: everything else in a deposit follows from these files (see `derived`), so whoever has them can make it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.manuscript.bundle import canonical
from prisma_tool.manuscript.bundle.log_lines import Disclosure, LoggedLine, line_of_event, read_line
from prisma_tool.manuscript.bundle.published_citation import published
from prisma_tool.model.log.contents import Head
from prisma_tool.model.record.codec import decode, encode
from prisma_tool.model.record.well_typed import is_well_typed
from prisma_tool.model.utc import utc_text
from prisma_tool.store.copies import deposit
from prisma_tool.store.copies.deposit import DepositLoader, PublishedEvent
from prisma_tool.store.engine.database import Transaction

LOG, SOURCES, SEARCHES = "log.jsonl", "data/sources.jsonl", "data/searches.jsonl"
RUNS, RECORDS, DELIVERIES = "data/runs.jsonl", "data/records.jsonl", "data/deliveries.jsonl"
PROTOCOL = "protocol/review.toml"
PRIMARY = (PROTOCOL, LOG, SOURCES, SEARCHES, RUNS, RECORDS, DELIVERIES)
LONGEST_LINE = 64 << 20

_NOT_OF_RUNS: Mapping[str, Any] = {"operator": "", "checkpoint": {}, "seconds": 0.0}
"""What of a run is never published, and what stands there instead."""
_RECORD_FIELDS = ("key", "source", "accession", "run", "position", "added", "version")
_CONTENT_FIELDS = ("version", "run", "stored", "changes")

Lines = Callable[[str], Iterator[bytes]]
"""The lines of a file of a deposit, by its name."""


def log_lines(transaction: Transaction, how: Disclosure) -> Iterator[bytes]:
    """The log, oldest event first."""
    entries = deposit.log(transaction)
    return canonical.lines_of(line_of_event(entry.event, entry.number, merged=entry.merged, how=how) for entry in entries)


def plain_lines(transaction: Transaction, table: str) -> Iterator[bytes]:
    """The rows of `source` or `search`."""
    return canonical.lines_of(deposit.rows(transaction, table))


def published_run(run: Mapping[str, Any], answers: Iterable[Mapping[str, Any] | None], *, notes: bool) -> dict[str, Any]:
    """A run's row as published.

    Args:
        run: the row.
        answers: what is said of each of its answers as deposited, None for those that are not.
        notes: whether what the team wrote may be published; a file's name often holds a person's.
    """
    hidden = bool(run["file_sha256"]) and not notes
    raw = [
        {**kept, "deposited": entry} if entry else _unnamed(kept) if hidden else kept
        for kept, entry in zip(run["raw"], answers, strict=True)
    ]
    rejected = [{**reject, "reason": ""} for reject in run["rejected"]]
    times = {name: None if run[name] is None else utc_text(run[name]) for name in ("started", "finished")}
    written = {} if notes else {"file_name": ""}
    return {**run, **_NOT_OF_RUNS, **written, **times, "raw": raw, "rejected": rejected}


def _unnamed(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A kept file that is not deposited, without the name that somebody gave it."""
    path = PurePosixPath(str(kept.get("path", "")))
    return {**kept, "path": str(path.with_name(f"file{''.join(path.suffixes[-2:])}"))} if path.name else dict(kept)


def delivery_lines(transaction: Transaction, runs: Iterable[str]) -> Iterator[bytes]:
    """Which records each run delivered."""
    for run in runs:
        for key, state in deposit.deliveries(transaction, run):
            yield canonical.line_of({"run": run, "record": key, "state": state})


def record_lines(transaction: Transaction) -> Iterator[bytes]:
    """Every record with all its contents as published, and the hash of each content as it is kept."""
    for row, contents in deposit.records(transaction):
        line = {name: row[name] for name in _RECORD_FIELDS} | {"added": utc_text(row["added"])}
        yield canonical.line_of({**line, "contents": [_content(content) for content in contents]})


def _content(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: content[name] for name in _CONTENT_FIELDS},
        "stored": utc_text(content["stored"]),
        "citation": json.loads(encode(published(decode(content["content"])))),
        "sha256": hashlib.sha256(content["content"].encode()).hexdigest(),
    }


def read_log(lines: Lines) -> Iterator[LoggedLine]:
    """The log as a deposit has it.

    Raises:
        FormatError: a line is not what a deposit has there, or the order is not that of the events.
    """
    before: tuple[int, str] = (-1, "")
    for number, line in enumerate(lines(LOG), 1):
        logged = read_line(canonical.value_of(line, f"line {number} of {LOG}"), f"line {number} of {LOG}")
        if logged.event.order <= before:
            raise FormatError(f"line {number} of {LOG} is out of order, or stands there twice")
        before = logged.event.order
        yield logged


def load(loader: DepositLoader, lines: Lines) -> LogSummary:
    """Fill a database from a deposit; returns what the log came to.

    Raises:
        FormatError: a line is not what a deposit has there.
    """
    summary = LogSummary()
    loader.take("source", _rows(lines, SOURCES, "source"))
    loader.take("search", _rows(lines, SEARCHES, "search"))
    loader.take("run", _rows(lines, RUNS, "run"))
    for table in ("record", "record_version"):
        loader.take(table, _record_rows(lines, table))
    loader.take("run_record", _rows(lines, DELIVERIES, "run_record"))
    loader.take_log(summary.counting(read_log(lines)))
    loader.settle()
    return summary


class LogSummary:
    """The head of a log that is read once, its hashes, and how many lines are proven how."""

    def __init__(self) -> None:
        self._head = Head()
        self.events = 0
        self.proofs = {"open": 0, "committed": 0, "sealed": 0}
        self.hashes: list[tuple[int, str, str]] = []
        """(number, time of storing, hash) in the order of the log."""

    @property
    def head(self) -> str:
        """The head of what was read by now."""
        return self._head.text()

    def counting(self, logged: Iterable[LoggedLine]) -> Iterator[PublishedEvent]:
        """Pass the events on, counting them."""
        for line in logged:
            self._head.add(line.event.sha256)
            self.events += 1
            self.proofs[line.proof] += 1
            self.hashes.append((line.number, utc_text(line.event.received), line.event.sha256))
            yield PublishedEvent(line.event, line.number, line.merged)


def _rows(lines: Lines, name: str, table: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines(name), 1):
        place = f"line {number} of {name}"
        yield _row(table, canonical.value_of(line, place), place)


def _row(table: str, values: Any, place: str) -> dict[str, Any]:
    try:
        return deposit.row_from(table, values)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise FormatError(f"{place} is no row of its table") from None


def _record_rows(lines: Lines, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table out of the lines of records, which are read once for each table."""
    before = ""
    for number, line in enumerate(lines(RECORDS), 1):
        place = f"line {number} of {RECORDS}"
        value = canonical.value_of(line, place)
        if (
            not isinstance(value, dict)
            or value.keys() != {*_RECORD_FIELDS, "contents"}
            or not isinstance(value["contents"], list)
        ):
            raise FormatError(f"{place} is no record")
        row = _row(
            "record", {**{name: value[name] for name in _RECORD_FIELDS}, "completeness": 0, "register_entry": False}, place
        )
        if row["key"] <= before:
            raise FormatError(f"{place} is out of order, or stands there twice")
        before = row["key"]
        if table == "record":
            yield row
        else:
            yield from (_content_row(row["key"], content, place) for content in value["contents"])


def _content_row(key: str, value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != {*_CONTENT_FIELDS, "citation", "sha256"}:
        raise FormatError(f"{place} has a content that is none")
    text = canonical.line_of(value["citation"]).decode().rstrip("\n")
    try:
        citation = decode(text)
        fits = is_well_typed(citation) and encode(published(citation)) == text
    except (ValueError, KeyError, TypeError, AttributeError):
        fits = False
    if not fits:
        raise FormatError(f"{place} has a content that is no citation as deposits publish it")
    fields = {name: value[name] for name in _CONTENT_FIELDS}
    return _row("record_version", {**fields, "record": key, "content": text, "raw": ""}, place)
