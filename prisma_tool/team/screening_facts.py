"""What the log can say about how screening was done: facts for the methods section, from votes alone.

Invariant: nothing here is claimed; every number counts reports by who voted on them, and what a later version of the protocol wishes does
not change what was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage, Verdict
from prisma_tool.reports.state import Phase, load
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.queues import queues, vote_history
from prisma_tool.store.records import record_events
from prisma_tool.team.agreement import Part, Said, agreements_at, in_order, mapped, unblinded
from prisma_tool.team.agreement_statistics import Agreement
from prisma_tool.team.pilot import pilot_keys


@dataclass(frozen=True, slots=True)
class Disagreements:
    """Reports on which two reviewers differed when the second had voted, by what became of them; reasons count apart."""

    found: int
    adjudicated: int
    consensus: int
    open: int
    reasons: int
    adjudicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageMethods:
    """How a stage was screened.

    `by_people` maps the number of people who voted on a report to the number of such reports with an outcome; `by_tools` counts those on
    which only automation tools voted. `begun` are reports that still wait for a vote. `blind` is true where every protocol under which
    somebody voted hid the votes of a pair. `pilot` is the number of reports of pilot rounds.
    """

    stage: Stage
    reports: int
    by_people: Mapping[int, int]
    by_tools: int
    begun: int
    unvoted: int
    people: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    tool_versions: tuple[str, ...]
    blind: bool
    disagreements: Disagreements
    agreement: tuple[tuple[str, str, Agreement], ...]
    pilot: int
    pilot_agreement: tuple[tuple[str, str, Agreement], ...]


def methods(transaction: Transaction) -> list[StageMethods]:
    """How each stage on which anybody voted was screened."""
    return [found for stage in Stage if (found := _stage(transaction, stage)) is not None]


@dataclass(frozen=True, slots=True)
class Unscreened:
    """How many reports were left without a vote when screening was stopped, and by which rule, in words (counting rule 10)."""

    n: int = 0
    rule: str = ""


def left_unscreened(transaction: Transaction) -> Unscreened:
    """What was set aside when a prioritised screening was stopped, and not taken up again."""
    standing = load(transaction)
    stops = {
        place.subject: event
        for place, event in standing.state.standing.items()
        if place.kind == EventKind.REMOVAL and event.payload.get("removed") and event.payload.get("stop")
    }
    # A report that was joined with a screened one, or on which a copy brought a vote, is counted where that vote puts it.
    out = [report for report in standing.reports if report.phase is Phase.REMOVED_AUTOMATIC]
    left = [[stops[record.key] for record in report.records if record.key in stops] for report in out]
    rules = {f"{stop.text('rule')}; on {stop.at.day} {stop.at:%B %Y}" for found in left for stop in found}
    return Unscreened(sum(map(bool, left)), "; ".join(sorted(rules)))


def _stage(transaction: Transaction, stage: Stage) -> StageMethods | None:
    rulings = _rulings(transaction, stage)
    states = queues.outcome_states(transaction, stage)
    if not states:
        return None
    done = {key for key, state in states.items() if state != OutcomeState.PENDING}
    # Of reports that still wait for a vote nothing is told but their number (rule 25).
    spoken = [one for one in vote_history.spoken_at(transaction, stage) if one.taken_back is None and one.cluster in done]
    tools = set(transaction.protocol.tools)
    voters: dict[str, set[str]] = {}
    for one in spoken:
        voters.setdefault(one.cluster, set()).add(one.reviewer)
    people = Counter(len(voters.get(key, set()) - tools) for key in done)
    by_tools = sum(bool(voters.get(key)) and voters[key] <= tools for key in done)
    names = {name for said in voters.values() for name in said}
    return StageMethods(
        stage=stage,
        reports=len(done),
        by_people={n: count for n, count in sorted(people.items()) if n},
        by_tools=by_tools,
        begun=len(states) - len(done),
        unvoted=sum(1 for key in done if not voters.get(key)),
        people=tuple(in_order(transaction.protocol, names)),
        first=min((one.at for one in spoken), default=None),
        last=max((one.at for one in spoken), default=None),
        tool_versions=tuple(sorted({one.tool_version for one in spoken})),
        blind=_always_blind(transaction, stage, min((one.at for one in spoken), default=None)),
        disagreements=_disagreements(transaction, stage, states, rulings),
        agreement=_pairs(transaction, stage, Part.ALL),
        pilot=len(queues.clusters_of(transaction, pilot_keys(transaction, stage))),
        pilot_agreement=_pairs(transaction, stage, Part.PILOT),
    )


def _pairs(transaction: Transaction, stage: Stage, part: Part) -> tuple[tuple[str, str, Agreement], ...]:
    return tuple((one.a, one.b, one.found) for one in agreements_at(transaction, stage, part) if one.found.n)


def _rulings(transaction: Transaction, stage: Stage) -> dict[str, Event]:
    """The adjudications that stand at a stage, by report; those that came in with a version made elsewhere are none of ours."""
    found = [event for event in record_events.all_standing(transaction, EventKind.ADJUDICATION) if event.stage == stage]
    clusters = update.clusters_of(transaction, {event.subject for event in found})
    own = sorted((event for event in found if not event.text("version")), key=lambda event: (event.at, event.id))
    return {clusters[event.subject]: event for event in own if event.subject in clusters}


def _disagreements(
    transaction: Transaction, stage: Stage, states: Mapping[str, str], rulings: Mapping[str, Event]
) -> Disagreements:
    rules = transaction.protocol
    said = unblinded(transaction, stage)
    differed = {key for key, one in said.items() if any(_differ(pair, stage, rules) for pair in one.ratings.values())}
    # A report may also come into conflict later, by a changed vote or by joining records.
    differed |= {key for key, state in states.items() if state == OutcomeState.CONFLICT} | rulings.keys()
    open_ones = {key for key in differed if states.get(key) == OutcomeState.CONFLICT}
    adjudicated = {key for key in differed if key in rulings}
    reasons = {key for key in adjudicated if _only_reasons(said.get(key))}
    return Disagreements(
        found=len(differed - reasons),
        adjudicated=len(adjudicated - reasons),
        consensus=len(differed - open_ones - adjudicated),
        open=len(open_ones),
        reasons=len(reasons),
        adjudicators=tuple(sorted({ruling.reviewer for ruling in rulings.values() if ruling.reviewer})),
    )


def _differ(rating: tuple[str, str], stage: Stage, protocol: Protocol) -> bool:
    a, b = (mapped(verdict, stage, protocol) for verdict in rating)
    return a != b


def _only_reasons(said: Said | None) -> bool:
    """Whether all had excluded a report that was adjudicated: then it was about the reason."""
    excluded = (Verdict.EXCLUDE.value, Verdict.EXCLUDE.value)
    return said is not None and bool(said.ratings) and all(rating == excluded for rating in said.ratings.values())


def _always_blind(transaction: Transaction, stage: Stage, first: datetime | None) -> bool:
    """Whether every protocol from the first vote on was blind at the stage."""
    logged = list(event_rows.events(transaction, kinds=[EventKind.PROTOCOL]))
    before = [event for event in logged if first is not None and event.at <= first][-1:]
    since = [event for event in logged if first is not None and event.at > first]
    rules = [transaction.protocol, *(parse_protocol(event.text("text")) for event in (*before, *since))]
    return all(one.screening.at(stage).blind for one in rules)
