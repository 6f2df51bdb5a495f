"""Reading from a review how far each pair of reviewers agrees (counting rule 26); the arithmetic is in `agreement_statistics`.

What counts on a report is what each of the two had said when the second of them spoke, and only where the second could not have read the
first one's vote by then (`blinding_log`); the others are counted as left out. Invariant: a report that still waits for a vote says nothing,
so that no number here tells how somebody voted (counting rule 25).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import combinations
from operator import attrgetter
from typing import Any

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage, Verdict
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import queues, vote_history
from prisma_tool.team.agreement_statistics import Agreement, Rating, agreement
from prisma_tool.team.blinding_log import BlindingLog, Exposure, Order, Waiting
from prisma_tool.team.pilot import pilot_keys

_PAIR = 2
CATEGORIES = (Verdict.INCLUDE.value, Verdict.EXCLUDE.value)


class ReportSubset(StrEnum):
    """Which reports: all, those of pilot rounds, or the rest."""

    ALL = "all"
    PILOT = "pilot"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """On how many reports a pair's votes do not count, as the second could have read the first one's before voting."""

    not_blind: int = 0
    after_outcome: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.not_blind + self.after_outcome

    @property
    def words(self) -> str:
        """`3 reports left out, where ... (2 as the stage was not blind, 1 as the outcome was known)`; empty for none."""
        causes = ((self.not_blind, "as the stage was not blind"), (self.after_outcome, "as the outcome was known"))
        parts = [f"{n} {why}" for n, why in causes if n]
        reports = "1 report" if self.n == 1 else f"{self.n} reports"
        return (
            f"{reports} left out, where the second reviewer could have read the first vote ({', '.join(parts)})" if parts else ""
        )


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """The agreement of two reviewers at a stage, and what does not count; `a` stands before `b` in the protocol."""

    stage: Stage
    a: str
    b: str
    agreement: Agreement
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def met(self) -> bool:
        """Whether both voted on some report, counted or not."""
        return bool(self.agreement.n or self.left_out.n)


@dataclass(frozen=True, slots=True)
class PairRatings:
    """How each pair of reviewers rated one report at a stage, when the second of them voted: by names in the protocol's order.

    `exposed` are the pairs of which the second could have read the first one's vote, and why.
    """

    ratings: Mapping[tuple[str, str], Rating] = field(default_factory=dict)
    exposed: Mapping[tuple[str, str], Exposure] = field(default_factory=dict)


def agreements(transaction: Transaction, part: ReportSubset = ReportSubset.ALL) -> list[PairAgreement]:
    """The agreement of every two who have voted at a stage, also of those who never met on a report."""
    return [pair for stage in Stage for pair in agreements_at(transaction, stage, part)]


def agreements_at(transaction: Transaction, stage: Stage, part: ReportSubset = ReportSubset.ALL) -> list[PairAgreement]:
    """The same, at one stage."""
    protocol = transaction.protocol
    names = in_protocol_order(protocol, vote_history.reviewers_at(transaction, stage))
    if len(names) < _PAIR:
        return []
    ratings_of = pair_ratings(transaction, stage)
    wanted_keys = _of_part(transaction, stage, part, ratings_of)
    # Most reports share their ratings with thousands of others.
    shared = Counter(id(report) for key, report in ratings_of.items() if key in wanted_keys)
    rated = {id(report): report for report in ratings_of.values()}
    reports = [(rated[identity], n) for identity, n in shared.items()]
    return [_pair_agreement(stage, (a, b), reports, protocol) for a, b in combinations(names, _PAIR)]


def _pair_agreement(
    stage: Stage, pair: tuple[str, str], reports: Iterable[tuple[PairRatings, int]], protocol: Protocol
) -> PairAgreement:
    """The agreement of two reviewers on these reports, each with how many are rated so."""
    counted: Counter[Rating] = Counter()
    exposed: Counter[Exposure] = Counter()
    for report, n in reports:
        if pair in report.exposed:
            exposed[report.exposed[pair]] += n
        elif pair in report.ratings:
            counted[_categories(report.ratings[pair], stage, protocol)] += n
    left_out = LeftOut(exposed[Exposure.NOT_BLIND], exposed[Exposure.AFTER_OUTCOME])
    return PairAgreement(stage, *pair, agreement(list(counted.elements()), CATEGORIES), left_out)


def in_protocol_order(protocol: Protocol, names: Collection[str]) -> list[str]:
    """Names in the order of the protocol, others after them."""
    listed = [name for name in protocol.reviewers if name in names]
    return [*listed, *sorted(set(names) - set(listed))]


def _of_part(transaction: Transaction, stage: Stage, part: ReportSubset, keys: Collection[str]) -> Collection[str]:
    if part is ReportSubset.ALL:
        return keys
    piloted = queues.clusters_of(transaction, pilot_keys(transaction, stage))
    return piloted if part is ReportSubset.PILOT else set(keys) - piloted


def _categories(rating: Rating, stage: Stage, protocol: Protocol) -> Rating:
    a, b = (category(verdict, stage, protocol) for verdict in rating)
    return a, b


def category(verdict: str, stage: Stage, protocol: Protocol) -> str:
    """A verdict as a category: at title/abstract a maybe goes with include, unless the protocol lets it conflict with it."""
    goes_forward = stage is Stage.TITLE_ABSTRACT and protocol.screening.maybe == "include"
    return Verdict.INCLUDE if verdict == Verdict.MAYBE and goes_forward else verdict


def pair_ratings(transaction: Transaction, stage: Stage) -> dict[str, PairRatings]:
    """For every report whose wanted votes are all there: what each pair had said when the second of them spoke."""
    return transaction.once((pair_ratings, stage), lambda: _all_pair_ratings(transaction, stage))


def _all_pair_ratings(transaction: Transaction, stage: Stage) -> dict[str, PairRatings]:
    states = queues.outcome_states(transaction, stage)
    finished = {key for key, state in states.items() if state != OutcomeState.PENDING}
    votes: dict[str, list[vote_history.CastVote]] = {}
    for vote in vote_history.votes_cast(transaction, stage):
        if vote.cluster in finished:
            votes.setdefault(vote.cluster, []).append(vote)
    rater = Rater(transaction.protocol, BlindingLog.read(transaction, stage))
    return {key: rater.rate(cast) for key, cast in votes.items()}


_course = attrgetter("reviewer", "verdict", "blind", "taken_back")
"""What of a vote matters where its place in the order of events does not."""


class Rater:
    """Rates report by report; those on which the same people said the same in the same order share one result.

    That holds where nobody could have read a vote, whenever it was given, and where none was taken back: then no place in the log matters.
    """

    def __init__(self, protocol: Protocol, log: BlindingLog) -> None:
        self._protocol, self._log = protocol, log
        self._rated: dict[tuple[Any, ...], PairRatings] = {}

    def rate(self, votes: Sequence[vote_history.CastVote]) -> PairRatings:
        """What each pair had said on a report when the second of them spoke, from all votes on it, oldest first."""
        course = tuple(map(_course, votes))
        rated = self._rated.get(course)
        if rated is None:
            rated = ratings_of_report(votes, self._protocol, self._log)
            others = len({vote.reviewer for vote in votes}) - 1
            if self._log.hides_all(others) and all(vote.taken_back is None for vote in votes):
                self._rated[course] = rated
        return rated


def ratings_of_report(votes: Iterable[vote_history.CastVote], protocol: Protocol, log: BlindingLog) -> PairRatings:
    """The same for one report by itself."""
    votes_by_name: dict[str, dict[str, vote_history.CastVote]] = {}
    first: dict[str, Order] = {}
    voters: list[tuple[Order, int]] = []
    ratings: dict[tuple[str, str], Rating] = {}
    exposed: dict[tuple[str, str], Exposure] = {}
    for change in _changes_in_order(votes):
        vote = change.vote
        votes_by_name.setdefault(vote.reviewer, {}).pop(vote.id, None)
        if change.cast:
            votes_by_name[vote.reviewer][vote.id] = vote
            first.setdefault(vote.reviewer, change.order)
        latest = {name: max(own.values(), key=lambda vote: vote.order) for name, own in votes_by_name.items() if own}
        for a, b in combinations(in_protocol_order(protocol, latest), _PAIR):
            if (a, b) in ratings:
                continue
            ratings[a, b] = latest[a].verdict, latest[b].verdict
            # A vote that was taken back could be read while it stood, and stands in the log.
            causes = (_exposure(log, latest[reader], first[other], voters) for reader, other in ((a, b), (b, a)))
            if (why := next(filter(None, causes), None)) is not None:
                exposed[a, b] = why
        voters.append((change.order, len(latest)))
    return PairRatings(ratings, exposed)


def _exposure(
    log: BlindingLog, vote: vote_history.CastVote, other: Order, voters: Sequence[tuple[Order, int]]
) -> Exposure | None:
    """Why whoever gave this vote could have read the other's, of which the first was given at `other`."""
    if vote.order < other:
        return None
    return log.exposure(Waiting(vote.cluster, vote.reviewer, other, vote.order, tuple(voters), vote.blind))


