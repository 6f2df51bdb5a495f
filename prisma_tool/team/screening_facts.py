"""What the log can say about how a stage was screened: facts for the methods section, from votes alone.

Invariant: nothing here is claimed; every number counts reports by who voted on them, and what a later version of the protocol wishes does
not change what was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import combinations, zip_longest
from typing import Any

from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues.vote_history import CastVote
from prisma_tool.team.agreement import ReportSubset, StageAgreement, agreement_on
from prisma_tool.team.blinding_log import BlindingChange, BlindingLog, blinding_changes
from prisma_tool.team.independence import Declared, answer_key, contradicting, declared
from prisma_tool.team.pilot import pilot_keys
from prisma_tool.team.ratings import PAIR, PairRatings, in_protocol_order, pair_ratings
from prisma_tool.team.stage_reports import StageReports, StageVotes, rulings_on, votes_on
from prisma_tool.team.votes_given import (
    GivenHere,
    ImportedVotes,
    VotesGiven,
    by_way,
    dated_moments,
    given_here,
    imported_votes,
    votes_given,
)


@dataclass(frozen=True, slots=True)
class Disagreements:
    """How many reports two reviewers differed on when the second had voted, by what became of them.

    `total` are all but those that were adjudicated for their reasons alone, which `reasons` counts. `adjudicators` are names.
    """

    total: int = 0
    adjudicated: int = 0
    consensus: int = 0
    open: int = 0
    reasons: int = 0
    adjudicators: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As `report methods --json` has it."""
        return {
            "found": self.total,
            "adjudicated": self.adjudicated,
            "consensus": self.consensus,
            "open": self.open,
            "reasons": self.reasons,
            "adjudicators": self.adjudicators,
        }


@dataclass(frozen=True, slots=True)
class Opened:
    """A change of blinding at the stage, and the votes given here from then until the next one: on how many reports, by whom."""

    change: BlindingChange
    votes: int = 0
    reports: int = 0
    voters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Independence:
    """What the authors declared, in `words` where they did not say plainly yes or no, and on how many reports the log contradicts."""

    declared: Declared = Declared.NOTHING
    words: str = ""
    contradicted: int = 0


@dataclass(frozen=True, slots=True)
class StageMethods:
    """How a stage was screened, in one version or in all.

    `reports` are those of the figure's box, `disputed` those on which a disagreement is open, `begun` those that still wait for a vote.
    `by_people` maps the number of people who voted on one of the box to the number of such reports; `by_tools` counts those on which only
    automation tools voted, `unvoted` those that were adjudicated without votes, `earlier` those on which only an earlier version voted.
    `without_access` counts, by the same numbers as `by_people`, the reports whose people voted one by one and could not have read each
    other's votes in this tool before. `blind` is true where every protocol since the first vote hid the votes of a pair, `blinding` are the
    changes of that. `pilot` is the number of reports of pilot rounds.
    """

    stage: Stage
    reports: int
    disputed: int
    begun: int
    by_people: Mapping[int, int]
    without_access: Mapping[int, int]
    by_tools: int
    unvoted: int
    earlier: int
    people: tuple[str, ...]
    tools: tuple[str, ...]
    here: GivenHere
    imported: tuple[ImportedVotes, ...]
    first: datetime | None
    last: datetime | None
    tool_versions: tuple[str, ...]
    blind: bool
    blinding: tuple[Opened, ...]
    independence: Independence
    votes: VotesGiven
    disagreements: Disagreements
    agreement: StageAgreement
    pilot: int
    pilot_agreement: StageAgreement = field(default_factory=StageAgreement)


def stage_methods(transaction: Transaction, reports: StageReports) -> StageMethods | None:
    """How these reports were screened; None where nobody has voted on any."""
    if not (reports.voted or reports.begun):
        return None
    votes, tools = votes_on(transaction, reports), set(transaction.protocol.tools)
    ratings = pair_ratings(transaction, reports, votes.cast)
    rulings = rulings_on(transaction, reports)
    kept = votes.kept
    ways = by_way(kept)
    moments = dated_moments(ways)
    people_on = _people_by_report(kept, tools)
    people = Counter(len(people_on[report]) for report in people_on.keys() & reports.settled)
    apart = _numbers_apart(ratings, people_on, reports.settled)
    unvoted = reports.settled - people_on.keys()
    voters = {vote.reviewer for vote in kept}
    return StageMethods(
        stage=reports.stage,
        reports=len(reports.settled),
        disputed=len(reports.disputed),
        begun=reports.begun,
        by_people={n: count for n, count in sorted(people.items()) if n},
        without_access=dict(sorted(apart.items())),
        by_tools=people[0],
        unvoted=len(unvoted & rulings.keys()),
        earlier=len(unvoted - rulings.keys()),
        people=tuple(in_protocol_order(transaction.protocol, voters - tools)),
        tools=tuple(sorted(voters & tools)),
        here=given_here(ways),
        imported=imported_votes(ways),
        first=min(moments, default=None),
        last=max(moments, default=None),
        tool_versions=tuple(sorted({vote.tool_version for vote in kept})),
        blind=_blind(transaction, reports, kept),
        blinding=tuple(_opened(transaction, reports, kept)),
        independence=_independence(transaction.protocol, reports.stage, list(ratings.values())),
        votes=votes_given(ways),
        disagreements=_disagreements(transaction.protocol, reports, rulings, ratings),
        agreement=agreement_on(transaction, reports, votes, ratings),
        pilot=len(reports.names_of(pilot_keys(transaction, reports.stage, reports.at)) & reports.voted),
        pilot_agreement=_pilot_agreement(transaction, reports, votes, ratings),
    )


