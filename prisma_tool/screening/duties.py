"""Who owes which votes at a stage, read from a review; the rule itself is in `split`.

Invariant: a report is open at a stage when its outcome there is missing or pending and it is not without its full text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prisma_tool.model.protocol import Protocol
from prisma_tool.model.rules import StageRules
from prisma_tool.model.team import Team
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.screening.queue import at_stage
from prisma_tool.screening.reports import Phase, Report
from prisma_tool.screening.split import Place, owing, waits_for_assignment
from prisma_tool.store import projections, standings
from prisma_tool.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Duties:
    """What a stage asks of whom. `voters` and `assigned` are by record key."""

    stage: Stage
    rules: StageRules
    active: tuple[str, ...]
    team: Team
    voters: Mapping[str, frozenset[str]]
    assigned: Mapping[str, frozenset[str]]

    def owing(self, report: Report) -> frozenset[str]:
        """The reviewers of whom this report wants a vote now; nobody where it is not open."""
        return owing(self.rules, self.active, self._place(report)) if is_open(report, self.stage) else frozenset()

    def voted(self, report: Report) -> frozenset[str]:
        """Who has voted on this report at the stage."""
        return _of_members(report, self.voters)

    def given_to(self, report: Report) -> frozenset[str]:
        """To whom this report was assigned."""
        return _of_members(report, self.assigned)

    def keys_given(self, report: Report, name: str) -> list[str]:
        """The records of this report on which the assignment to somebody stands."""
        return [record.key for record in report.records if name in self.assigned.get(record.key, ())]

    def unassigned(self, report: Report) -> bool:
        """True for an open report that still has to be assigned to somebody."""
        return is_open(report, self.stage) and waits_for_assignment(self.rules, self._place(report))

    def stranded(self, report: Report) -> bool:
        """True for an open report whose missing vote nobody can give as things stand."""
        waits = is_open(report, self.stage) and self._pilot(report) is None
        return waits and not self.owing(report) and not self.unassigned(report)

    def _place(self, report: Report) -> Place:
        return Place(report.key, self.voted(report), self.given_to(report), self._pilot(report))

    def _pilot(self, report: Report) -> frozenset[str] | None:
        if self.stage not in self.team.pilots:
            return None
        return self.team.awaited(self.stage, [record.key for record in report.records])


def duties(transaction: Transaction, stage: Stage, asking: str = "") -> Duties:
    """The duties of a stage as they stand. Where the protocol lists no reviewers, whoever is `asking` is one."""
    protocol: Protocol = transaction.protocol
    team = projections.team_now(transaction)
    rules = protocol.screening.at(stage)
    voters = _grouped(standings.voters_at(transaction, stage))
    active = team.active(protocol) if protocol.reviewers or not asking else (asking,)
    return Duties(stage, rules, active, team, voters, _grouped(standings.assignments_at(transaction, stage)))


def is_open(report: Report, stage: Stage) -> bool:
    """Whether a report waits for votes at a stage."""
    there = at_stage(report, stage) and report.phase is not Phase.NOT_RETRIEVED
    return there and report.at(stage) in (None, OutcomeState.PENDING)


def _of_members(report: Report, facts: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if len(report.records) == 1:
        return facts.get(report.records[0].key, frozenset())
    return frozenset(name for record in report.records for name in facts.get(record.key, ()))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, name in pairs:
        found.setdefault(key, set()).add(name)
    return {key: frozenset(names) for key, names in found.items()}
