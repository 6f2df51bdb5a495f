"""What the log can say about how screening was done: facts for the methods section, from votes alone.

Invariant: nothing here is claimed; every number counts reports by who voted on them, and what a later version of the protocol wishes does
not change what was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Any

from prisma_tool.model.log.events import Channel, Event, EventKind, by_order
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage, Verdict
from prisma_tool.reports.state import Phase, load_review_state
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.queues import queues, vote_history
from prisma_tool.store.records import record_events
from prisma_tool.team.agreement import (
    PairAgreement,
    PairRatings,
    ReportSubset,
    agreements_at,
    category,
    in_protocol_order,
    pair_ratings,
)
from prisma_tool.team.blinding_log import BlindingChange, BlindingLog, blinding_changes
from prisma_tool.team.pilot import pilot_keys


@dataclass(frozen=True, slots=True)
class Disagreements:
    """How many reports two reviewers differed on when the second had voted, by what became of them.

    `total` are all but those that were adjudicated for their reasons alone, which `reasons` counts. `adjudicators` are names.
    """

    total: int
    adjudicated: int
    consensus: int
    open: int
    reasons: int
    adjudicators: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As `report agreement --json` has it."""
        return {
            "found": self.total,
            "adjudicated": self.adjudicated,
            "consensus": self.consensus,
            "open": self.open,
            "reasons": self.reasons,
            "adjudicators": self.adjudicators,
        }


@dataclass(frozen=True, slots=True)
class VotesGiven:
    """How the votes on finished reports came, changes of mind included.

    `by_channel` counts them by `Channel`, `by_program` those of files by the program that wrote them, where it is known; `merged` are those
    that came to this database with a copy, whatever way they had been given there.
    """

    total: int = 0
    by_channel: Mapping[Channel, int] = field(default_factory=dict)
    by_program: Mapping[str, int] = field(default_factory=dict)
    merged: int = 0

    def as_json(self) -> dict[str, Any]:
        """As `report methods --json` has it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class StageMethods:
    """How a stage was screened.

    `by_people` maps the number of people who voted on a report to the number of such reports with an outcome; `by_tools` counts those on
    which only automation tools voted. `without_access` counts, by the same numbers, the reports whose people voted one by one and could not have
    read each other's votes in this tool before. `begun` are reports that still wait for a vote. `blind` is true where every protocol since
    the first vote hid the votes of a pair, `blinding` are the changes of that. `pilot` is the number of reports of pilot rounds.
    """

    stage: Stage
    reports: int
    by_people: Mapping[int, int]
    without_access: Mapping[int, int]
    by_tools: int
    begun: int
    unvoted: int
    people: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    tool_versions: tuple[str, ...]
    blind: bool
    blinding: tuple[BlindingChange, ...]
    votes: VotesGiven
    disagreements: Disagreements
    agreement: tuple[PairAgreement, ...]
    pilot: int
    pilot_agreement: tuple[PairAgreement, ...]


def methods(transaction: Transaction) -> list[StageMethods]:
    """How each stage on which anybody voted was screened."""
    return [stage_methods for stage in Stage if (stage_methods := _stage_methods(transaction, stage)) is not None]


@dataclass(frozen=True, slots=True)
class Unscreened:
    """How many reports were left without a vote when screening was stopped, and by which rule, in words (counting rule 10)."""

    n: int = 0
    rule: str = ""


def left_unscreened(transaction: Transaction) -> Unscreened:
    """What was set aside when a prioritised screening was stopped, and not taken up again."""
    review_state = load_review_state(transaction)
    stops = {
        slot.subject: event
        for slot, event in review_state.state.standing.items()
        if slot.kind == EventKind.REMOVAL and event.payload.get("removed") and event.payload.get("stop")
    }
    # A report that was joined with a screened one, or on which a copy brought a vote, is counted where that vote puts it.
    removed = [report for report in review_state.reports if report.phase is Phase.REMOVED_AUTOMATIC]
    stops_of_reports = [[stops[record.key] for record in report.records if record.key in stops] for report in removed]
    rules = {
        f"{stop.text('rule')}; on {stop.at.day} {stop.at:%B %Y}" for report_stops in stops_of_reports for stop in report_stops
    }
    return Unscreened(sum(map(bool, stops_of_reports)), "; ".join(sorted(rules)))


def _stage_methods(transaction: Transaction, stage: Stage) -> StageMethods | None:
    rulings = _rulings(transaction, stage)
    states = queues.outcome_states(transaction, stage)
    if not states:
        return None
    finished = {key for key, state in states.items() if state != OutcomeState.PENDING}
    # Of reports that still wait for a vote nothing is told but their number (counting rule 25).
    cast = zip(vote_history.votes_cast(transaction, stage), vote_history.origins(transaction, stage), strict=True)
    counted = [(vote, origin) for vote, origin in cast if vote.taken_back is None and vote.cluster in finished]
    votes, origins = [vote for vote, _ in counted], [origin for _, origin in counted]
    tools = set(transaction.protocol.tools)
    voters: dict[str, set[str]] = {}
    for vote in votes:
        voters.setdefault(vote.cluster, set()).add(vote.reviewer)
    people = Counter(len(voters.get(key, set()) - tools) for key in finished)
    ratings = pair_ratings(transaction, stage)
    from_files = {vote.cluster for vote, origin in counted if _is_from_file(origin)}
    apart = {key for key in ratings.keys() - from_files if _without_access(ratings[key], voters.get(key, set()) - tools)}
    first = min((vote.order for vote in votes), default=None)
    by_tools = sum(bool(voters.get(key)) and voters[key] <= tools for key in finished)
    names = {name for names_of_report in voters.values() for name in names_of_report}
    return StageMethods(
        stage=stage,
        reports=len(finished),
        by_people={n: count for n, count in sorted(people.items()) if n},
        without_access=dict(sorted(Counter(len(voters[key] - tools) for key in apart).items())),
        by_tools=by_tools,
        begun=len(states) - len(finished),
        unvoted=sum(1 for key in finished if not voters.get(key)),
        people=tuple(in_protocol_order(transaction.protocol, names)),
        first=min((origin.at for origin in origins), default=None),
        last=max((origin.at for origin in origins), default=None),
        tool_versions=tuple(sorted({origin.tool_version for origin in origins})),
        blind=BlindingLog.read(transaction, stage).blind_since(first)
        if first
        else transaction.protocol.screening.at(stage).blind,
        blinding=tuple(change for change in blinding_changes(transaction) if change.stage is stage),
        votes=_votes_given(origins),
        disagreements=_disagreements(transaction, stage, states, rulings, ratings),
        agreement=_pairs(transaction, stage, ReportSubset.ALL),
        pilot=len(queues.clusters_of(transaction, pilot_keys(transaction, stage))),
        pilot_agreement=_pairs(transaction, stage, ReportSubset.PILOT),
    )


def _is_from_file(vote: vote_history.VoteOrigin) -> bool:
    return vote.via == Channel.FILE or bool(vote.origin)


def _without_access(report: PairRatings, people: Collection[str]) -> bool:
    """Whether several people voted on a report, none of whom could have read another's vote before."""
    pairs = [frozenset(pair) for pair in combinations(people, 2)]
    counted = {frozenset(pair) for pair in report.ratings.keys() - report.exposed.keys()}
    return bool(pairs) and counted.issuperset(pairs)


