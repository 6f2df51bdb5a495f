"""What one person may read of a review while a stage is blind (counting rule 25): the one place that decides it.

A vote is sealed from another reviewer until that one has voted on the report at the stage too, and from everybody else until the report has
all the votes that it needs; so are the notes on it, and with them the events that take them back. Outcomes need no sealing: they are
pending, however somebody voted, until all wanted votes are there, and so the votes of a conflict may be shown to those who settle it.
Invariant: what passes here depends on nothing that is sealed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.reports.state import Report, at_stage, reports_of
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import record_events

PORTION = 500
JUDGEMENTS = (EventKind.DECISION, EventKind.NOTE)
"""Kinds of events that tell how somebody judges a report."""
HINTS = (EventKind.ORDER,)
"""Kinds that follow from one reviewer's votes without naming them."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a viewer (empty: nobody in particular) may read about some records. Make one with `sight`."""

    viewer: str
    protocol: Protocol
    reports: Mapping[str, Report]
    voted: frozenset[tuple[str, str]]
    """(report, stage) on which the viewer's own vote stands."""

    def event(self, event: Event) -> bool:
        """Whether the viewer may read this event; of an `undo`, ask for the event that it takes back."""
        if event.kind == EventKind.DECISION:
            return self.vote(event)
        if event.kind == EventKind.NOTE:
            return self.note(event)
        return event.kind not in HINTS or event.reviewer == self.viewer or not self._is_blind(event.stage)

    def vote(self, event: Event) -> bool:
        """Whether the viewer may read this decision."""
        return event.reviewer == self.viewer or self.opened(event.subject, Stage(event.stage))

    def note(self, event: Event) -> bool:
        """Whether the viewer may read this note: it may tell its author's vote at the stage at which it was written."""
        if event.reviewer == self.viewer:
            return True
        report = self.reports.get(event.subject)
        return self.opened(event.subject, Stage(event.stage) if event.stage else stage_of(report))

    def opened(self, key: str, stage: Stage) -> bool:
        """Whether others' votes on the report of this record are open to the viewer at a stage."""
        if not self.protocol.screening.at(stage).blind:
            return True
        report = self.reports.get(key)
        if report is None or (report.key, stage) in self.voted:
            return report is not None
        return not self._screens and report.at(stage) not in (None, OutcomeState.PENDING)

    @property
    def _screens(self) -> bool:
        """Whether the viewer could still be asked for a vote; whoever only looks on, or settles conflicts, could not."""
        listed = self.protocol.reviewers
        return self.viewer in listed if listed else bool(self.viewer)

    def _is_blind(self, stage: str) -> bool:
        wanted = [Stage(stage)] if stage in tuple(Stage) else list(Stage)
        return any(self.protocol.screening.at(one).blind for one in wanted)


def stage_of(report: Report | None) -> Stage:
    """The last stage that a report has reached."""
    return Stage.FULL_TEXT if report is not None and at_stage(report, Stage.FULL_TEXT) else Stage.TITLE_ABSTRACT


def sight(transaction: Transaction, viewer: str, keys: Collection[str]) -> Sight:
    """What a viewer may read about these records; reads no more of the review than their reports."""
    reports = reports_of(transaction, set(keys))
    members = {record.key for report in reports.values() for record in report.records}
    mine = [vote for vote in record_events.votes_on(transaction, members) if vote.reviewer == viewer] if viewer else []
    report_of = {record.key: report.key for report in reports.values() for record in report.records}
    voted = frozenset((report_of[vote.subject], Stage(vote.stage)) for vote in mine)
    return Sight(viewer, transaction.protocol, reports, voted)


def readable(transaction: Transaction, viewer: str, events: Iterable[Event]) -> Iterator[Event]:
    """Those of these events that a viewer may read, in their order; a portion is judged at a time."""
    rest = iter(events)
    while portion := list(islice(rest, PORTION)):
        targets = {event.id: _judged_event(transaction, event) for event in portion}
        here = sight(transaction, viewer, {target.subject for target in targets.values() if target.kind in JUDGEMENTS})
        yield from (event for event in portion if here.event(targets[event.id]))


def _judged_event(transaction: Transaction, event: Event) -> Event:
    """The event itself, or what an undo in the end speaks of; the last undo where a copy brought some that name each other or nothing."""
    passed: set[str] = set()
    while event.kind == EventKind.UNDO and event.id not in passed:
        passed.add(event.id)
        event = next(iter(event_rows.with_ids(transaction, [event.subject])), event)
    return event


def held_back(transaction: Transaction, viewer: str, events: Iterable[Event]) -> frozenset[str]:
    """The ids of those events of which `viewer` may know only that there is one."""
    judgements = [event for event in events if event.kind in (*JUDGEMENTS, *HINTS) and event.reviewer != viewer]
    here = sight(transaction, viewer, {event.subject for event in judgements if event.kind in JUDGEMENTS})
    return frozenset(event.id for event in judgements if not here.event(event))


def readable_notes(transaction: Transaction, viewer: str, keys: Collection[str]) -> tuple[list[Event], int]:
    """The notes on these records that a viewer may read, oldest first, and how many are held back."""
    notes = record_events.notes_on(transaction, keys)
    here = sight(transaction, viewer, keys)
    seen = [note for note in notes if here.note(note)]
    return seen, len(notes) - len(seen)
