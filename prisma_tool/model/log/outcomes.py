"""What all votes on a report at a stage mean together (counting rules 8, 12, 15 and 16, docs/counting.md).

Pure: votes and the protocol in, one outcome out. Invariant: the order in which votes are given does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from prisma_tool.model.log.clusters import Pair
from prisma_tool.model.log.event_ids import drawn
from prisma_tool.model.log.events import Event, by_order
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import DuplicateVerdict, OutcomeState, Stage, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state of a report at a stage; `reasons_differ` marks exclusions whose reviewers named different reasons (counting rule 16)."""

    state: OutcomeState
    reason: str = ""
    reasons_differ: bool = False


def outcome(
    stage: Stage,
    votes: Sequence[Event],
    joins: Sequence[Pair],
    protocol: Protocol,
    ruling: Event | None = None,
    awaited: AbstractSet[str] = frozenset(),
) -> Outcome | None:
    """The outcome of one cluster at one stage, or None where nobody voted.

    `votes` are the standing decisions on any member, `joins` the standing "same" verdicts within the cluster, `ruling` the
    adjudication that stands, which overrides (the votes are kept). A ruling that came in with a version made elsewhere holds until
    somebody decides anew. `awaited` are reviewers whose votes are needed beside the quorum, as in a pilot round.

    Until all wanted votes are there the outcome is pending, whatever they say, so that it tells nobody how another voted (counting rule 25).
    """
    if ruling is not None and not (ruling.text("version") and any(_stored_order(vote) > _stored_order(ruling) for vote in votes)):
        return Outcome(OutcomeState(ruling.text("verdict")), protocol.counted_reason(ruling.text("reason")))
    if not votes:
        return None
    by_reviewer = _by_reviewer(votes)
    missing = {name.casefold() for name in awaited} - by_reviewer.keys()
    if len(by_reviewer) < protocol.screening.at(stage).reviewers_per_record or missing:
        return Outcome(OutcomeState.PENDING)
    finals = [_final_vote(own_votes, joins) for own_votes in by_reviewer.values()]
    if any(final is None for final in finals):
        return Outcome(OutcomeState.CONFLICT)
    return _agreement(stage, [final for final in finals if final is not None], protocol)


def counting_votes(votes: Iterable[Event], joins: Sequence[Pair]) -> list[Event]:
    """The votes that count for an outcome, by reviewer: the latest of each, or all where those contradict each other (counting rule 8)."""
    counting: list[Event] = []
    for _, own_votes in sorted(_by_reviewer(votes).items()):
        final = _final_vote(own_votes, joins)
        counting += [final] if final is not None else sorted(own_votes, key=by_order)
    return counting


def _by_reviewer(votes: Iterable[Event]) -> dict[str, list[Event]]:
    """Votes by person: whoever writes a name in other capitals, in review.toml or in a copy, is no second reviewer."""
    grouped: dict[str, list[Event]] = {}
    for vote in votes:
        grouped.setdefault(vote.reviewer.casefold(), []).append(vote)
    return grouped


def _final_vote(votes: Sequence[Event], joins: Sequence[Pair]) -> Event | None:
    """A reviewer's latest vote; None where votes given before the records were joined contradict each other (counting rule 8)."""
    latest = max(votes, key=by_order)
    for vote in votes:
        differs = _direction(vote) != _direction(latest)
        if differs and max(_stored_order(vote), _stored_order(latest)) < _joined(vote.subject, latest.subject, joins):
            return None
    return latest


def _direction(vote: Event) -> str:
    verdict = vote.text("verdict")
    return Verdict.INCLUDE if verdict == Verdict.MAYBE else verdict


def _stored_order(vote: Event) -> tuple[int, str]:
    """When a vote came into the log. Before events had clocks, one from a file could be dated back; its id tells when it was stored."""
    return max(vote.clock, drawn(vote.id)), vote.id


def _joined(a: str, b: str, joins: Sequence[Pair]) -> tuple[int, str]:
    """The order of the verdict that first brought two records together, directly or through others."""
    groups = {key: {key} for pair in joins for key in (pair.a, pair.b)}
    for pair in sorted(joins, key=lambda pair: pair.order):
        if pair.verdict != DuplicateVerdict.SAME:
            continue
        merged = groups[pair.a] | groups[pair.b]
        for key in merged:
            groups[key] = merged
        if a in merged and b in merged:
            return pair.order
    return 0, ""


def _agreement(stage: Stage, votes: list[Event], protocol: Protocol) -> Outcome:
    verdicts = {vote.text("verdict") for vote in votes}
    if Verdict.MAYBE in verdicts:
        return _with_maybe(stage, verdicts, protocol)
    if len(verdicts) > 1:
        return Outcome(OutcomeState.CONFLICT)
    state = OutcomeState(verdicts.pop())
    return _exclusion(stage, votes, protocol) if state is OutcomeState.EXCLUDE else Outcome(state)


def _with_maybe(stage: Stage, verdicts: set[str], protocol: Protocol) -> Outcome:
    others = verdicts - {Verdict.MAYBE}
    if stage is Stage.FULL_TEXT:
        return Outcome(OutcomeState.CONFLICT if Verdict.EXCLUDE in others else OutcomeState.MAYBE)
    if others - {Verdict.INCLUDE} or protocol.screening.maybe == "conflict":
        return Outcome(OutcomeState.CONFLICT)
    return Outcome(OutcomeState.INCLUDE if others else OutcomeState.MAYBE)


def _exclusion(stage: Stage, votes: list[Event], protocol: Protocol) -> Outcome:
    """An exclusion under the earliest reason; only at full text, where each report has exactly one, is a difference left to settle."""
    reasons = {protocol.counted_reason(vote.text("reason")) for vote in votes} - {""}
    earliest = min(reasons, key=lambda reason: (protocol.reason_rank(reason), reason), default="")
    return Outcome(OutcomeState.EXCLUDE, earliest, reasons_differ=stage is Stage.FULL_TEXT and len(reasons) > 1)
