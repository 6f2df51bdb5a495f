"""Reading from a review how far each pair of reviewers agrees (counting rule 26); the arithmetic is in `agreement`.

What counts on a report is what each of the two had said when the second of them spoke, which is the last moment at which neither knew the
other's vote. Invariant: a report that still waits for a vote says nothing, so that no number here tells how somebody voted (rule 25).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import Any

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage, Verdict
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import queues, vote_history
from prisma_tool.team.agreement_statistics import Agreement, Rating, agreement
from prisma_tool.team.pilot import pilot_keys

_TWO = 2
CHOICES = (Verdict.INCLUDE.value, Verdict.EXCLUDE.value)


class Part(StrEnum):
    """Which reports: all, those of pilot rounds, or the rest."""

    ALL = "all"
    PILOT = "pilot"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """The agreement of two reviewers at a stage; `a` stands before `b` in the protocol."""

    stage: Stage
    a: str
    b: str
    found: Agreement


@dataclass(frozen=True, slots=True)
class Said:
    """What the reviewers of one report had said at a stage when each pair of them had spoken: rating by pair of names."""

    ratings: Mapping[tuple[str, str], Rating] = field(default_factory=dict)


def agreements(transaction: Transaction, part: Part = Part.ALL) -> list[PairAgreement]:
    """The agreement of every two who have voted at a stage, also of those who never met on a report."""
    return [pair for stage in Stage for pair in agreements_at(transaction, stage, part)]


def agreements_at(transaction: Transaction, stage: Stage, part: Part = Part.ALL) -> list[PairAgreement]:
    """The same, at one stage."""
    rules = transaction.protocol
    names = in_order(rules, vote_history.names_at(transaction, stage))
    if len(names) < _TWO:
        return []
    spoken = unblinded(transaction, stage)
    wanted = _of_part(transaction, stage, part, spoken)
    found = []
    for a, b in combinations(names, _TWO):
        ratings = [said.ratings[a, b] for key, said in spoken.items() if key in wanted and (a, b) in said.ratings]
        found.append(PairAgreement(stage, a, b, agreement([_mapped(rating, stage, rules) for rating in ratings], CHOICES)))
    return found


def in_order(protocol: Protocol, names: Collection[str]) -> list[str]:
    """Names in the order of the protocol, others after them."""
    listed = [name for name in protocol.reviewers if name in names]
    return [*listed, *sorted(set(names) - set(listed))]


def _of_part(transaction: Transaction, stage: Stage, part: Part, spoken: Collection[str]) -> Collection[str]:
    if part is Part.ALL:
        return spoken
    piloted = queues.clusters_of(transaction, pilot_keys(transaction, stage))
    return piloted if part is Part.PILOT else set(spoken) - piloted


def _mapped(rating: Rating, stage: Stage, protocol: Protocol) -> Rating:
    a, b = (mapped(verdict, stage, protocol) for verdict in rating)
    return a, b


def mapped(verdict: str, stage: Stage, protocol: Protocol) -> str:
    """A verdict as a category: at title/abstract a maybe goes with include, unless the protocol lets it conflict with it."""
    goes_forward = stage is Stage.TITLE_ABSTRACT and protocol.screening.maybe == "include"
    return Verdict.INCLUDE if verdict == Verdict.MAYBE and goes_forward else verdict


def unblinded(transaction: Transaction, stage: Stage) -> dict[str, Said]:
    """For every report whose wanted votes are all there: what each pair had said when the second of them spoke."""
    states = queues.outcome_states(transaction, stage)
    closed = {key for key, state in states.items() if state != OutcomeState.PENDING}
    spoken: dict[str, list[vote_history.Spoken]] = {}
    for one in vote_history.spoken_at(transaction, stage):
        if one.cluster in closed:
            spoken.setdefault(one.cluster, []).append(one)
    rules = transaction.protocol
    return {key: Said(_ratings(found, rules)) for key, found in spoken.items()}


def _ratings(spoken: Iterable[vote_history.Spoken], protocol: Protocol) -> dict[tuple[str, str], Rating]:
    held: dict[str, dict[str, vote_history.Spoken]] = {}
    found: dict[tuple[str, str], Rating] = {}
    for moment in _moments(spoken):
        held.setdefault(moment.vote.reviewer, {}).pop(moment.vote.id, None)
        if moment.given:
            held[moment.vote.reviewer][moment.vote.id] = moment.vote
        standing = {name: max(mine.values(), key=lambda one: (one.at, one.id)).verdict for name, mine in held.items() if mine}
        for pair in combinations(in_order(protocol, standing), _TWO):
            found.setdefault((pair[0], pair[1]), (standing[pair[0]], standing[pair[1]]))
    return found


@dataclass(frozen=True, slots=True)
class _Moment:
    """A vote was given, or taken back."""

    at: datetime
    id: str
    vote: vote_history.Spoken
    given: bool


def _moments(spoken: Iterable[vote_history.Spoken]) -> list[_Moment]:
    found = []
    for vote in spoken:
        found.append(_Moment(vote.at, vote.id, vote, given=True))
        if vote.taken_back is not None:
            found.append(_Moment(vote.taken_back, vote.id, vote, given=False))
    return sorted(found, key=lambda moment: (moment.at, moment.id, not moment.given))


def as_json(found: Iterable[PairAgreement]) -> dict[str, Any]:
    """The object of `report agreement --json`: `n` and `agree` are counts, the rest ratios, null where undefined."""
    return {"pairs": [{"stage": one.stage.value, "a": one.a, "b": one.b, **asdict(one.found)} for one in found]}


def sentence(found: Agreement) -> str:
    """The agreement in words: `110 of 120 (91.7%), kappa 0.78 (95% CI 0.67 to 0.89), PABAK 0.83, AC1 0.86`."""
    if not found.n:
        return "no report screened by both"
    parts = [f"{found.agree} of {found.n} ({found.agree / found.n:.1%})"]
    if found.kappa is None or found.kappa_low is None or found.kappa_high is None:
        parts.append("kappa undefined, as both used one category throughout")
    else:
        parts.append(f"kappa {found.kappa:.2f} (95% CI {found.kappa_low:.2f} to {found.kappa_high:.2f})")
    parts += [f"{name} {value:.2f}" for name, value in (("PABAK", found.pabak), ("AC1", found.ac1)) if value is not None]
    return ", ".join(parts)