@dataclass(frozen=True, slots=True)
class _VoteChange:
    """A vote was given, or taken back."""

    order: tuple[int, str]
    vote: vote_history.CastVote
    cast: bool


def _changes_in_order(votes: Iterable[vote_history.CastVote]) -> list[_VoteChange]:
    changes = []
    for vote in votes:
        changes.append(_VoteChange(vote.order, vote, cast=True))
        if vote.taken_back is not None:
            changes.append(_VoteChange(vote.taken_back, vote, cast=False))
    return sorted(changes, key=lambda change: change.order)


def as_json(pairs: Iterable[PairAgreement]) -> dict[str, Any]:
    """The object of `report agreement --json`: `n` and `agree` are counts, the rest ratios, null where undefined."""
    return {"pairs": [{"stage": pair.stage.value, **pair_json(pair)} for pair in pairs]}


def pair_json(pair: PairAgreement) -> dict[str, Any]:
    """One pair without its stage."""
    return {"a": pair.a, "b": pair.b, **asdict(pair.agreement), "left_out": asdict(pair.left_out)}


def sentence(pair: PairAgreement) -> str:
    """The agreement in words: `110 of 120 (91.7%), kappa 0.78 (95% CI 0.67 to 0.89), PABAK 0.83, AC1 0.86`, and what was left out."""
    return "; ".join(filter(None, (_statistics(pair.agreement, counted_all=not pair.left_out.n), pair.left_out.words)))


def _statistics(agreement: Agreement, *, counted_all: bool) -> str:
    if not agreement.n and not counted_all:
        return "no report counts"
    if not agreement.n:
        return "no report screened by both"
    parts = [f"{agreement.agree} of {agreement.n} ({agreement.agree / agreement.n:.1%})"]
    if agreement.kappa is None or agreement.kappa_low is None or agreement.kappa_high is None:
        parts.append("kappa undefined, as both used one category throughout")
    else:
        parts.append(f"kappa {agreement.kappa:.2f} (95% CI {agreement.kappa_low:.2f} to {agreement.kappa_high:.2f})")
    parts += [f"{name} {value:.2f}" for name, value in (("PABAK", agreement.pabak), ("AC1", agreement.ac1)) if value is not None]
    return ", ".join(parts)
