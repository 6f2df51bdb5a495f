"""All that is displayed about one report, read in one transaction.

Invariant: other reviewers' notes are held back until the reviewer has decided (counting rule 25).
"""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.fulltext.attempts import FullText, full_texts
from prisma_tool.model.log.events import Event, EventKind, by_order
from prisma_tool.model.record.merged_view import MergedRecord
from prisma_tool.model.vocabulary import Stage
from prisma_tool.reports.blinding import readable_notes
from prisma_tool.screening.queue import QueuedReport, first_waiting, queued_report
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import queues
from prisma_tool.store.records import record_events, records
from prisma_tool.store.records.records import StoredRecord, merged_records
from prisma_tool.studies import links
from prisma_tool.updates import acknowledgement
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision

_UNKNOWN = FullText()
MANY = 20_000
"""The queue of fewer records is read in less time than anybody notices, and the screen is painted once."""


@dataclass(frozen=True, slots=True)
class ReportOnScreen:
    """One report with its contents. `records` begins with the representative.

    `captured` names the publications in the review that report the trial of a register entry. `hidden_notes` counts other reviewers'
    notes that are held back. `raised` is what changed about the records since the reviewer decided, and was not answered.
    """

    item: QueuedReport
    records: tuple[StoredRecord, ...]
    notes: tuple[Event, ...]
    hidden_notes: int
    retrieval: Event | None
    captured: tuple[links.CapturedPublication, ...] = ()
    raised: tuple[ChangeSinceDecision, ...] = ()
    labels: tuple[str, ...] = ()
    found_in: tuple[str, ...] = ()
    """The keys of the reports that led to this one."""
    text: FullText = _UNKNOWN
    """What is known of its full text; looked up at full text alone."""

    @property
    def view(self) -> MergedRecord:
        """The merged view: the best value of each field, and from which record it comes."""
        return merged_records(self.records[0].key, self.records)

    @property
    def lacks_results(self) -> bool:
        """True for a register entry whose trial has posted no results."""
        trial = self.records[0].citation.trial
        return trial is not None and not trial.has_results


def read_report(transaction: Transaction, key: str, stage: Stage, reviewer: str) -> ReportOnScreen | None:
    """What `reviewer` is shown about the report of a key at a stage; None where the key is unknown.

    Raises:
        StoreError: the database cannot be read.
    """
    item = queued_report(transaction, stage, reviewer, key)
    return None if item is None else _shown(transaction, item, stage, reviewer)


def read_first(transaction: Transaction, last: str, stage: Stage, reviewer: str) -> ReportOnScreen | None:
    """What a reviewer who looked at `last` is shown before the queue is read, where that takes long and the report is known; else None.

    Raises:
        StoreError: the database cannot be read.
    """
    if queues.last_arrival(transaction) < MANY:
        return None
    key = first_waiting(transaction, stage, reviewer, last)
    return None if key is None else read_report(transaction, key, stage, reviewer)


def _shown(transaction: Transaction, item: QueuedReport, stage: Stage, reviewer: str) -> ReportOnScreen:
    keys = [record.key for record in item.report.records]
    held = records.records_by_key(transaction, keys)
    ordered = sorted(held.values(), key=lambda record: (record.key != item.key, keys.index(record.key)))
    seen, hidden = readable_notes(transaction, reviewer, keys)
    return ReportOnScreen(
        item=item,
        records=tuple(ordered),
        notes=tuple(seen),
        hidden_notes=hidden,
        retrieval=_retrieval(transaction, keys, stage),
        captured=tuple(links.captured_through(transaction, ordered[0])),
        raised=_raised(transaction, keys, reviewer),
        labels=tuple(sorted({label for _, label in record_events.labels_on(transaction, keys)})),
        found_in=tuple(dict.fromkeys(led for leads in record_events.found_in(transaction, keys).values() for led in leads)),
        text=full_texts(transaction, {item.key: keys})[item.key] if stage is Stage.FULL_TEXT else _UNKNOWN,
    )


def _raised(transaction: Transaction, keys: list[str], reviewer: str) -> tuple[ChangeSinceDecision, ...]:
    """What changed since the reviewer decided; what changed under others' votes alone is not this reviewer's to answer."""
    changes = acknowledgement.changes_about(transaction, keys)
    return tuple(change for change in changes if reviewer in change.waiting or not change.waiting)


def _retrieval(transaction: Transaction, keys: list[str], stage: Stage) -> Event | None:
    if stage is Stage.TITLE_ABSTRACT:
        return None
    retrievals = event_rows.events(transaction, kinds=[EventKind.RETRIEVAL], subjects=keys)
    return max(retrievals, key=by_order, default=None)