def _votes_given(votes: Iterable[vote_history.VoteOrigin]) -> VotesGiven:
    cast = list(votes)
    channels = Counter(_channel(vote) for vote in cast)
    programs = Counter(vote.origin for vote in cast if vote.origin and _channel(vote) is Channel.FILE)
    return VotesGiven(
        len(cast),
        {channel: channels[channel] for channel in Channel if channels[channel]},
        dict(sorted(programs.items())),
        sum(vote.merged for vote in cast),
    )


def _channel(vote: vote_history.VoteOrigin) -> Channel:
    """How a vote came; one of before the way was kept, which names a program, came from a file."""
    known = Channel(vote.via) if vote.via in tuple(Channel) else Channel.UNKNOWN
    return Channel.FILE if known is Channel.UNKNOWN and vote.origin else known


def _pairs(transaction: Transaction, stage: Stage, part: ReportSubset) -> tuple[PairAgreement, ...]:
    return tuple(pair for pair in agreements_at(transaction, stage, part) if pair.met)


def _rulings(transaction: Transaction, stage: Stage) -> dict[str, Event]:
    """The adjudications that stand at a stage, by report; those that came in with a version made elsewhere are none of ours."""
    adjudications = [event for event in record_events.all_standing(transaction, EventKind.ADJUDICATION) if event.stage == stage]
    clusters = update.clusters_of(transaction, {event.subject for event in adjudications})
    own = sorted((event for event in adjudications if not event.text("version")), key=by_order)
    return {clusters[event.subject]: event for event in own if event.subject in clusters}


def _disagreements(
    transaction: Transaction,
    stage: Stage,
    states: Mapping[str, str],
    rulings: Mapping[str, Event],
    ratings: Mapping[str, PairRatings],
) -> Disagreements:
    protocol = transaction.protocol
    differed = {key for key, report in ratings.items() if any(_differ(pair, stage, protocol) for pair in report.ratings.values())}
    # A report may also come into conflict later, by a changed vote or by joining records.
    differed |= {key for key, state in states.items() if state == OutcomeState.CONFLICT} | rulings.keys()
    in_conflict = {key for key in differed if states.get(key) == OutcomeState.CONFLICT}
    adjudicated = {key for key in differed if key in rulings}
    reasons = {key for key in adjudicated if _only_reasons(ratings.get(key))}
    return Disagreements(
        total=len(differed - reasons),
        adjudicated=len(adjudicated - reasons),
        consensus=len(differed - in_conflict - adjudicated),
        open=len(in_conflict),
        reasons=len(reasons),
        adjudicators=tuple(sorted({ruling.reviewer for ruling in rulings.values() if ruling.reviewer})),
    )


def _differ(rating: tuple[str, str], stage: Stage, protocol: Protocol) -> bool:
    a, b = (category(verdict, stage, protocol) for verdict in rating)
    return a != b


def _only_reasons(report: PairRatings | None) -> bool:
    """Whether all had excluded a report that was adjudicated: then it was about the reason."""
    excluded = (Verdict.EXCLUDE.value, Verdict.EXCLUDE.value)
    return report is not None and bool(report.ratings) and all(rating == excluded for rating in report.ratings.values())