def _people_by_report(votes: Sequence[CastVote], tools: Collection[str]) -> dict[str, frozenset[str]]:
    """Who voted on each report, tools left out; the same people are one set."""
    names: dict[str, set[str]] = {}
    for vote in votes:
        names.setdefault(vote.cluster, set()).add(vote.reviewer)
    people = cache(lambda of: of.difference(tools))
    return {report: people(frozenset(of)) for report, of in names.items()}


def _numbers_apart(
    ratings: Mapping[str, PairRatings], people_on: Mapping[str, frozenset[str]], settled: Collection[str]
) -> Counter[int]:
    """How many settled reports were voted on without access, by the number of people; asked once for all reports that share a rating."""
    judged: dict[tuple[int, frozenset[str]], bool] = {}
    numbers = Counter[int]()
    for report, rated in ratings.items():
        if report in settled and (people := people_on.get(report)):
            question = id(rated), people
            if question not in judged:
                judged[question] = _without_access(rated, people)
            numbers[len(people)] += judged[question]
    return +numbers


def _without_access(report: PairRatings, people: Collection[str]) -> bool:
    """Whether several people voted on a report one by one, none of whom could have read another's vote before."""
    pairs = {frozenset(pair) for pair in combinations(people, PAIR)}
    apart = {frozenset(pair) for pair in report.ratings.keys() - report.exposed.keys() - report.recorded}
    return bool(pairs) and pairs <= apart


def _blind(transaction: Transaction, reports: StageReports, votes: Sequence[CastVote]) -> bool:
    first = min((vote.order for vote in votes), default=None)
    if first is None:
        return transaction.protocol.screening.at(reports.stage).blind
    return BlindingLog.read(transaction, reports).blind_since(first)


def _opened(transaction: Transaction, reports: StageReports, votes: Sequence[CastVote]) -> list[Opened]:
    """The changes of blinding that a version saw, each with the votes that were given here before the next."""
    changes = [change for change in blinding_changes(transaction, reports.at) if change.stage is reports.stage]
    return [
        _votes_after(transaction.protocol, change, following, votes)
        for change, following in zip_longest(changes, changes[1:])
        if change.at > reports.begins or (not change.blind and (following is None or following.at > reports.begins))
    ]


def _votes_after(
    protocol: Protocol, change: BlindingChange, following: BlindingChange | None, votes: Sequence[CastVote]
) -> Opened:
    end = following.order if following else None
    within = [vote for vote in votes if not vote.from_file and change.order < vote.order and (end is None or vote.order < end)]
    names = in_protocol_order(protocol, {vote.reviewer for vote in within})
    return Opened(change, len(within), len({vote.cluster for vote in within}), tuple(names))


def _independence(protocol: Protocol, stage: Stage, ratings: Sequence[PairRatings]) -> Independence:
    answer = declared(protocol, stage)
    words = protocol.answers[answer_key(stage)] if answer is Declared.IN_THEIR_WORDS else ""
    return Independence(answer, words, contradicting(ratings, protocol.tools))


def _pilot_agreement(
    transaction: Transaction, reports: StageReports, votes: StageVotes, ratings: Mapping[str, PairRatings]
) -> StageAgreement:
    return agreement_on(transaction, reports, votes, ratings, ReportSubset.PILOT)


def _disagreements(
    protocol: Protocol, reports: StageReports, rulings: Mapping[str, Event], ratings: Mapping[str, PairRatings]
) -> Disagreements:
    # Most reports share their ratings with thousands of others (`Rater`).
    differing = {
        identity: any(_differ(pair, reports.stage, protocol) for pair in rated.ratings.values())
        for identity, rated in {id(rated): rated for rated in ratings.values()}.items()
    }
    differed = {report for report, rated in ratings.items() if differing[id(rated)]}
    # A report may also come into conflict later, by a changed vote or by joining records.
    differed |= reports.disputed | (rulings.keys() & ratings.keys())
    adjudicated = {report for report in differed if report in rulings} - reports.disputed
    reasons = {report for report in adjudicated if _only_reasons(ratings.get(report))}
    signed = {ruling.reviewer for report, ruling in rulings.items() if report in adjudicated and ruling.reviewer}
    return Disagreements(
        total=len(differed - reasons),
        adjudicated=len(adjudicated - reasons),
        consensus=len(differed - reports.disputed - adjudicated),
        open=len(reports.disputed),
        reasons=len(reasons),
        adjudicators=tuple(sorted(signed)),
    )


def _differ(rating: tuple[str, str], stage: Stage, protocol: Protocol) -> bool:
    """Whether two verdicts are a conflict: at title/abstract a maybe goes with include, unless the protocol says otherwise."""
    goes_forward = stage is Stage.TITLE_ABSTRACT and protocol.screening.maybe == "include"
    a, b = (Verdict.INCLUDE.value if verdict == Verdict.MAYBE and goes_forward else verdict for verdict in rating)
    return a != b


def _only_reasons(report: PairRatings | None) -> bool:
    """Whether all had excluded a report that was adjudicated: then it was about the reason."""
    excluded = (Verdict.EXCLUDE.value, Verdict.EXCLUDE.value)
    return report is not None and bool(report.ratings) and all(rating == excluded for rating in report.ratings.values())
