"""Reading from a review what waits for a person after a rerun, and noting that a person has seen it.

Owns the reading; what is raised, and when it is settled, is decided in `attention`. An acknowledgement is an event like any other: it
travels with copies and can be undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.record.changes import EDITED_FIELD, notices
from prisma_tool.model.text import one_line
from prisma_tool.reports.state import Report, load, reports_of
from prisma_tool.reports.version_scope import raised_for_reopening
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import records
from prisma_tool.store.runs import reruns, runs
from prisma_tool.store.runs.reruns import Arrival
from prisma_tool.updates.changes_since_decision import (
    RAISED,
    Answers,
    Attention,
    Change,
    Overtaken,
    Raised,
    changes_of,
    late,
    raised,
    vanished_change,
)
from prisma_tool.updates.superseded_corrections import edit_changes, overtaken


def attention(transaction: Transaction) -> Attention:
    """All that waits for a person now."""
    states = reruns.search_states(transaction)
    late_ones = late(reruns.arrivals(transaction))
    return Attention(
        raised=tuple(_raised(transaction, None, late_ones)),
        unfinished=tuple(state for state in states if runs.is_unfinished(state.search, state.status, transaction.protocol)),
        undelivered=tuple(state for state in states if state.undelivered),
        late=tuple((one.key, one.cluster) for one in late_ones),
        reopening=_reopening(transaction),
        overtaken=tuple(overtaken(transaction, _acknowledgements(transaction))),
    )


def _reopening(transaction: Transaction) -> tuple[str, ...]:
    closed = event_rows.not_undone(transaction, EventKind.VERSION)
    return raised_for_reopening(load(transaction)) if closed else ()


def raised_about(transaction: Transaction, keys: Collection[str]) -> list[Raised]:
    """What is raised about the records of one report; costs no more than that report."""
    late_ones = late(reruns.arrivals(transaction, keys)) if len(keys) > 1 else []
    return _raised(transaction, set(keys), late_ones)


def _raised(transaction: Transaction, keys: set[str] | None, late_ones: Sequence[Arrival]) -> list[Raised]:
    revisions = reruns.revisions(transaction, RAISED, keys)
    changes = [change for revision in revisions for change in changes_of(revision)]
    changes += [vanished_change(one) for one in reruns.vanishings(transaction, keys)]
    changes += _arrived_with_notice(transaction, late_ones)
    changes += edit_changes(transaction, keys)
    reports = reports_of(transaction, {change.key for change in changes})
    known = [change for change in changes if change.key in reports]
    return raised(known, _answers(transaction, reports), reports, transaction.protocol)


def _arrived_with_notice(transaction: Transaction, late_ones: Sequence[Arrival]) -> Iterator[Change]:
    """A late copy of a decided report may be the first to say that the paper was retracted."""
    held = records.records_by_key(transaction, {one.key for one in late_ones})
    for one in late_ones:
        for kind in sorted(notices(held[one.key].citation) & set(RAISED)):
            yield Change(one.key, kind, "no notice", f"told by {one_line(one.key)}, which arrived later", one.added)


def _answers(transaction: Transaction, reports: Mapping[str, Report]) -> dict[str, Answers]:
    members = {record.key for report in reports.values() for record in report.records}
    said = reruns.answers_on(transaction, members)
    seen = _acknowledgements(transaction)
    return {key: _answers_on([record.key for record in report.records], said, seen) for key, report in reports.items()}


def _answers_on(keys: list[str], said: Mapping[str, list[Event]], seen: Mapping[str, list[Event]]) -> Answers:
    standing = [event for key in keys for event in said.get(key, ())]
    return Answers(
        votes=tuple(event for event in standing if event.kind == EventKind.DECISION),
        rulings=tuple(event for event in standing if event.kind == EventKind.ADJUDICATION),
        acknowledgements=tuple(event for key in keys for event in seen.get(key, ())),
    )


def _acknowledgements(transaction: Transaction) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in event_rows.not_undone(transaction, EventKind.ACKNOWLEDGEMENT):
        found.setdefault(event.subject, []).append(event)
    return found


def acknowledge(review: Review, keys: Sequence[str], reviewer: str) -> list[Raised]:
    """Note that a reviewer has seen what changed about these records and lets the decision stand; returns what was raised.

    Raises:
        DecisionError: an unknown key, or nothing is raised about its report; then nothing was stored.
    """
    with review.store.write() as transaction:
        records.require(transaction, keys)
        found = [_acknowledged(transaction, key) for key in keys]
        pairs = [(one.key, one.kind) for told, _ in found for one in told]
        pairs += [(edit.key, EDITED_FIELD) for _, beneath in found for edit in beneath]
        kinds = {key: sorted({kind for other, kind in pairs if other == key}) for key, _ in pairs}
        drafts = [
            event_log.Draft(EventKind.ACKNOWLEDGEMENT, key, reviewer=reviewer, payload={"kinds": said})
            for key, said in kinds.items()
        ]
        event_log.append(transaction, drafts)
        return [one for told, _ in found for one in told]


def _acknowledged(transaction: Transaction, key: str) -> tuple[list[Raised], list[Overtaken]]:
    cluster = update.clusters_of(transaction, [key])[key]
    members = update.members_of(transaction, [cluster])[cluster]
    found = raised_about(transaction, members)
    beneath = overtaken(transaction, _acknowledgements(transaction), members)
    if not found and not beneath:
        raise DecisionError(
            f"Nothing about {one_line(key)} waits to be looked at; `prisma-tool status --attention` lists what does."
        )
    return found, beneath
