"""The people of a review: who they are, who left, what each has done and who waits for whom.

Invariant: leaving and coming back are events and touch no vote; whatever waited for somebody who left waits for somebody else, or is
told as stranded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.log.team import Membership, Team
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.reports.counted_state import load_counted_state
from prisma_tool.reports.owed_votes import OwedVotes, asks_by_voters_alone, is_open, owed_votes
from prisma_tool.reports.state import Report, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.queues import votes_by_report
from prisma_tool.store.records import report_rows


@dataclass(frozen=True, slots=True)
class Person:
    """One who takes part: roles, whether active, and how many votes were given and are owed, by the stage's value."""

    name: str
    roles: tuple[str, ...]
    active: bool
    voted: Mapping[str, int]
    owes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StageWork:
    """The work of a stage: reports still open, those with one vote that wait for another, and those that nobody can finish.

    `waiting` counts, by (who has voted, whose vote is missing), the reports on which somebody waits for somebody; a shared queue with
    several to choose from names them together. `pilot` is the number of open reports of a pilot round.
    """

    open: int
    begun: int
    unassigned: int
    stranded: int
    pilot: int
    waiting: Mapping[tuple[str, str], int] = field(default_factory=dict)


def people(transaction: Transaction) -> tuple[list[Person], dict[Stage, StageWork]]:
    """Everybody who takes part or ever voted, in the order of the protocol, and the work of each stage."""
    open_at = {stage: _open_reports(transaction, stage) for stage in Stage}
    owed_votes_at = {stage: _owed_on(transaction, stage, open_at[stage]) for stage in Stage}
    groups_at = {stage: _groups(transaction, open_at[stage], owed_votes_at[stage]) for stage in Stage}
    owed_counts = {stage: _owed_counts(groups_at[stage], owed_votes_at[stage]) for stage in Stage}
    voted: dict[str, dict[str, int]] = {}
    for name, stage, n in report_rows.votes_per_reviewer(transaction):
        voted.setdefault(name, {})[stage] = n
    team = update.team_now(transaction)
    persons = [
        Person(
            name,
            roles_of(transaction.protocol, name),
            name not in team.retired,
            {stage.value: voted.get(name, {}).get(stage, 0) for stage in Stage},
            {stage.value: owed_counts[stage][name] for stage in Stage},
        )
        for name in dict.fromkeys([*everybody(transaction.protocol), *sorted(voted)])
    ]
    return persons, {stage: _stage_work(groups_at[stage], owed_votes_at[stage]) for stage in Stage}


def _open_reports(transaction: Transaction, stage: Stage) -> list[Report]:
    """The open reports of a stage; where it only matters who has voted, those on which nobody has are counted and not listed."""
    all_reports = load_counted_state(transaction).reports
    counted = [report for report in all_reports if is_open(report, stage)]
    listed = {report.key for report in all_reports}
    begun = [report for report in counted if not report.key and report.at(stage) is OutcomeState.PENDING]
    keys = [key for key in votes_by_report.pending_at(transaction, stage) if key not in listed] if begun else ()
    # More keys than reports: somebody voted at full text on a report that title/abstract screening has not let through.
    if (counted and not asks_by_voters_alone(transaction, stage)) or len(keys) != sum(report.n for report in begun):
        return [report for report in load_review_state(transaction).reports if is_open(report, stage)]
    return [report for report in counted if report not in begun] + [replace(begun[0], key=key, n=1) for key in keys]


OpenGroup = tuple[Report, int]
"""An open report, and how many there are of which the same votes are wanted."""


def _groups(transaction: Transaction, reports: Iterable[Report], owed: OwedVotes) -> list[OpenGroup]:
    if not asks_by_voters_alone(transaction, owed.stage):
        return [(report, report.n) for report in reports]
    first: dict[frozenset[str] | None, Report] = {}
    numbers: Counter[frozenset[str] | None] = Counter()
    for report in reports:
        voters = owed.voters.get(report.key)
        first.setdefault(voters, report)
        numbers[voters] += report.n
    return [(report, numbers[voters]) for voters, report in first.items()]


def everybody(protocol: Protocol) -> tuple[str, ...]:
    """All whom the protocol names, each once."""
    named = (*protocol.reviewers, *protocol.adjudicators, *protocol.observers, *protocol.tools)
    return tuple(dict.fromkeys(named))


def roles_of(protocol: Protocol, name: str) -> tuple[str, ...]:
    """The roles in which the protocol names somebody."""
    lists = {
        "reviewer": protocol.reviewers,
        "adjudicator": protocol.adjudicators,
        "observer": protocol.observers,
        "tool": protocol.tools,
    }
    return tuple(role for role, names in lists.items() if name in names)


_MANY_OPEN = 10_000
"""From this many open reports on, reading the votes on all is cheaper than asking for some."""


def _owed_on(transaction: Transaction, stage: Stage, open_reports: Sequence[Report]) -> OwedVotes:
    keys = None if len(open_reports) >= _MANY_OPEN else [report.key for report in open_reports]
    return owed_votes(transaction, stage, keys=keys)


def _owed_counts(groups: Iterable[OpenGroup], owed: OwedVotes) -> Counter[str]:
    counts: Counter[str] = Counter()
    for report, n in groups:
        for name in owed.reviewers_owing(report):
            counts[name] += n
    return counts


def _stage_work(groups: Sequence[OpenGroup], owed: OwedVotes) -> StageWork:
    begun = [(report, n) for report, n in groups if report.key in owed.voters]
    waiting: Counter[tuple[str, str]] = Counter()
    for report, n in begun:
        if missing := owed.reviewers_owing(report):
            waiting[" and ".join(sorted(owed.voters[report.key])), " or ".join(sorted(missing))] += n
    return StageWork(
        open=sum(n for _, n in groups),
        begun=sum(n for _, n in begun),
        unassigned=sum(n for report, n in groups if owed.unassigned(report)),
        stranded=sum(n for report, n in groups if owed.stranded(report)),
        pilot=sum(n for report, n in groups if report.key in (owed.pilot or ())),
        waiting=dict(sorted(waiting.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def retire(review: Review, name: str, by: str) -> Event:
    """Note that a reviewer has left; every vote stays, and what waited for theirs waits for others.

    Args:
        review: The review.
        name: The reviewer who has left.
        by: Who notes it.

    Raises:
        DecisionError: the protocol does not name them, or they have left already.
    """
    return _append_membership(review, name, by, Membership.RETIRED)


def take_again(review: Review, name: str, by: str) -> Event:
    """Note that a reviewer who had left is back.

    Args:
        review: The review.
        name: The reviewer who is back.
        by: Who notes it.

    Raises:
        DecisionError: they have not left.
    """
    return _append_membership(review, name, by, Membership.ACTIVE)


def _append_membership(review: Review, name: str, by: str, state: Membership) -> Event:
    with review.store.write() as transaction:
        person = _checked_name(transaction.protocol, update.team_now(transaction), name, state)
        draft = event_log.Draft(EventKind.REVIEWER, person, reviewer=by, payload={"state": state.value})
        return event_log.append(transaction, [draft])[0]


def _checked_name(protocol: Protocol, team: Team, name: str, state: Membership) -> str:
    known = (*everybody(protocol), *team.retired)
    person = next((member for member in known if member.casefold() == name.casefold()), None)
    if person is None:
        raise DecisionError(
            f"'{name}' takes no part in this review; review.toml names {', '.join(everybody(protocol)) or 'nobody'}."
        )
    if (person in team.retired) == (state is Membership.RETIRED):
        raise DecisionError(f"{person} has left already." if state is Membership.RETIRED else f"{person} has not left.")
    return person
