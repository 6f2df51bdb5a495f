"""Giving records to reviewers, for teams whose protocol splits the work by assignment.

Invariant: an assignment is an event on a record; it moves no vote, and a later one takes it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import Stage
from prisma_tool.reports.allocation import sample
from prisma_tool.reports.owed_votes import OwedVotes, is_open, owed_votes
from prisma_tool.reports.state import Report, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.screening.removal import selected_reports
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.queues import votes_by_report


@dataclass(frozen=True, slots=True)
class AssignmentRequest:
    """What is to be given to whom: `keys`, all that meets a condition (`where`), a number drawn at random, or everything evenly.

    `by` assigns, `to` gets (empty with `evenly`). `undo` takes it back; another `seed` makes another draw.
    """

    stage: Stage
    by: str
    to: str = ""
    keys: tuple[str, ...] = ()
    where: str = ""
    number: int | None = None
    evenly: bool = False
    undo: bool = False
    seed: str = "1"


def assign(review: Review, request: AssignmentRequest) -> dict[str, int]:
    """Give records to reviewers; returns how many reports each got (or gave back), by name.

    Raises:
        UsageError: it is not said what, or to whom.
        DecisionError: somebody who does not screen now, an unknown key, or nothing to give.
    """
    _check_request(request)
    with review.store.write() as transaction:
        owed = owed_votes(transaction, request.stage)
        if request.to and request.to not in owed.active and not request.undo:
            raise DecisionError(
                f"{request.to} does not screen in this review now; review.toml and `prisma-tool reviewer list` tell who does."
            )
        reports = load_review_state(transaction).reports
        if request.keys or request.where:
            selected = selected_reports(transaction, request.keys, request.where)
            reports = tuple(report for report in reports if report.key in selected)
        assignments = _assignments(transaction, reports, owed, request)
        if not assignments:
            raise DecisionError(
                f"There is nothing at {request.stage} to {'take back' if request.undo else 'give'}; nothing was changed."
            )
        drafts = [
            event_log.Draft(EventKind.ASSIGNMENT, key, request.stage, request.by, {"to": name, "assigned": not request.undo})
            for key, name in assignments
        ]
        event_log.append(transaction, drafts)
        return dict(Counter(name for _, name in assignments))


def _check_request(request: AssignmentRequest) -> None:
    ways = [bool(request.keys), bool(request.where), request.number is not None, request.evenly]
    if sum(ways) > 1 or (request.evenly and (request.to or request.undo)):
        raise UsageError("Give one of: keys, --where CONDITION, --number N, or --evenly (to everybody).")
    if not request.evenly and not request.to:
        raise UsageError("Say to whom: `prisma-tool assign NAME ...`, or --evenly for everybody.")
    if not any(ways) and not request.undo:
        raise UsageError("Say what: keys, --where CONDITION, --number N, or --evenly.")


Assignments = list[tuple[str, str]]
"""(record, reviewer)."""


def _assignments(
    transaction: Transaction, reports: Collection[Report], owed: OwedVotes, request: AssignmentRequest
) -> Assignments:
    if request.undo:
        keys = {report.key for report in reports}
        assigned = votes_by_report.records_assigned(transaction, request.stage, request.to)
        return [(key, request.to) for cluster, key in assigned if cluster in keys]
    return _evenly(reports, owed, request) if request.evenly else _to_reviewer(reports, owed, request)


def _to_reviewer(reports: Iterable[Report], owed: OwedVotes, request: AssignmentRequest) -> Assignments:
    assignable = {
        report.key for report in reports if _is_assignable(report, owed, request.to, only_unassigned=request.number is not None)
    }
    keys = (
        sample(assignable, request.number, f"{request.seed} {request.to}") if request.number is not None else sorted(assignable)
    )
    return [(key, request.to) for key in keys]


def _is_assignable(report: Report, owed: OwedVotes, name: str, *, only_unassigned: bool) -> bool:
    """Whether somebody may get an open report; with `only_unassigned`, only where somebody is still missing."""
    if not is_open(report, owed.stage) or name in _assigned_or_voted(report, owed):
        return False
    return not only_unassigned or owed.unassigned(report)


def _assigned_or_voted(report: Report, owed: OwedVotes) -> frozenset[str]:
    """Who was given a report or has voted on it."""
    return owed.assigned.get(report.key, frozenset()) | owed.voters.get(report.key, frozenset())


def _evenly(reports: Iterable[Report], owed: OwedVotes, request: AssignmentRequest) -> Assignments:
    """All that is missing, each report to those who have least so far."""
    loads: Counter[str] = Counter(dict.fromkeys(owed.active, 0))
    for report in reports:
        loads.update(owed.assigned.get(report.key, frozenset()) & set(owed.active))
    unassigned = {report.key: report for report in reports if owed.unassigned(report)}
    return [
        pair for key in sample(unassigned, len(unassigned), request.seed) for pair in _assign_report(unassigned[key], owed, loads)
    ]


def _assign_report(report: Report, owed: OwedVotes, loads: Counter[str]) -> Sequence[tuple[str, str]]:
    taken = _assigned_or_voted(report, owed)
    missing = owed.rules.reviewers_per_record - len(taken)
    least_loaded = sorted(
        (name for name in owed.active if name not in taken), key=lambda name: (loads[name], owed.active.index(name))
    )
    loads.update(least_loaded[: max(missing, 0)])
    return [(report.key, name) for name in least_loaded[: max(missing, 0)]]
