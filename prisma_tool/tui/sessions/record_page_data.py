"""One record opened whole: all records of its report, where it stands, what its viewer may know of votes and notes, and its history.

Invariant: what is held back from the viewer (counting rule 25, docs/counting.md) is not in here in any readable form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prisma_tool.fulltext.attempts import FullText, full_texts
from prisma_tool.history import event_sentences
from prisma_tool.history.activity import words
from prisma_tool.model.log.events import Event, EventKind, by_order
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.merged_view import MergedRecord
from prisma_tool.model.text import one_line
from prisma_tool.reports import blinding
from prisma_tool.reports.state import Report, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import record_events, records
from prisma_tool.store.records.records import StoredRecord, merged_records
from prisma_tool.studies.links import CapturedPublication
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision

_UNKNOWN = FullText()


def title_of(review: Review, key: str) -> str:
    """The title of a record; its key where it has none.

    Raises:
        StoreError: the database cannot be read.
    """
    with review.store.read() as transaction:
        held = records.records_by_key(transaction, [key])
    return one_line(held[key].citation.title if key in held else "") or one_line(key)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """An event in words."""

    event: Event
    words: str


@dataclass(frozen=True, slots=True)
class RecordDetails:
    """A record and its report, as one viewer may see them. `records` begins with the one that was opened."""

    key: str
    report: Report
    records: tuple[StoredRecord, ...]
    notes: tuple[Event, ...]
    hidden_notes: int
    votes: tuple[str, ...]
    labels: tuple[str, ...]
    history: tuple[HistoryLine, ...]
    captured: tuple[CapturedPublication, ...] = ()
    raised: tuple[ChangeSinceDecision, ...] = ()
    lacks_results: bool = False
    found_in: tuple[str, ...] = ()
    text: FullText = _UNKNOWN

    @property
    def view(self) -> MergedRecord:
        """The best value of each field over all records of the report, and from which record it comes."""
        return merged_records(self.key, self.records)


def read_record_details(review: Review, key: str, viewer: str) -> RecordDetails:
    """The record of this key with its report.

    Args:
        review: The review.
        key: The record.
        viewer: Who looks; votes that are blind for them are left out.

    Raises:
        DecisionError: there is no such record.
        StoreError: the database cannot be read.
    """
    with review.store.read() as transaction:
        records.require(transaction, [key])
        report = reports_of(transaction, [key])[key]
        keys = [record.key for record in report.records]
        stored = records.records_by_key(transaction, keys)
        ordered = sorted(stored.values(), key=lambda record: (record.key != key, keys.index(record.key)))
        events = sorted(event_rows.events(transaction, subjects=keys), key=by_order)
        hidden = blinding.held_back(transaction, viewer, events)
        votes, notes = record_events.votes_on(transaction, keys), record_events.notes_on(transaction, keys)
        visible_notes = tuple(note for note in notes if note.id not in hidden)
        return RecordDetails(
            key=key,
            report=report,
            records=tuple(ordered),
            notes=visible_notes,
            hidden_notes=len(notes) - len(visible_notes),
            votes=tuple(_vote(vote, transaction.protocol, hidden) for vote in votes),
            labels=tuple(sorted({label for _, label in record_events.labels_on(transaction, keys)})),
            history=history_lines(transaction, [*events, *_undos(transaction, events)], hidden),
            found_in=tuple(dict.fromkeys(way for ways in record_events.found_in(transaction, keys).values() for way in ways)),
            text=full_texts(transaction, {key: keys})[key],
        )


def _vote(vote: Event, protocol: Protocol, hidden: frozenset[str]) -> str:
    return event_sentences.sentence(vote, protocol, held_back=vote.id in hidden)


def _undos(transaction: Transaction, events: Sequence[Event]) -> list[Event]:
    return list(event_rows.events(transaction, kinds=[EventKind.UNDO], subjects=[event.id for event in events])) if events else []


def history_lines(transaction: Transaction, events: Iterable[Event], hidden: frozenset[str]) -> tuple[HistoryLine, ...]:
    """Events in words, in the order in which things were done; undo events among them name what they took back."""
    ordered = sorted(events, key=by_order)
    known = {event.id: event for event in ordered}
    return tuple(HistoryLine(event, words(event, known.get(event.subject), transaction.protocol, hidden)) for event in ordered)
