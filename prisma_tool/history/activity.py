"""The log as a reviewer reads it: newest first, a page at a time, in words, and taking back a decision from there.

Invariants: a page reads the log backwards from where the page before ended, never the whole of it; what is held back from the viewer
(counting rule 25) is in no entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from prisma_tool.errors import DecisionError
from prisma_tool.history import event_sentences
from prisma_tool.model.log.contributors import listed_person
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.reports import blinding
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs
from prisma_tool.team.blinding_log import changes_by_event

RUN_KINDS = ("search", "import")
"""Searches and imports stand among the events as kinds of their own, although they are kept as runs."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries are wanted: of one reviewer, of one kind, about one record (`key`) and those joined with it. Empty means any."""

    reviewer: str = ""
    kind: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that was done at `at`, and stored at `received`, in words.

    `details` are the (name, value) pairs that the viewer may read of it. `undone` marks what was taken back, `held_back` what the viewer
    may not see yet; `title` is that of the record it is about, empty where it is about none.
    """

    id: str
    kind: str
    subject: str
    reviewer: str
    at: datetime
    received: datetime
    words: str
    details: tuple[tuple[str, str], ...]
    title: str = ""
    undone: bool = False
    held_back: bool = False
    n: int = 1
    """How many events it stands for: what one act did is one entry."""


class PageEnd(NamedTuple):
    """Where a page ended: the number and moment of its oldest event."""

    number: int
    received: datetime


class LogPage(NamedTuple):
    """Entries, newest first, and where the next page begins; None at the beginning of the review."""

    entries: tuple[LogEntry, ...]
    further: PageEnd | None


def log_page(review: Review, viewer: str, filters: LogFilter, n: int, since: PageEnd | None = None) -> LogPage:
    """The newest entries, or those before the end of another page.

    Args:
        review: The review.
        viewer: Who reads; what a blind stage holds back from this one is in no entry.
        filters: Which entries are wanted.
        n: How many events at most; searches and imports that lie between them come in addition.
        since: Where the page before ended (its `further`); None for the first page.

    Raises:
        DecisionError: there is no record of this key.
        StoreError: the log cannot be read.
    """
    with review.store.read() as transaction:
        numbered = _events(transaction, filters, n, since)
        further = PageEnd(numbered[-1][0], numbered[-1][1].received) if len(numbered) == n else None
        event_entries = list(_event_entries(transaction, viewer, [event for _, event in numbered]))
        run_entries = list(_run_entries(transaction, filters, since, further))
    entries = sorted([*event_entries, *run_entries], key=lambda pair: pair[0], reverse=True)
    shown = [entry for _, entry in entries]
    return LogPage(tuple(shown if filters.key else _by_act(shown)), further)


_ACTS_ON_MANY = frozenset({EventKind.REMOVAL, EventKind.LABEL, EventKind.STUDY, EventKind.RETRIEVAL, EventKind.ASSIGNMENT})
"""What one command or form does to many records, an event each."""


def _by_act(entries: Sequence[LogEntry]) -> Iterator[LogEntry]:
    """What one act did as one entry: the pairs that one run of deduplication joined, what was done to many records at once."""
    for act, beside in groupby(entries, key=_act):
        together = list(beside)
        if act is None or len(together) == 1:
            yield from together
        else:
            yield _joins(together) if act == _JOINED else _on_many(together)


_JOINED = ("joined",)


def _act(entry: LogEntry) -> tuple[object, ...] | None:
    """What entries of one act have in common; None for one that is an act of its own."""
    if entry.undone or entry.held_back:
        return None
    if _is_engines_join(entry):
        return _JOINED
    if entry.kind in _ACTS_ON_MANY or (entry.kind == EventKind.DECISION and _FROM_FILE in entry.words):
        return (entry.kind, entry.reviewer, entry.received, _words_about(entry, "it"))
    return None


_FROM_FILE = "(from a file"


def _words_about(entry: LogEntry, subject: str) -> str:
    return entry.words.replace(entry.subject, subject, 1) if entry.subject else entry.words


def _is_engines_join(entry: LogEntry) -> bool:
    is_same = ("verdict", DuplicateVerdict.SAME.value) in entry.details
    return entry.kind == EventKind.DUPLICATE and entry.reviewer == ENGINE and is_same


def _joins(entries: Sequence[LogEntry]) -> LogEntry:
    pairs = tuple(("pair", entry.words) for entry in entries)
    words = f"deduplication joined {counted(len(entries), 'pair')}"
    return replace(entries[0], subject="", title="", words=words, details=pairs, n=len(entries))


def _on_many(entries: Sequence[LogEntry]) -> LogEntry:
    about = tuple(("record", f"{entry.subject} {entry.title}".rstrip()) for entry in entries)
    words = _words_about(entries[0], counted(len(entries), "record"))
    shared = tuple(pair for pair in entries[0].details if all(pair in entry.details for entry in entries))
    return replace(entries[0], subject="", title="", words=words, details=(*shared, *about), n=len(entries))


_DatedEntry = tuple[tuple[datetime, str], LogEntry]


def _events(transaction: Transaction, filters: LogFilter, n: int, after_page: PageEnd | None) -> list[tuple[int, Event]]:
    if filters.kind in RUN_KINDS:
        return []
    subjects = _related_subjects(transaction, filters.key) if filters.key else ()
    before = after_page.number if after_page else None
    return event_rows.latest(transaction, n, before=before, kind=filters.kind, subjects=subjects, reviewer=filters.reviewer)


def _related_subjects(transaction: Transaction, key: str) -> set[str]:
    """The records of a key's cluster, and the events about them, which undo events name."""
    records.require(transaction, [key])
    cluster = update.clusters_of(transaction, [key])[key]
    members = update.members_of(transaction, [cluster])[cluster]
    return {*members, *(event.id for event in event_rows.events(transaction, subjects=members))}


