"""Whether a folder's journal and its database hold the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from prisma_tool.history.findings import CheckResult
from prisma_tool.model.log.events import EventKind
from prisma_tool.review.journal_beside_log import JournalBesideLog
from prisma_tool.review.journal_completion import JournalEntry, lacking_events
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.log_contents import stored_identities


def journal_check(review: Review, transaction: Transaction, journal: JournalBesideLog) -> CheckResult:
    """Compare the journal with the log, both ways; the log has been gone through beside it."""
    entries, unmet, began = journal.others(), journal.unmet(), journal.began()
    if began is None:
        return "journal", [], "none yet; it begins with the next event"
    present, differing, absent = 0, [], []
    for event_id, sha256, merged in stored_identities(transaction) if entries or unmet else ():
        entry = entries.get(event_id)
        if entry is not None:
            present += 1
            if entry.sha256 and sha256 not in ("", entry.sha256):
                differing.append(event_id)
        elif not merged and event_id in unmet:
            absent.append(event_id)
    problems = [*_lost(_not_stored(transaction, entries) if present < len(entries) else ()), *_rewritten(differing, entries)]
    if lacking := lacking_events(review.store, transaction, review.folder, began, absent):
        problems.append(
            f"the journal lacks {len(lacking)} events that the database holds: `prisma-tool doctor --rebuild` appends them"
        )
    return "journal", problems, "all its events are in the database, and none is missing"


def _not_stored(transaction: Transaction, entries: Mapping[str, JournalEntry]) -> Iterable[JournalEntry]:
    stored = {event_id for event_id, _, _ in stored_identities(transaction)}
    return (entry for event_id, entry in entries.items() if event_id not in stored)


def _lost(entries: Iterable[JournalEntry]) -> list[str]:
    # A protocol alone is no work: it is noted again whenever a review is opened.
    lost = [entry for entry in entries if entry.kind != EventKind.PROTOCOL]
    if not lost:
        return []
    newest = max(entry.received for entry in lost)
    sentence = (
        f"{len(lost)} events of the journal, the newest of {newest:%Y-%m-%d %H:%M} UTC, are not in the database: it was put back from an "
        "older copy, or copied without review.db-wal beside it. `prisma-tool restore` offers to store them, `prisma-tool rescue` also "
        "gathers lost records"
    )
    return [sentence]


def _rewritten(differing: Collection[str], entries: Mapping[str, JournalEntry]) -> list[str]:
    if not differing:
        return []
    ids = set(differing)
    first = next(event_id for event_id in entries if event_id in ids)
    return [f"{len(differing)} events have another content in the journal than in the database, such as {first}"]
