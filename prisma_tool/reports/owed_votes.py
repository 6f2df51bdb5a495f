"""Who owes which votes at a stage, read from a review; the rule itself is in `allocation`.

Invariant: a report is open at a stage when its outcome there is missing or pending and it is not without its full text. Reports are named
by the key of their representative, under which the store keeps their clusters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prisma_tool.model.log.contributors import spelling
from prisma_tool.model.log.team import Team
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import Split, StageRules
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.reports.allocation import OpenReport, reviewers_owing, waits_for_assignment
from prisma_tool.reports.state import Phase, Report, at_stage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.queues import queues, votes_by_report

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OwedVotes:
    """Who owes votes at a stage, and on what that depends.

    `active` are the reviewers who screen now. `voters` and `assigned` map the key of a report to the names of those who have voted on it
    and to whom it was assigned; reports without any are left out. `pilot` are the keys of a round under way, None where there is none.
    """

    stage: Stage
    rules: StageRules
    active: tuple[str, ...]
    team: Team
    voters: Mapping[str, frozenset[str]]
    assigned: Mapping[str, frozenset[str]]
    pilot: frozenset[str] | None

    def reviewers_owing_by_key(self, key: str) -> frozenset[str]:
        """The reviewers who owe a vote on the report of this key now, given that it is open."""
        return reviewers_owing(self.rules, self.active, self._open_report(key))

    def reviewers_owing(self, report: Report) -> frozenset[str]:
        """The reviewers who owe a vote on this report now; nobody where it is not open."""
        return self.reviewers_owing_by_key(report.key) if is_open(report, self.stage) else _NOBODY

    def unassigned(self, report: Report) -> bool:
        """True for an open report that still has to be assigned to somebody."""
        return is_open(report, self.stage) and waits_for_assignment(self.rules, self._open_report(report.key))

    def stranded(self, report: Report) -> bool:
        """True for an open report whose missing vote nobody can give as things stand."""
        waits = is_open(report, self.stage) and (self.pilot is None or report.key in self.pilot)
        return waits and not self.reviewers_owing(report) and not self.unassigned(report)

    def _open_report(self, key: str) -> OpenReport:
        pilot = None if self.pilot is None else self._pilot_reviewers if key in self.pilot else _NOBODY
        return OpenReport(key, self.voters.get(key, _NOBODY), self.assigned.get(key, _NOBODY), pilot)

    @property
    def _pilot_reviewers(self) -> frozenset[str]:
        return self.team.pilots[self.stage].reviewers - self.team.retired


def asks_by_voters_alone(transaction: Transaction, stage: Stage) -> bool:
    """True where it depends on nothing but who has voted on an open report whose vote it wants."""
    return transaction.protocol.screening.at(stage).split is Split.SHARED and stage not in update.team_now(transaction).pilots


def is_owed_everything(transaction: Transaction, stage: Stage, reviewer: str) -> bool:
    """True where each open report on which a reviewer has not voted wants the reviewer's vote, so that `owed_votes` need not be read."""
    protocol, team = transaction.protocol, update.team_now(transaction)
    return asks_by_voters_alone(transaction, stage) and reviewer in _active(protocol, team, reviewer)


def _active(protocol: Protocol, team: Team, viewer: str) -> tuple[str, ...]:
    return team.active(protocol) if protocol.reviewers or not viewer else (viewer,)


def owed_votes(transaction: Transaction, stage: Stage, viewer: str = "", keys: Collection[str] | None = None) -> OwedVotes:
    """The votes owed at a stage now.

    Args:
        transaction: An open transaction.
        stage: The stage.
        viewer: Who asks; where the protocol lists no reviewers, this one is the only one. Empty for nobody in particular.
        keys: The keys of the reports whose votes and assignments are read; None for all.
    """
    protocol = transaction.protocol
    team = update.team_now(transaction)
    pilot = team.pilots.get(stage)
    return OwedVotes(
        stage,
        protocol.screening.at(stage),
        _active(protocol, team, viewer),
        team,
        _grouped(_as_listed(protocol, votes_by_report.voters_at(transaction, stage, keys))),
        _grouped(votes_by_report.assignments_at(transaction, stage, keys)),
        None if pilot is None else frozenset(queues.clusters_of(transaction, pilot.keys)),
    )


def is_open(report: Report, stage: Stage) -> bool:
    """Whether a report waits for votes at a stage."""
    reached = at_stage(report, stage) and report.phase is not Phase.NOT_RETRIEVED
    return reached and report.at(stage) in (None, OutcomeState.PENDING)


def _as_listed(protocol: Protocol, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    spelled = spelling(protocol)
    return ((key, spelled(name)) for key, name in pairs)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    names_by_key: dict[str, set[str]] = {}
    for key, name in pairs:
        names_by_key.setdefault(key, set()).add(name)
    return {key: frozenset(names) for key, names in names_by_key.items()}
