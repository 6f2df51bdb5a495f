"""The people of a review: who they are, who left, what each has done and who waits for whom.

Invariant: leaving and coming back are events and touch no vote; whatever waited for somebody who left waits for somebody else, or is
told as stranded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.log.team import Membership, Team
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import Stage
from prisma_tool.reports.owed_votes import Duties, duties, is_open
from prisma_tool.reports.state import Report, load
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import report_rows


@dataclass(frozen=True, slots=True)
class Person:
    """One who takes part: roles, whether active, votes given and owed by stage."""

    name: str
    roles: tuple[str, ...]
    active: bool
    voted: Mapping[str, int]
    owes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Work:
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


def people(transaction: Transaction) -> tuple[list[Person], dict[Stage, Work]]:
    """Everybody who takes part or ever voted, in the order of the protocol, and the work of each stage."""
    reports = load(transaction).reports
    asked = {stage: duties(transaction, stage) for stage in Stage}
    owed = {stage: _owed(reports, asked[stage]) for stage in Stage}
    voted: dict[str, dict[str, int]] = {}
    for name, stage, n in report_rows.votes_per_reviewer(transaction):
        voted.setdefault(name, {})[stage] = n
    team = update.team_now(transaction)
    listed = [
        Person(
            name,
            roles_of(transaction.protocol, name),
            name not in team.retired,
            {stage.value: voted.get(name, {}).get(stage, 0) for stage in Stage},
            {stage.value: owed[stage][name] for stage in Stage},
        )
        for name in dict.fromkeys([*everybody(transaction.protocol), *sorted(voted)])
    ]
    return listed, {stage: _work(reports, asked[stage]) for stage in Stage}


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


def _owed(reports: Iterable[Report], asked: Duties) -> Counter[str]:
    return Counter(name for report in reports for name in asked.owing(report))


def _work(reports: Iterable[Report], asked: Duties) -> Work:
    there = [report for report in reports if is_open(report, asked.stage)]
    begun = [report for report in there if report.key in asked.voters]
    waiting = Counter(
        (" and ".join(sorted(asked.voters[report.key])), " or ".join(sorted(owing)))
        for report in begun
        if (owing := asked.owing(report))
    )
    in_pilot = sum(report.key in (asked.pilot or ()) for report in there)
    return Work(
        open=len(there),
        begun=len(begun),
        unassigned=sum(map(asked.unassigned, there)),
        stranded=sum(map(asked.stranded, there)),
        pilot=in_pilot,
        waiting=dict(sorted(waiting.items(), key=lambda one: (-one[1], one[0]))),
    )


def retire(review: Review, name: str, by: str) -> Event:
    """Note that a reviewer has left; every vote stays, and what waited for theirs waits for others.

    Raises:
        DecisionError: the protocol does not name them, or they have left already.
    """
    return _stated(review, name, by, Membership.RETIRED)


def take_again(review: Review, name: str, by: str) -> Event:
    """Note that a reviewer who had left is back.

    Raises:
        DecisionError: they have not left.
    """
    return _stated(review, name, by, Membership.ACTIVE)


def _stated(review: Review, name: str, by: str, state: Membership) -> Event:
    with review.store.write() as transaction:
        person = _named(transaction.protocol, update.team_now(transaction), name, state)
        draft = event_log.Draft(EventKind.REVIEWER, person, reviewer=by, payload={"state": state.value})
        return event_log.append(transaction, [draft])[0]


def _named(protocol: Protocol, team: Team, name: str, state: Membership) -> str:
    known = (*everybody(protocol), *team.retired)
    person = next((one for one in known if one.casefold() == name.casefold()), None)
    if person is None:
        raise DecisionError(
            f"'{name}' takes no part in this review; review.toml names {', '.join(everybody(protocol)) or 'nobody'}."
        )
    if (person in team.retired) == (state is Membership.RETIRED):
        raise DecisionError(f"{person} has left already." if state is Membership.RETIRED else f"{person} has not left.")
    return person
