"""How reviewers rated the reports of a stage, counted by the database instead of report by report.

Invariant: the ratings, with how many reports share each, are those that `ratings.pair_ratings` gives report by report; where they cannot be
had without the place of each vote in the log, there are none here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.queues import vote_courses, vote_history
from prisma_tool.store.queues.vote_history import CastVote
from prisma_tool.team.blinding_log import BlindingLog
from prisma_tool.team.ratings import PairRatings, Rater
from prisma_tool.team.stage_reports import StageReports, waiting_states

SharedRatings = tuple[PairRatings, int]
"""Ratings, and on how many reports they are so."""

_MANY_COURSES = 2_000
"""From this many courses on, reading all votes costs no more than asking for those on one report of each."""


@dataclass(frozen=True, slots=True)
class StageRatings:
    """The ratings of the reports of a stage that have all their votes; `voters` is everybody of whom a vote stands on any of its reports."""

    rated: Sequence[SharedRatings]
    voters: frozenset[str]


def shared_ratings(transaction: Transaction, stage: Stage) -> StageRatings | None:
    """The ratings at a stage over all versions, as they stand; None where the place of votes in the log makes a difference."""
    courses = vote_courses.courses(transaction, stage)
    if len(courses) >= _MANY_COURSES:
        return None
    members = update.members_of(transaction, [course.cluster for course in courses])
    firsts = StageReports(stage, {key: cluster for cluster, keys in members.items() for key in keys}, settled=frozenset(members))
    votes, log = _votes_on(transaction, firsts), BlindingLog.read(transaction, firsts)
    if not all(course.n == 1 or log.hides_all(_others(votes[course.cluster])) for course in courses):
        return None
    rater, waiting = Rater(transaction.protocol, log), waiting_states(stage)
    finished = [course for course in courses if course.state not in waiting or course.state == OutcomeState.CONFLICT]
    rated = [(rater.rate(cast), course.n) for course in finished if (cast := votes[course.cluster])]
    voters = frozenset(vote.reviewer for cast in votes.values() for vote in cast if vote.taken_back is None)
    return StageRatings(rated, voters)


def _others(votes: Sequence[CastVote]) -> int:
    return len({vote.reviewer for vote in votes}) - 1


def _votes_on(transaction: Transaction, reports: StageReports) -> dict[str, list[CastVote]]:
    """The votes on each of a few reports, oldest first; none where nobody gave one who counts."""
    votes: dict[str, list[CastVote]] = defaultdict(list)
    for vote in vote_history.votes_cast(transaction, reports.stage, reports.report_of, few=True):
        votes[vote.cluster].append(vote)
    return votes
