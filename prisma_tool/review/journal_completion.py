"""What a folder's journal lacks of the log, and appending it.

The journal holds what was done from this folder. With a database in a file, that is all that this database has stored since the journal
began; on a server, colleagues' folders have the rest. What came by merging is in the copies' own journals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from sys import intern

from msgspec import Struct

from prisma_tool.file_io import explained_errors
from prisma_tool.model.log.events import Event
from prisma_tool.review.journal import FOLDER, append, kept_contents
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Store, Transaction
from prisma_tool.store.engine.log_contents import stored_identities


class JournalEntry(Struct, frozen=True, gc=False):
    """What is compared of an event in the journal; as small as can be, for a journal has hundreds of thousands."""

    sha256: str
    kind: str
    received: datetime


def read_entries(folder: Path) -> Mapping[str, JournalEntry]:
    """The events of a folder's journal by id.

    Read it before the transaction with which it is compared: what is in the journal was committed before.

    Raises:
        PrismaError: a file cannot be read.
    """
    with explained_errors(folder / FOLDER):
        return kept_contents(folder, entry_of).events


def entry_of(event: Event) -> JournalEntry:
    """What is compared of an event."""
    return JournalEntry(event.sha256, intern(event.kind), event.received)


def lacking_events(
    store: Store, transaction: Transaction, folder: Path, began: datetime | None, absent: Collection[str]
) -> list[Event]:
    """The events which this database stored, not merged, since the journal began, and which the journal lacks; none on a server.

    Args:
        store: The review's database.
        transaction: The transaction to read in.
        folder: The review's folder.
        began: When the oldest event of its journal, as it was read, was stored; None for none.
        absent: The ids of the events of the log that are not in this journal and did not come from a copy.
    """
    if store.file is None or began is None:
        return []
    missing = set(absent)
    if missing:
        # Whoever writes meanwhile appends a moment after the commit.
        missing -= read_entries(folder).keys()
    events = (event for event in event_rows.with_ids(transaction, missing) if event.received > began)
    return sorted(events, key=lambda event: (event.received, event.order))


def complete_journal(store: Store, folder: Path) -> int:
    """Append to the journal what it lacks; returns how many events.

    Raises:
        PrismaError: the journal cannot be read or written.
    """
    entries = read_entries(folder)
    with store.read() as transaction:
        absent = [event_id for event_id, _, merged in stored_identities(transaction) if not merged and event_id not in entries]
        began = min((entry.received for entry in entries.values()), default=None)
        missing = lacking_events(store, transaction, folder, began, absent)
    with explained_errors(folder / FOLDER):
        append(folder / FOLDER, missing)
    return len(missing)
