"""Records from the untouched answers in raw/, read again as the run did that brought them, where a database has lost them.

Invariant: only what a run delivered and the database lacks is stored; a record whose present content came from a later run is left as it is.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.formats.registry import open_entries
from prisma_tool.formats.text.encodings.given_encoding import as_utf8
from prisma_tool.identify.add_report import DESCRIBED
from prisma_tool.identify.files.intake import READ_BY, delivery_of
from prisma_tool.identify.run.raw_answers import opened, unpacked
from prisma_tool.identify.search.replay import PARSERS
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.live_sources import own_number
from prisma_tool.model.record.codec import decode
from prisma_tool.model.record.keys import slug
from prisma_tool.plain_files import is_plain_file
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.arrival import arrive_as
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records
from prisma_tool.store.records.record_events import ADDED
from prisma_tool.store.runs import runs


@dataclass(slots=True)
class RunAnswers:
    """What reading a run's answers again came to: records that were missing, and which answers cannot be read, and why."""

    restored: int = 0
    problems: tuple[str, ...] = ()


def restore_records(transaction: Transaction, folder: Path, run: runs.Run) -> RunAnswers:
    """Store what a run delivered, by its answers in `folder`/raw, and the database lacks."""
    result, problems = RunAnswers(), list[str]()
    delivered = runs.delivered_keys(transaction, run.id)
    copies: Counter[str] = Counter()
    arrive_as(transaction, _arrival(transaction, run))
    for kept in _answers(folder, run):
        body, problem = _body(folder, kept)
        deliveries: list[records.Delivery] = []
        if not problem:
            try:
                deliveries = list(_deliveries(run, PurePosixPath(kept["path"]).name, body))
            except (PrismaError, ValueError, KeyError, TypeError, AttributeError) as error:
                problem = f"{kept['path']} cannot be understood ({error})"
        if problem:
            problems.append(problem)
        # Numbering like entries again as the run did needs all of them, also those that are there.
        result.restored += _store_missing(transaction, run, deliveries, delivered, copies)
    result.problems = tuple(problems)
    return result


def unreadable_answers(folder: Path, run: runs.Run) -> list[str]:
    """What is wrong with the answers of a run: which are missing, altered, or cannot be read."""
    return [problem for kept in _answers(folder, run) if (problem := _body(folder, kept)[1])]


def _arrival(transaction: Transaction, run: runs.Run) -> datetime:
    """When a run's records came, for all that matters: before or after each pass of deduplication.

    Its beginning says so unless a pass fell into the run; then its end does, so that no record is taken for compared that was not.
    """
    end = run.finished or transaction.now()
    passes = event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION])
    return end if any(run.started < event.received < end for event in passes) else run.started


def _answers(folder: Path, run: runs.Run) -> Iterator[Mapping[str, Any]]:
    """The answers that a run names; of one that names none, for it was cut off, the files in its folder."""
    if run.raw:
        yield from run.raw
        return
    for path in sorted((folder / "raw" / run.id).glob("*.gz")):
        if is_plain_file(path):
            yield {"path": f"raw/{run.id}/{path.name}"}


def _body(folder: Path, kept: Mapping[str, Any]) -> tuple[bytes, str]:
    path = PurePosixPath(str(kept.get("path", "")))
    if path.parts[:1] != ("raw",) or ".." in path.parts:
        return b"", f"{path} does not lie in raw/"
    if "sha256" in kept:
        return opened(folder, kept)
    try:
        return unpacked(folder / path), ""
    except (OSError, EOFError, zlib.error) as error:
        return b"", f"{path} cannot be read ({error})"


def _deliveries(run: runs.Run, name: str, body: bytes) -> Iterator[records.Delivery]:
    prefix = name.partition("-")[0]
    added = run.service.get(ADDED)
    if added is not None:
        number = str(added.get("number", "")).rpartition(" ")[2]
        citation = decode(body.decode()) if prefix == DESCRIBED else next(iter(PARSERS[prefix](body).entries)).citation
        own = own_number(run.source, citation)
        yield records.Delivery(run.source, own or number, citation)
    elif run.search:
        parse = PARSERS.get(prefix)
        entries = parse(body).entries if parse else ()
        yield from (records.Delivery(run.source, entry.accession, entry.citation) for entry in entries)
    else:
        yield from _imported(run, body)


def _imported(run: runs.Run, body: bytes) -> Iterator[records.Delivery]:
    how: Mapping[str, Any] = run.service.get(READ_BY, {})
    source_column, columns = how.get("source_column"), how.get("columns") or {}
    readable = as_utf8(body, run.encoding) if run.service.get("encoding_given") else body
    account = open_entries(readable, format=run.format or None, source_column=source_column, columns=columns)
    for entry in account.entries:
        if _is_of(run, entry):
            yield delivery_of(run.source, account.format, entry)


def _is_of(run: runs.Run, entry: ParsedEntry) -> bool:
    """Whether an entry is of the run's source: a file with a column of sources made a run for each."""
    return not entry.source or slug(entry.source) == run.source


def _store_missing(
    transaction: Transaction, run: runs.Run, deliveries: list[records.Delivery], delivered: set[str], copies: Counter[str]
) -> int:
    keyed, _ = records.with_keys(transaction, deliveries, copies)
    later = records.delivered_later(transaction, run.id, {key for key, _ in keyed})
    missing = [(key, delivery) for key, delivery in keyed if key not in delivered and key not in later]
    delivered |= {key for key, _ in missing}
    return records.store_keyed(transaction, run.id, missing)
