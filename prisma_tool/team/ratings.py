"""How reviewers had rated each report when they could compare: the ground of agreement, disagreement and what is said of access.

What counts on a report is what each of two had said when the second of them spoke. Where the second could have read the first one's vote
by then, the pair is exposed (`blinding_log`). A vote from a file was given elsewhere: what could be read there is not known, and it is
neither exposed nor without access, only recorded. Invariant: a report that still waits for a vote says nothing (counting rule 25).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from operator import attrgetter
from typing import Any, Final

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues.vote_history import CastVote
from prisma_tool.team.agreement_statistics import Rating
from prisma_tool.team.blinding_log import BlindingLog, Exposure, Order, Waiting
from prisma_tool.team.stage_reports import StageReports

PAIR: Final = 2
Pair = tuple[str, str]
"""Two reviewers, in the protocol's order."""


@dataclass(frozen=True, slots=True)
class PairRatings:
    """How each pair of reviewers rated one report at a stage, when the second of them voted.

    `exposed` are the pairs of which the second could have read the first one's vote, and why; `recorded` those of which a vote was not
    given here by itself, so that nothing is known about access; `speakers` everybody who voted, in the order of their first votes.
    """

    ratings: Mapping[Pair, Rating] = field(default_factory=dict)
    exposed: Mapping[Pair, Exposure] = field(default_factory=dict)
    recorded: frozenset[Pair] = frozenset()
    speakers: tuple[str, ...] = ()

    def counted(self) -> dict[str, str]:
        """A rating each of as many reviewers as can be, in the order in which they spoke, none of whom is exposed to another of them."""
        chosen: dict[str, str] = {}
        for name in self.speakers:
            pairs = {other: pair for other in chosen if (pair := self._pair(name, other)) is not None}
            if len(pairs) == len(chosen) and not any(pair in self.exposed for pair in pairs.values()):
                chosen |= {one: rating for pair in pairs.values() for one, rating in zip(pair, self.ratings[pair], strict=True)}
                chosen.setdefault(name, "")
        return chosen if len(chosen) >= PAIR else {}

    def _pair(self, a: str, b: str) -> Pair | None:
        return next((pair for pair in ((a, b), (b, a)) if pair in self.ratings), None)


def in_protocol_order(protocol: Protocol, names: Collection[str]) -> list[str]:
    """Names in the order of the protocol, others after them."""
    listed = [name for name in protocol.reviewers if name in names]
    return [*listed, *sorted(set(names) - set(listed))]


def pair_ratings(transaction: Transaction, reports: StageReports, votes: Iterable[CastVote]) -> dict[str, PairRatings]:
    """For each report on which these votes were given: what each pair had said when the second of them spoke."""
    by_report: dict[str, list[CastVote]] = {}
    for vote in votes:
        by_report.setdefault(vote.cluster, []).append(vote)
    rater = Rater(transaction.protocol, BlindingLog.read(transaction, reports))
    return {report: rater.rate(cast) for report, cast in by_report.items()}


_course = attrgetter("reviewer", "verdict", "blind", "taken_back", "via", "origin")
"""What of a vote matters where its place in the order of events does not."""


class Rater:
    """Rates report by report; those on which the same people said the same in the same order and the same way share one result.

    That holds where nobody could have read a vote, whenever it was given, and where none was taken back: then no place in the log matters.
    """

    def __init__(self, protocol: Protocol, log: BlindingLog) -> None:
        self._protocol, self._log = protocol, log
        self._rated: dict[tuple[Any, ...], PairRatings] = {}

    def rate(self, votes: Sequence[CastVote]) -> PairRatings:
        """What each pair had said on a report when the second of them spoke, from all votes on it, oldest first."""
        course = tuple(map(_course, votes))
        rated = self._rated.get(course)
        if rated is None:
            rated = ratings_of_report(votes, self._protocol, self._log)
            others = len({vote.reviewer for vote in votes}) - 1
            if self._log.hides_all(others) and all(vote.taken_back is None for vote in votes):
                self._rated[course] = rated
        return rated


def ratings_of_report(votes: Iterable[CastVote], protocol: Protocol, log: BlindingLog) -> PairRatings:
    """The same for one report by itself."""
    votes_by_name: dict[str, dict[str, CastVote]] = {}
    first: dict[str, Order] = {}
    voters: list[tuple[Order, int]] = []
    ratings: dict[Pair, Rating] = {}
    exposed: dict[Pair, Exposure] = {}
    recorded: set[Pair] = set()
    for change in _changes_in_order(votes):
        vote = change.vote
        votes_by_name.setdefault(vote.reviewer, {}).pop(vote.id, None)
        if change.cast:
            votes_by_name[vote.reviewer][vote.id] = vote
            first.setdefault(vote.reviewer, change.order)
        latest = {name: max(own.values(), key=lambda vote: vote.order) for name, own in votes_by_name.items() if own}
        for a, b in combinations(in_protocol_order(protocol, latest), PAIR):
            if (a, b) in ratings:
                continue
            ratings[a, b] = latest[a].verdict, latest[b].verdict
            if not (latest[a].one_by_one and latest[b].one_by_one):
                recorded.add((a, b))
            # A vote that was taken back could be read while it stood, and stands in the log.
            causes = (_exposure(log, latest[reader], first[other], voters) for reader, other in ((a, b), (b, a)))
            if (why := next(filter(None, causes), None)) is not None:
                exposed[a, b] = why
        voters.append((change.order, len(latest)))
    return PairRatings(ratings, exposed, frozenset(recorded), tuple(first))


def _exposure(log: BlindingLog, vote: CastVote, other: Order, voters: Sequence[tuple[Order, int]]) -> Exposure | None:
    """Why whoever gave this vote could have read the other's, of which the first was given at `other`."""
    if vote.order < other or vote.from_file:
        return None
    return log.exposure(Waiting(vote.cluster, vote.reviewer, other, vote.order, tuple(voters), vote.blind))


@dataclass(frozen=True, slots=True)
class _VoteChange:
    """A vote was given, or taken back."""

    order: Order
    vote: CastVote
    cast: bool


def _changes_in_order(votes: Iterable[CastVote]) -> list[_VoteChange]:
    changes = []
    for vote in votes:
        changes.append(_VoteChange(vote.order, vote, cast=True))
        if vote.taken_back is not None:
            changes.append(_VoteChange(vote.taken_back, vote, cast=False))
    return sorted(changes, key=lambda change: change.order)
