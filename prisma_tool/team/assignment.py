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
from prisma_tool.reports.owed_votes import Duties, duties, is_open
from prisma_tool.reports.state import Report, load
from prisma_tool.review.open_review import Review
from prisma_tool.screening.removal import chosen_reports
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.queues import votes_by_report

EVENLY = "evenly"


@dataclass(frozen=True, slots=True)
class Share:
    """What is to be given to whom: keys, all that meet a condition, a number drawn at random, or everything evenly to everybody.

    `undo` takes it back; `seed` makes the draw another.
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


def assign(review: Review, share: Share) -> dict[str, int]:
    """Give records to reviewers; returns how many reports each got (or gave back).

    Raises:
        UsageError: it is not said what, or to whom.
        DecisionError: somebody who does not screen now, an unknown key, or nothing to give.
    """
    _check(share)
    with review.store.write() as transaction:
        asked = duties(transaction, share.stage)
        if share.to and share.to not in asked.active and not share.undo:
            raise DecisionError(
                f"{share.to} does not screen in this review now; review.toml and `prisma-tool reviewer list` tell who does."
            )
        reports = load(transaction).reports
        if share.keys or share.where:
            named = chosen_reports(transaction, share.keys, share.where)
            reports = tuple(report for report in reports if report.key in named)
        given = _given(transaction, reports, asked, share)
        if not given:
            raise DecisionError(
                f"There is nothing at {share.stage} to {'take back' if share.undo else 'give'}; nothing was changed."
            )
        drafts = [
            event_log.Draft(EventKind.ASSIGNMENT, key, share.stage, share.by, {"to": name, "assigned": not share.undo})
            for key, name in given
        ]
        event_log.append(transaction, drafts)
        return dict(Counter(name for _, name in given))


def _check(share: Share) -> None:
    ways = [bool(share.keys), bool(share.where), share.number is not None, share.evenly]
    if sum(ways) > 1 or (share.evenly and (share.to or share.undo)):
        raise UsageError("Give one of: keys, --where CONDITION, --number N, or --evenly (to everybody).")
    if not share.evenly and not share.to:
        raise UsageError("Say to whom: `prisma-tool assign NAME ...`, or --evenly for everybody.")
    if not any(ways) and not share.undo:
        raise UsageError("Say what: keys, --where CONDITION, --number N, or --evenly.")


Given = list[tuple[str, str]]
"""(record, reviewer)."""


def _given(transaction: Transaction, reports: Collection[Report], asked: Duties, share: Share) -> Given:
    if share.undo:
        named = {report.key for report in reports}
        mine = votes_by_report.records_assigned(transaction, share.stage, share.to)
        return [(key, share.to) for cluster, key in mine if cluster in named]
    return _evenly(reports, asked, share) if share.evenly else _to_one(reports, asked, share)


def _to_one(reports: Iterable[Report], asked: Duties, share: Share) -> Given:
    free = {report.key for report in reports if _may_get(report, asked, share.to, wanted=share.number is not None)}
    keys = sample(free, share.number, f"{share.seed} {share.to}") if share.number is not None else sorted(free)
    return [(key, share.to) for key in keys]


def _may_get(report: Report, asked: Duties, name: str, *, wanted: bool) -> bool:
    """Whether somebody may get an open report; with `wanted`, only where somebody is still missing."""
    if not is_open(report, asked.stage) or name in _taken(report, asked):
        return False
    return not wanted or asked.unassigned(report)


def _taken(report: Report, asked: Duties) -> frozenset[str]:
    """Who was given a report or has voted on it."""
    return asked.assigned.get(report.key, frozenset()) | asked.voters.get(report.key, frozenset())


def _evenly(reports: Iterable[Report], asked: Duties, share: Share) -> Given:
    """All that is missing, each report to those who have least so far."""
    load_of: Counter[str] = Counter(dict.fromkeys(asked.active, 0))
    for report in reports:
        load_of.update(asked.assigned.get(report.key, frozenset()) & set(asked.active))
    open_ones = {report.key: report for report in reports if asked.unassigned(report)}
    return [pair for key in sample(open_ones, len(open_ones), share.seed) for pair in _dealt(open_ones[key], asked, load_of)]


def _dealt(report: Report, asked: Duties, load_of: Counter[str]) -> Sequence[tuple[str, str]]:
    taken = _taken(report, asked)
    missing = asked.rules.reviewers_per_record - len(taken)
    free = sorted(
        (name for name in asked.active if name not in taken), key=lambda name: (load_of[name], asked.active.index(name))
    )
    load_of.update(free[: max(missing, 0)])
    return [(report.key, name) for name in free[: max(missing, 0)]]
