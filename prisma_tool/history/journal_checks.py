"""Whether a folder's journal and its database hold the same, and appending to the journal what it lacks.

The journal holds what was done from this folder. With a database in a file, that is all that this database has stored since the journal
began; on a server, colleagues' folders have the rest. What came by merging is in the copies' own logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from prisma_tool.file_io import explained_errors
from prisma_tool.history.findings import CheckResult
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.review.journal import FOLDER, append, read_journal
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.log_contents import stored_identities


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What is compared of an event in the journal."""

    sha256: str
    kind: str
    received: datetime


def read_entries(review: Review) -> Mapping[str, JournalEntry]:
    """The events of a folder's journal by id.

    Read it before the transaction with which it is compared: what is in the journal was committed before.

    Raises:
        PrismaError: a file cannot be read.
    """
    with explained_errors(review.folder / FOLDER):
        return {event.id: JournalEntry(event.sha256, event.kind, event.received) for event in read_journal(review.folder)}


def journal_check(review: Review, transaction: Transaction, entries: Mapping[str, JournalEntry]) -> CheckResult:
    """Compare the journal with the log, both ways."""
    if not entries:
        return "journal", [], "none yet; it begins with the next event"
    stored = stored_identities(transaction)
    problems = [*_lost(stored, entries), *_rewritten(stored, entries)]
    if lacking := _lacking(review, transaction, entries):
        problems.append(
            f"the journal lacks {len(lacking)} events that the database holds: `prisma-tool doctor --rebuild` appends them"
        )
    return "journal", problems, "all its events are in the database, and none is missing"


def _lost(stored: Mapping[str, str], entries: Mapping[str, JournalEntry]) -> list[str]:
    # A protocol alone is no work: it is noted again whenever a review is opened.
    lost = [entry for event_id, entry in entries.items() if event_id not in stored and entry.kind != EventKind.PROTOCOL]
    if not lost:
        return []
    newest = max(entry.received for entry in lost)
    sentence = (
        f"{len(lost)} events of the journal, the newest of {newest:%Y-%m-%d %H:%M} UTC, are not in the database: it was put back from an "
        "older copy, or copied without review.db-wal beside it. `prisma-tool restore` offers to store them, `prisma-tool rescue` also "
        "gathers lost records"
    )
    return [sentence]


def _rewritten(stored: Mapping[str, str], entries: Mapping[str, JournalEntry]) -> list[str]:
    differing = [
        event_id
        for event_id, entry in entries.items()
        if entry.sha256 and stored.get(event_id, entry.sha256) not in ("", entry.sha256)
    ]
    if not differing:
        return []
    return [f"{len(differing)} events have another content in the journal than in the database, such as {differing[0]}"]


def _lacking(review: Review, transaction: Transaction, entries: Mapping[str, JournalEntry]) -> list[Event]:
    """The events which this database stored, not merged, since the journal began, and which the journal lacks; none on a server."""
    if review.store.file is None or not entries:
        return []
    missing = stored_identities(transaction, merged=False).keys() - entries.keys()
    if missing:
        # Whoever writes meanwhile appends a moment after the commit.
        missing -= {event.id for event in read_journal(review.folder)}
    began = min(entry.received for entry in entries.values())
    events = (event for event in event_rows.with_ids(transaction, missing) if event.received >= began)
    return sorted(events, key=lambda event: (event.received, event.order))


def complete_journal(review: Review) -> int:
    """Append to the journal what it lacks; returns how many events.

    Raises:
        PrismaError: the journal cannot be read or written.
    """
    entries = read_entries(review)
    with review.store.read() as transaction:
        missing = _lacking(review, transaction, entries)
    with explained_errors(review.folder / FOLDER):
        append(review.folder / FOLDER, missing)
    return len(missing)
