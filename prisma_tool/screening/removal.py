"""Taking records out before screening, and putting them back (counting rule 9).

Invariants: all records of one call are removed or none; a report that somebody voted on is never removed; a removal is an event on
each record that was named or met the condition, and a later event takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.model.log.events import Event, EventKind, Slot
from prisma_tool.model.text import one_line
from prisma_tool.records.condition import parse_condition
from prisma_tool.records.record_fields import FIELDS, Candidate, field_context
from prisma_tool.reports.state import BEFORE_SCREENING, Report, ReviewState, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records


class RemovedAs(StrEnum):
    """The two boxes of the diagram for records removed before screening, beside duplicates."""

    AUTOMATION = "automation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RemovalRequest:
    """What is to be removed, or put back with `undo`: keys, or all that meets a condition; `check` stores nothing."""

    reviewer: str
    keys: tuple[str, ...] = ()
    where: str = ""
    removed_as: RemovedAs | None = None
    reason: str = ""
    undo: bool = False
    check: bool = False


@dataclass(frozen=True, slots=True)
class RemovalResult:
    """What it came to: the keys of the records removed or put back, those of their reports, and how many were removed already."""

    records: tuple[str, ...]
    reports: tuple[str, ...]
    already: int


def remove(review: Review, request: RemovalRequest) -> RemovalResult:
    """Remove records from the review before screening, or put them back.

    Raises:
        UsageError: no key and no condition, or a removal without its kind or reason.
        DecisionError: an unknown key, a report that somebody voted on or that comes from other methods, or nothing to put back.
    """
    _check_request(request)
    with review.store.read() if request.check else review.store.write() as transaction:
        review_state = load_review_state(transaction)
        selected = (
            _by_key(transaction, review_state, request.keys)
            if request.keys
            else _by_condition(transaction, review_state, request.where)
        )
        drafts, already = (
            _restoring_drafts(review_state, selected, request)
            if request.undo
            else _removal_drafts(review_state, selected, request)
        )
        if not request.check:
            event_log.append(transaction, drafts)
    subjects = tuple(draft.subject for draft in drafts)
    by_record = _by_record(review_state)
    return RemovalResult(subjects, tuple(dict.fromkeys(by_record[key].key for key in subjects)), already)


def _check_request(request: RemovalRequest) -> None:
    if bool(request.keys) == bool(request.where.strip()):
        raise UsageError("Say what to remove: either keys, or --where CONDITION.")
    if not request.undo and (request.removed_as is None or not request.reason.strip()):
        raise UsageError("Say --as automation or --as other, and --reason TEXT: the diagram has a box for each.")
    if request.undo and (request.removed_as is not None or request.reason):
        raise UsageError("--undo puts records back; leave --as and --reason out.")


def _by_key(transaction: Transaction, review_state: ReviewState, keys: Sequence[str]) -> dict[str, Report]:
    records.require(transaction, keys)
    by_record = _by_record(review_state)
    return {key: by_record[key] for key in dict.fromkeys(keys)}


def _by_condition(transaction: Transaction, review_state: ReviewState, where: str) -> dict[str, Report]:
    """The records that meet the condition, each by itself, with their reports."""
    parsed = parse_condition(where, FIELDS)
    context = field_context(transaction, review_state, parsed.fields)
    by_record = _by_record(review_state)
    holdings = {record.key: record for report in review_state.reports for record in report.records}
    matches = {}
    for record in records.all_records(transaction):
        candidate = Candidate(record.key, record.citation, by_record[record.key], (holdings[record.key],), context)
        if parsed.holds(candidate.values):
            matches[record.key] = candidate.report
    return matches


def selected_reports(transaction: Transaction, keys: Sequence[str], where: str) -> set[str]:
    """The keys of the reports of these records; without any, of all records that meet the condition `where`.

    Raises:
        UsageError: the condition cannot be understood.
        DecisionError: an unknown key.
    """
    review_state = load_review_state(transaction)
    reports = _by_key(transaction, review_state, keys) if keys else _by_condition(transaction, review_state, where)
    return {report.key for report in reports.values()}


def _by_record(review_state: ReviewState) -> dict[str, Report]:
    return {record.key: report for report in review_state.reports for record in report.records}


DraftsAndSkipped = tuple[list[event_log.Draft], int]


def _removal_drafts(review_state: ReviewState, selected: Mapping[str, Report], request: RemovalRequest) -> DraftsAndSkipped:
    _refuse(selected, "somebody voted on already", lambda report: bool(report.title_abstract or report.full_text))
    _refuse(selected, "come from other methods, where the diagram has no box for removals", lambda report: not report.left)
    payload = {"removed": True, "as": str(request.removed_as), "reason": one_line(request.reason)}
    new_keys = [key for key in selected if not _is_unchanged(_removal(review_state, key), payload)]
    drafts = [event_log.Draft(EventKind.REMOVAL, key, reviewer=request.reviewer, payload=payload) for key in new_keys]
    return drafts, len(selected) - len(new_keys)


def _is_unchanged(event: Event | None, payload: Mapping[str, object]) -> bool:
    return event is not None and dict(event.payload) == dict(payload)


def _restoring_drafts(review_state: ReviewState, selected: Mapping[str, Report], request: RemovalRequest) -> DraftsAndSkipped:
    """A report is back only when none of its records is removed, so all of them are put back."""
    removed_reports = {key: report for key, report in selected.items() if report.phase in BEFORE_SCREENING}
    if request.keys and len(removed_reports) < len(selected):
        raise DecisionError(
            f"{_key_list(key for key in selected if key not in removed_reports)} was not removed; nothing was changed."
        )
    members = dict.fromkeys(record.key for report in removed_reports.values() for record in report.records)
    removed_keys = [key for key in members if (event := _removal(review_state, key)) is not None and event.payload.get("removed")]
    payload = {"removed": False, "reason": ""}
    return [event_log.Draft(EventKind.REMOVAL, key, reviewer=request.reviewer, payload=payload) for key in removed_keys], 0


def _removal(review_state: ReviewState, key: str) -> Event | None:
    return review_state.state.standing.get(Slot(EventKind.REMOVAL, key))


def _refuse(selected: Mapping[str, Report], problem: str, applies: Callable[[Report], bool]) -> None:
    refused = [key for key, report in selected.items() if applies(report)]
    if refused:
        raise DecisionError(
            f"{len(refused)} of the {len(selected)} records {problem}: {_key_list(refused)}. Nothing was removed; "
            "add a condition that leaves them out, or exclude them where they stand."
        )


_LISTED_KEYS = 5


def _key_list(keys: Iterable[str]) -> str:
    listed = list(keys)
    more = f" and {len(listed) - _LISTED_KEYS} more" if len(listed) > _LISTED_KEYS else ""
    return f"{', '.join(listed[:_LISTED_KEYS])}{more}"
