"""Where the team stands: what waits for whom at each stage, and how far reviewers agree.

Invariant: it tells who has voted and never how (counting rule 25).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import Stage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.team.agreement import PairAgreement, agreements, sentence
from prisma_tool.team.agreement import as_json as pairs_told
from prisma_tool.team.reviewers import Person, Work, people

SHOWN = 6
"""Lines of a kind in `status`; --json and the team screen have all."""


@dataclass(frozen=True, slots=True)
class TeamStatus:
    """The people, the work of each stage, and the agreement of every pair."""

    protocol: Protocol
    people: Sequence[Person]
    work: Mapping[Stage, Work]
    agreement: Sequence[PairAgreement]


def team_status(transaction: Transaction) -> TeamStatus:
    """Where the team stands now."""
    found, work = people(transaction)
    return TeamStatus(transaction.protocol, found, work, agreements(transaction))


def as_json(found: TeamStatus) -> dict[str, Any]:
    """The values of `team` and `agreement` in `status --json`."""
    team = {stage.value: _work_told(one) for stage, one in found.work.items()}
    return {"team": team, "agreement": pairs_told(found.agreement)["pairs"]}


def _work_told(one: Work) -> dict[str, Any]:
    told = asdict(one)
    told["waiting"] = [{"voted": voted, "waits_for": owes, "n": n} for (voted, owes), n in one.waiting.items()]
    return told


def lines(found: TeamStatus) -> Iterator[str]:
    """What `status` says about the team; nothing for one person alone."""
    left = [person.name for person in found.people if not person.active]
    if left:
        yield f"left the review: {', '.join(left)}"
    for stage, one in found.work.items():
        yield from _about_work(stage, one, found.protocol)
    met = [pair for pair in found.agreement if pair.found.n]
    for pair in met[:SHOWN]:
        yield f"agreement at {pair.stage}: {pair.a} and {pair.b}: {sentence(pair.found)}"
    if len(met) > SHOWN:
        yield f"agreement of {len(met) - SHOWN} more pairs: `prisma-tool report agreement`"


def _about_work(stage: Stage, one: Work, protocol: Protocol) -> Iterator[str]:
    if one.pilot:
        yield f"{stage}: a pilot round is under way, {one.pilot} of its reports are open (`prisma-tool pilot show`)"
    if protocol.screening.at(stage).reviewers_per_record > 1:
        for (voted, owes), n in list(one.waiting.items())[:SHOWN]:
            yield f"{stage}: {n} screened by {voted} wait for {owes}"
    if one.unassigned:
        yield f"{stage}: {one.unassigned} still have to be assigned (`prisma-tool assign --evenly`)"
    if one.stranded and protocol.reviewers:
        yield f"{stage}: {one.stranded} wait for a reviewer who is not there (`prisma-tool reviewer add NAME`)"
