"""Reading from a review what waits for a person after a rerun, and acknowledging it.

Which changes need an answer, and when they have it, is decided in `changes_since_decision`. An acknowledgement is an event like any
other: it travels with copies and can be undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.record.changes import EDITED_FIELD, notices
from prisma_tool.model.text import one_line
from prisma_tool.reports.notices import notices_of
from prisma_tool.reports.state import Report, load_review_state, reports_of
from prisma_tool.reports.version_scope import reopening_candidates
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.future_events import future_events
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import records
from prisma_tool.store.runs import reruns, runs
from prisma_tool.store.runs.reruns import Arrival
from prisma_tool.updates.changes_since_decision import (
    CHANGE_KINDS,
    ChangeSinceDecision,
    OpenItems,
    RecordChange,
    ReportAnswers,
    changes_of,
    late_among,
    late_and_unlike,
    notice_change,
    unanswered,
    vanished_change,
)
from prisma_tool.updates.superseded_corrections import edit_changes, superseded_corrections

LATE_DUPLICATE, NEW_RECORD = "late duplicate", "new record of a closed report"
"""In an acknowledgement: what was seen of a record beside changes to it."""


def open_items(transaction: Transaction) -> OpenItems:
    """All that waits for a person now."""
    states = reruns.search_states(transaction)
    arrivals = reruns.arrivals(transaction)
    acknowledgements = _acknowledgements(transaction)
    return OpenItems(
        changes=tuple(_unanswered_changes(transaction, None, late_among(arrivals))),
        unfinished=tuple(state for state in states if runs.is_unfinished(state.search, state.status, transaction.protocol)),
        undelivered=tuple(state for state in states if state.undelivered),
        late_duplicates=tuple(
            (arrival.key, arrival.cluster) for arrival in _late_duplicates(transaction, arrivals, acknowledgements)
        ),
        reopening=_reopening_candidates(transaction, acknowledgements),
        superseded_corrections=tuple(superseded_corrections(transaction, acknowledgements)),
        future_events=tuple(future_events(transaction)),
    )


_Acknowledgements = Mapping[str, Sequence[Event]]
"""By the key of the record that they are about."""


def _late_duplicates(
    transaction: Transaction, arrivals: Sequence[Arrival], acknowledgements: _Acknowledgements
) -> Iterator[Arrival]:
    """The records that joined a decided report late, and that nobody has acknowledged since they came."""
    numbers = reruns.article_numbers(transaction, {arrival.key for arrival in arrivals})
    for arrival in late_and_unlike(arrivals, numbers):
        if not _is_seen(LATE_DUPLICATE, acknowledgements.get(arrival.key, ()), arrival.added):
            yield arrival


def _reopening_candidates(transaction: Transaction, acknowledgements: _Acknowledgements) -> tuple[str, ...]:
    if not event_rows.not_undone(transaction, EventKind.VERSION):
        return ()
    review_state = load_review_state(transaction)
    candidates = reopening_candidates(review_state)
    members = {
        report.key: [record.key for record in report.records] for report in review_state.reports if report.key in candidates
    }
    since = records.current_since(transaction, {key for keys in members.values() for key in keys})
    return tuple(
        key
        for key in candidates
        if not _is_seen(NEW_RECORD, acknowledgements.get(key, ()), max(since[member] for member in members[key]))
    )


def _is_seen(kind: str, acknowledgements: Sequence[Event], since: datetime) -> bool:
    """Whether this was acknowledged by anybody after it came."""
    return any(kind in event.payload.get("kinds", ()) and event.done >= since for event in acknowledgements)


def changes_about(transaction: Transaction, keys: Collection[str]) -> list[ChangeSinceDecision]:
    """What is raised about the records of one report; costs no more than that report."""
    late_arrivals = late_among(reruns.arrivals(transaction, keys)) if len(keys) > 1 else []
    return _unanswered_changes(transaction, set(keys), late_arrivals)


def _unanswered_changes(
    transaction: Transaction, keys: set[str] | None, late_arrivals: Sequence[Arrival]
) -> list[ChangeSinceDecision]:
    revisions = reruns.revisions(transaction, CHANGE_KINDS, keys)
    changes = [change for revision in revisions for change in changes_of(revision)]
    changes += [vanished_change(vanishing) for vanishing in reruns.vanished_records(transaction, keys)]
    changes += _arrived_with_notice(transaction, late_arrivals)
    changes += edit_changes(transaction, keys)
    changes += [notice_change(event) for event in notices_of(transaction, keys) if event.text("notice") in CHANGE_KINDS]
    reports = reports_of(transaction, {change.key for change in changes})
    known = [change for change in changes if change.key in reports]
    return unanswered(known, _report_answers(transaction, reports), reports, transaction.protocol)


def _arrived_with_notice(transaction: Transaction, late_arrivals: Sequence[Arrival]) -> Iterator[RecordChange]:
    """A late copy of a decided report may be the first to say that the paper was retracted."""
    stored = records.records_by_key(transaction, {arrival.key for arrival in late_arrivals})
    for arrival in late_arrivals:
        for kind in sorted(notices(stored[arrival.key].citation) & set(CHANGE_KINDS)):
            yield RecordChange(
                arrival.key, kind, "no notice", f"told by {one_line(arrival.key)}, which arrived later", arrival.added
            )


def _report_answers(transaction: Transaction, reports: Mapping[str, Report]) -> dict[str, ReportAnswers]:
    members = {record.key for report in reports.values() for record in report.records}
    answers = reruns.votes_and_rulings_on(transaction, members)
    acknowledgements = _acknowledgements(transaction)
    return {
        key: _answers_on([record.key for record in report.records], answers, acknowledgements) for key, report in reports.items()
    }


def _answers_on(keys: list[str], answers: Mapping[str, list[Event]], acknowledgements: _Acknowledgements) -> ReportAnswers:
    current_events = [event for key in keys for event in answers.get(key, ())]
    return ReportAnswers(
        votes=tuple(event for event in current_events if event.kind == EventKind.DECISION),
        rulings=tuple(event for event in current_events if event.kind == EventKind.ADJUDICATION),
        acknowledgements=tuple(event for key in keys for event in acknowledgements.get(key, ())),
    )


def _acknowledgements(transaction: Transaction) -> _Acknowledgements:
    by_key: dict[str, list[Event]] = {}
    for event in event_rows.not_undone(transaction, EventKind.ACKNOWLEDGEMENT):
        by_key.setdefault(event.subject, []).append(event)
    return by_key


def acknowledge(review: Review, keys: Sequence[str], reviewer: str) -> list[ChangeSinceDecision]:
    """Note that a reviewer has seen what is raised about the reports of these records and lets the decisions stand.

    That is what changed about them, which is returned, corrections that their source has changed, late duplicates, and records that describe closed
    reports.

    Raises:
        DecisionError: an unknown key, or nothing is raised about its report; then nothing was stored.
    """
    with review.store.write() as transaction:
        records.require(transaction, keys)
        acknowledged = [_acknowledged(transaction, key) for key in keys]
        pairs = [pair for _, raised in acknowledged for pair in raised]
        kinds = {key: sorted({kind for changed_key, kind in pairs if changed_key == key}) for key, _ in pairs}
        drafts = [
            event_log.Draft(EventKind.ACKNOWLEDGEMENT, key, reviewer=reviewer, payload={"kinds": change_kinds})
            for key, change_kinds in kinds.items()
        ]
        event_log.append(transaction, drafts)
        return [change for changes, _ in acknowledged for change in changes]


def _acknowledged(transaction: Transaction, key: str) -> tuple[list[ChangeSinceDecision], list[tuple[str, str]]]:
    """The changes that are raised about a record's report, and all that is raised about it as pairs of a key and its kind."""
    cluster = update.clusters_of(transaction, [key])[key]
    members = update.members_of(transaction, [cluster])[cluster]
    acknowledgements = _acknowledgements(transaction)
    changes = changes_about(transaction, members)
    raised = [(change.key, change.kind) for change in changes]
    raised += [(edit.key, EDITED_FIELD) for edit in superseded_corrections(transaction, acknowledgements, members)]
    late = [arrival.key for arrival in _late_duplicates(transaction, reruns.arrivals(transaction, members), acknowledgements)]
    # Who names a late record has looked at that one.
    raised += [(one, LATE_DUPLICATE) for one in ([key] if key in late else late)]
    raised += [(one, NEW_RECORD) for one in _reopening_candidates(transaction, acknowledgements) if one in members]
    if not raised:
        raise DecisionError(
            f"Nothing about {one_line(key)} waits to be looked at; `prisma-tool status --attention` lists what does."
        )
    return changes, raised
