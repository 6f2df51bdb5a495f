"""Closing, reopening and listing versions of a review (counting rule 21).

Invariant: a version is one event; what it froze stands in that event and in nothing else, so reopening it loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.versions import Closing, VersionOrigin
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.reports.state import Phase, Report, ReviewState, load_review_state
from prisma_tool.reports.version_scope import unsettled
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.projections.log_head import log_head
from prisma_tool.store.queues import closed_versions
from prisma_tool.store.runs import runs


@dataclass(frozen=True, slots=True)
class ClosedVersion:
    """A closed version as it is told: what it included, how many reports it carried over, and the log's head just before the close."""

    label: str
    closed: str
    made: str
    studies: int
    reports: int
    carried_over: int
    head: str = ""


EnteredNumbers = Mapping[str, list[dict[str, Any]]]
"""Numbers without records that a version leaves to the next: "studies" and "reports", each a list of {"n", "note"}."""


def close(review: Review, label: str, reviewer: str, entered: EnteredNumbers, *, force: bool = False) -> ClosedVersion:
    """Freeze what is included as the version `label`; everything later is an update of it.

    `entered` are the included numbers that were entered by hand, which become previous ones too.

    Raises:
        DecisionError: the label is empty or in use, or (without `force`) something is pending or not deduplicated.
    """
    with review.store.write() as transaction:
        name = free_label(transaction, label)
        review_state = load_review_state(transaction)
        pending = [report for report in review_state.reports if unsettled(report)]
        if not force:
            _require_finished(review_state, pending, _unfinished(transaction))
        noted = {
            "act": VersionOrigin.CLOSED.value,
            "typed": dict(entered),
            "head": log_head(transaction, from_beginning=True).head,
        }
        payload = {**frozen(review_state), **noted}
        event = event_log.append(transaction, [event_log.Draft(EventKind.VERSION, name, reviewer=reviewer, payload=payload)])[0]
        return _version(Closing.of(event))


def free_label(transaction: Transaction, label: str) -> str:
    """The label as it is stored.

    Raises:
        DecisionError: it is empty or in use.
    """
    name = one_line(label)
    if not name:
        raise DecisionError("A version needs a label, such as 2025.")
    if any(closing.label.casefold() == name.casefold() for closing in closed_versions.standing_closings(transaction)):
        raise DecisionError(
            f"The version {name} is closed already; nothing was changed. Choose another label, or first reopen it: "
            "`prisma-tool version reopen`."
        )
    return name


def _require_finished(review_state: ReviewState, pending: list[Report], unfinished: list[str]) -> None:
    problems = [
        *(
            [f"{_count(len(pending), 'report')} still {'waits' if len(pending) == 1 else 'wait'} for a decision"]
            if pending
            else []
        ),
        *(
            [f"{_count(len(review_state.waiting), 'record')} not deduplicated (`prisma-tool dedupe`)"]
            if review_state.waiting
            else []
        ),
        *([f"unfinished searches: {', '.join(unfinished)}"] if unfinished else []),
    ]
    if problems:
        raise DecisionError(
            f"Nothing was closed: {'; '.join(problems)}. `prisma-tool status` tells more; with --force what is pending is "
            "carried over into the next version."
        )


def _unfinished(transaction: Transaction) -> list[str]:
    last = {run.search: run.status for run in runs.all_runs(transaction) if run.search}
    return [name for name, status in last.items() if name and status in (RunStatus.RUNNING, RunStatus.INCOMPLETE)]


def frozen(review_state: ReviewState) -> dict[str, Any]:
    """What a close freezes of a review: included studies and reports, and all keys of the reports that still wait."""
    pending = [report for report in review_state.reports if unsettled(report)]
    included = [report for report in review_state.reports if report.phase is Phase.INCLUDED]
    studies: dict[tuple[str, bool], list[str]] = {}
    for report in included:
        for label in report.studies or (report.key,):
            studies.setdefault((label, bool(report.studies)), []).append(report.key)
    return {
        "studies": [{"label": label, "records": keys} for (label, _), keys in sorted(studies.items())],
        "reports": [report.key for report in included],
        "pending": [record.key for report in pending for record in report.records],
    }


def reopen(review: Review, label: str, reviewer: str) -> Closing:
    """Take back the newest close.

    Args:
        review: The review.
        label: The version that is meant; empty for whichever is the newest.
        reviewer: Who takes the close back.

    Raises:
        DecisionError: nothing is closed, or the label names another version than the newest.
    """
    with review.store.write() as transaction:
        closings = closed_versions.standing_closings(transaction)
        if not closings:
            raise DecisionError("No version of this review is closed; there is nothing to reopen.")
        last = closings[-1]
        if label and last.label.casefold() != one_line(label).casefold():
            raise DecisionError(f"Only the newest version can be reopened, and that is {last.label}, not {one_line(label)}.")
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, last.id, reviewer=reviewer)])
        return last


def list_versions(review: Review) -> list[ClosedVersion]:
    """The closed versions, oldest first."""
    with review.store.read() as transaction:
        return [_version(closing) for closing in closed_versions.standing_closings(transaction)]


def _version(closing: Closing) -> ClosedVersion:
    return ClosedVersion(
        label=closing.label,
        closed=closing.at.isoformat(timespec="seconds"),
        made="elsewhere" if closing.source else "here",
        studies=len(closing.studies) + sum(number.n for number in closing.typed_studies),
        reports=len(closing.reports) + sum(number.n for number in closing.typed_reports),
        carried_over=len(closing.pending),
        head=closing.head,
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"
