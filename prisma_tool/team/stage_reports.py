"""Which reports of a review, or of one version of it, went through a stage, and the votes on them.

Every number about screening is counted over a `StageReports`. Invariant: `settled` are the reports that the box of the flow diagram counts;
a report that still waits for a vote is only counted (counting rule 25).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prisma_tool.model.log.events import Event, EventKind, by_order
from prisma_tool.model.log.versions import BEGINNING
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import rebuild
from prisma_tool.store.queues import queues, vote_history
from prisma_tool.store.queues.vote_history import CastVote


@dataclass(frozen=True, slots=True)
class StageReports:
    """The reports of a stage by their names, with the keys of their records.

    Attributes:
        stage: The stage.
        report_of: The name of the report of each record.
        settled: Reports with an outcome.
        disputed: Reports whose votes differ, and nobody has settled it yet.
        begun: How many reports have votes but not all that the protocol wants.
        since: For a report that was settled in an earlier version: when that was closed. What was voted before is not of this version.
        continued: Of those: reports that waited when that was closed. Where they were voted on or adjudicated since, all of it counts.
        begins: When the version began: when the one before was closed.
        at: The moment as of which all this is read, by when the database stored what it knows; None for now.
    """

    stage: Stage
    report_of: Mapping[str, str]
    settled: frozenset[str]
    disputed: frozenset[str] = frozenset()
    begun: int = 0
    since: Mapping[str, datetime] = field(default_factory=dict)
    continued: frozenset[str] = frozenset()
    begins: datetime = BEGINNING
    at: datetime | None = None

    @property
    def voted(self) -> frozenset[str]:
        """The reports that have all their votes."""
        return self.settled | self.disputed

    def names_of(self, keys: Iterable[str]) -> frozenset[str]:
        """The names of the reports of these records; of records that are not at the stage, nothing."""
        return frozenset(self.report_of[key] for key in keys if key in self.report_of)

    def of_this_version(self, report: str, received: datetime) -> bool:
        """Whether what this database stored then about a report belongs to the version."""
        return report not in self.since or received > self.since[report]


def standing_reports(transaction: Transaction, stage: Stage) -> StageReports:
    """The reports of a stage over all versions, as they stand."""
    states = queues.outcome_states(transaction, stage)
    waiting = waiting_states(stage)
    report_of = rebuild.memberships(transaction) if states else {}
    return StageReports(
        stage,
        {record: report for record, report in report_of.items() if report in states},
        settled=frozenset(report for report, state in states.items() if state not in waiting),
        disputed=frozenset(report for report, state in states.items() if state == OutcomeState.CONFLICT),
        begun=sum(state in waiting and state != OutcomeState.CONFLICT for state in states.values()),
    )


def waiting_states(stage: Stage) -> frozenset[OutcomeState]:
    """The outcomes with which a report is not settled at a stage."""
    maybe = {OutcomeState.MAYBE} if stage is Stage.FULL_TEXT else set()
    return frozenset({OutcomeState.PENDING, OutcomeState.CONFLICT} | maybe)


@dataclass(frozen=True, slots=True)
class StageVotes:
    """The votes of a version on its reports that have all their votes, those taken back too, oldest first.

    `voters` is everybody of whom a vote stands at the stage, also on a report that still waits: who voted is no secret, how is.
    """

    cast: tuple[CastVote, ...] = ()
    voters: frozenset[str] = frozenset()

    @property
    def kept(self) -> list[CastVote]:
        """Those that were not taken back."""
        return [vote for vote in self.cast if vote.taken_back is None]


def votes_on(transaction: Transaction, reports: StageReports) -> StageVotes:
    """The votes on these reports."""
    votes = vote_history.votes_cast(transaction, reports.stage, reports.report_of, reports.at)
    acts = {vote.cluster for vote in votes if reports.of_this_version(vote.cluster, vote.received)}
    finished_now = reports.continued & (acts | rulings_on(transaction, reports).keys())
    own = [vote for vote in votes if vote.cluster in finished_now or reports.of_this_version(vote.cluster, vote.received)]
    voters = frozenset(vote.reviewer for vote in own if vote.taken_back is None)
    # The reports are put together once: asked for at each vote, they would cost the square of a large review.
    voted = reports.voted
    return StageVotes(tuple(vote for vote in own if vote.cluster in voted), voters)


def rulings_on(transaction: Transaction, reports: StageReports) -> dict[str, Event]:
    """The adjudications that stand, by report; those that came in with a version made elsewhere are none of ours."""
    adjudications = (
        event
        for event in event_rows.not_undone(transaction, EventKind.ADJUDICATION, reports.at)
        if event.stage == reports.stage and not event.text("version") and event.subject in reports.report_of
    )
    rulings: dict[str, Event] = {}
    for event in sorted(adjudications, key=by_order):
        report = reports.report_of[event.subject]
        if reports.of_this_version(report, event.received):
            rulings[report] = event
    return rulings
