"""What was tried to get a full text: links, letters to authors, dates.

Invariant: an attempt is an event that only adds to the log; all count together unless taken back, on whichever record of the report
they were noted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind, by_order
from prisma_tool.model.text import one_line
from prisma_tool.reports.state import SOUGHT, Report, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import record_events, records


class AttemptMeans(StrEnum):
    """How a full text was sought."""

    TRIED = "tried"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class RetrievalAttempt:
    """One attempt: the record, whether a place was tried or somebody asked, which or whom, and when (None: now)."""

    key: str
    means: AttemptMeans
    what: str
    at: datetime | None = None


def note_attempts(review: Review, attempts: Sequence[RetrievalAttempt], reviewer: str) -> list[Event]:
    """Keep attempts to get full texts, all or none.

    Raises:
        DecisionError: an unknown key, a report that is not sought, nothing said, or a date in the future.
    """
    with review.store.write() as transaction:
        return note_attempts_within(transaction, attempts, reviewer)


def note_attempts_within(transaction: Transaction, attempts: Sequence[RetrievalAttempt], reviewer: str) -> list[Event]:
    """Keep attempts as part of a larger step.

    Raises:
        DecisionError: as for `note_attempts`.
    """
    records.require(transaction, {attempt.key for attempt in attempts})
    reports = reports_of(transaction, {attempt.key for attempt in attempts})
    for attempt in attempts:
        _check(attempt, reports[attempt.key], transaction.now())
    return event_log.append(transaction, [_draft(attempt, reviewer) for attempt in attempts])


def _check(attempt: RetrievalAttempt, report: Report, now: datetime) -> None:
    if report.phase not in SOUGHT:
        raise DecisionError(f"{attempt.key} is {report.phase}; full texts are sought for reports included at title/abstract.")
    if not one_line(attempt.what):
        raise DecisionError(f"Say what was tried or who was asked for {attempt.key}; nothing was stored.")
    if attempt.at is not None and attempt.at > now:
        raise DecisionError(f"The date {attempt.at:%Y-%m-%d} of the attempt for {attempt.key} lies in the future.")


def _draft(attempt: RetrievalAttempt, reviewer: str) -> event_log.Draft:
    payload = {"means": attempt.means.value, "what": one_line(attempt.what)}
    return event_log.Draft(EventKind.EFFORT, attempt.key, reviewer=reviewer, payload=payload, at=attempt.at)


def attempt_text(event: Event) -> str:
    """An attempt in words: `2025-02-03 asked: a.moreau@example.org`."""
    return f"{event.at:%Y-%m-%d} {one_line(event.text('means'))}: {one_line(event.text('what'))}"


@dataclass(frozen=True, slots=True)
class FullText:
    """What is known of a report's full text: status ("" where nobody said), the note on it, files (newest first), attempts."""

    status: str = ""
    note: str = ""
    by: str = ""
    at: datetime | None = None
    files: tuple[str, ...] = ()
    attempts: tuple[Event, ...] = ()


def full_texts(transaction: Transaction, members: Mapping[str, Sequence[str]]) -> dict[str, FullText]:
    """What is known of the full texts of some reports.

    Args:
        transaction: An open transaction.
        members: By report, under any name: the keys of all its records.

    Returns:
        What is known, by the same names.
    """
    keys = {key for group in members.values() for key in group}
    events = {
        kind: _by_subject(record_events.events_about(transaction, kind, keys)) for kind in (EventKind.RETRIEVAL, EventKind.EFFORT)
    }
    return {name: _full_text(group, events[EventKind.RETRIEVAL], events[EventKind.EFFORT]) for name, group in members.items()}


def _by_subject(events: Sequence[Event]) -> dict[str, list[Event]]:
    by_subject: dict[str, list[Event]] = {}
    for event in events:
        by_subject.setdefault(event.subject, []).append(event)
    return by_subject


def _full_text(
    group: Sequence[str], retrievals: Mapping[str, list[Event]], attempt_events: Mapping[str, list[Event]]
) -> FullText:
    retrieval_events = _in_order(group, retrievals)
    attempts = tuple(sorted(_in_order(group, attempt_events), key=lambda attempt: attempt.at))
    if not retrieval_events:
        return FullText(attempts=attempts)
    last = retrieval_events[-1]
    files = tuple(dict.fromkeys(event.text("file") for event in reversed(retrieval_events) if event.text("file")))
    return FullText(last.text("status"), last.text("note"), last.reviewer, last.at, files, attempts)


def _in_order(group: Sequence[str], events: Mapping[str, list[Event]]) -> list[Event]:
    return sorted((event for key in group for event in events.get(key, ())), key=by_order)


def take_back(review: Review, key: str, reviewer: str) -> Event:
    """Take back this reviewer's last word on a report's full text, whether a status or an attempt; returns it.

    Raises:
        DecisionError: an unknown key, or the reviewer has said nothing about its full text.
    """
    with review.store.write() as transaction:
        records.require(transaction, [key])
        report = reports_of(transaction, [key])[key]
        keys = {record.key for record in report.records}
        events = [
            event
            for kind in (EventKind.RETRIEVAL, EventKind.EFFORT)
            for event in record_events.events_about(transaction, kind, keys)
        ]
        own = [event for event in events if event.reviewer == reviewer]
        if not own:
            raise DecisionError(
                f"{reviewer} has said nothing about the full text of {one_line(key)}; there is nothing to take back."
            )
        last = max(own, key=by_order)
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, last.id, reviewer=reviewer)])
        return last