def _event_entries(transaction: Transaction, viewer: str, events: Sequence[Event]) -> Iterator[_DatedEntry]:
    targets = _targets(transaction, events)
    hidden = blinding.held_back(transaction, viewer, [*events, *targets.values()])
    undone = event_rows.find_undone(transaction, {event.id for event in events})
    stored = records.records_by_key(transaction, {event.subject for event in (*events, *targets.values())})
    changes = changes_by_event(transaction, events)
    for event in events:
        target = targets.get(event.subject) if event.kind == EventKind.UNDO else None
        record = stored.get(target.subject if target else event.subject)
        entry = _entry(transaction, event, target, hidden)
        title = one_line(record.citation.title) if record else ""
        entry = replace(entry, words=f"{entry.words}: {changes[event.id]}") if event.id in changes else entry
        yield (event.received, event.id), replace(entry, title=title, undone=event.id in undone)


def _targets(transaction: Transaction, events: Iterable[Event]) -> Mapping[str, Event]:
    """What the undo events among these took back."""
    undone = {event.subject for event in events if event.kind == EventKind.UNDO}
    return {event.id: event for event in event_rows.with_ids(transaction, undone)}


def _entry(transaction: Transaction, event: Event, target: Event | None, hidden: Collection[str]) -> LogEntry:
    held_back = event.id in hidden or (target is not None and target.id in hidden)
    return LogEntry(
        id=event.id,
        kind=event.kind,
        subject=target.subject if target else event.subject,
        reviewer=event.reviewer,
        at=event.at,
        received=event.received,
        words=words(event, target, transaction.protocol, hidden),
        details=()
        if held_back
        else tuple((name, str(value)) for name, value in _payload(transaction, event) if value not in ("", None)),
        held_back=held_back,
    )


def _payload(transaction: Transaction, event: Event) -> Iterator[tuple[str, Any]]:
    """What an event holds; an operator only where that is somebody of the review."""
    for name, value in event.payload.items():
        yield name, listed_person(transaction.protocol, str(value)) if name == "operator" else value


def words(event: Event, target: Event | None, protocol: Protocol, hidden: Collection[str]) -> str:
    """The sentence of an event, and of what an undo took back, of which either may be held back."""
    if target is not None and target.id in hidden:
        return one_line(f"{event_sentences.actor(event)} {event_sentences.held_back_undo(target)}")
    return event_sentences.sentence(event, protocol, held_back=event.id in hidden, taken_back=target)


def _run_entries(
    transaction: Transaction, filters: LogFilter, since: PageEnd | None, further: PageEnd | None
) -> Iterator[_DatedEntry]:
    """The runs that began between the ends of a page."""
    if filters.reviewer or filters.key or filters.kind not in ("", *RUN_KINDS):
        return
    for run in runs.all_runs(transaction):
        fits = filters.kind in ("", _kind(run))
        if fits and (since is None or run.started < since.received) and (further is None or run.started >= further.received):
            yield (run.started, run.id), _run_entry(run, listed_person(transaction.protocol, run.operator))


def _kind(run: runs.Run) -> str:
    return "search" if run.search else "import"


def _run_entry(run: runs.Run, by: str) -> LogEntry:
    actor = one_line(by) or "somebody"
    action = f"ran the search {run.search}" if run.search else f"imported {run.file_name or run.source}"
    reported = "" if run.reported is None else f", {run.reported} reported"
    facts = (
        ("status", run.status),
        ("source", run.source),
        ("query", run.query),
        ("file", run.file_name),
        ("sha256", run.file_sha256),
    )
    details = tuple((name, str(value)) for name, value in facts if value)
    sentence = one_line(f"{actor} {action} ({run.status}{reported})")
    return LogEntry(run.id, _kind(run), run.search or run.source, by, run.started, run.started, sentence, details)


def undo(review: Review, event_id: str, reviewer: str) -> Event:
    """Take back one decision, as an event; returns the decision.

    Args:
        review: The review.
        event_id: The id of the decision.
        reviewer: Who takes it back, who must be who made it.

    Raises:
        DecisionError: it is no decision, somebody else's, taken back already, or replaced by a later one.
    """
    with review.store.write() as transaction:
        event = event_rows.event_by_id(transaction, event_id)
        _check_undo(transaction, event, reviewer)
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, event.id, reviewer=reviewer)])
        return event


def _check_undo(transaction: Transaction, event: Event, reviewer: str) -> None:
    if event.kind != EventKind.DECISION:
        raise DecisionError("Only decisions are taken back here; other deeds are, in the place where they were done.")
    if event.reviewer != reviewer:
        raise DecisionError(f"This is {one_line(event.reviewer)}'s decision; only {one_line(event.reviewer)} can take it back.")
    if event_rows.find_undone(transaction, [event.id]):
        raise DecisionError("This decision has been taken back already.")
    if not event_rows.in_force(transaction, event.id):
        raise DecisionError("A later decision of yours on the same record has replaced this one; take that back.")
