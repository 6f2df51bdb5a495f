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
from prisma_tool.team.agreement import as_json as agreement_json
from prisma_tool.team.blinding_log import BlindingChange, blinding_changes
from prisma_tool.team.reviewers import Person, StageWork, people

LONGEST_LIST = 6
"""Lines of a kind in `status`; --json and the team screen have all."""


@dataclass(frozen=True, slots=True)
class TeamStatus:
    """The people, the work of each stage, the agreement of every pair, and when blinding was turned off or on."""

    protocol: Protocol
    people: Sequence[Person]
    work: Mapping[Stage, StageWork]
    agreement: Sequence[PairAgreement]
    blinding: Sequence[BlindingChange] = ()


def team_status(transaction: Transaction) -> TeamStatus:
    """Where the team stands now."""
    persons, work = people(transaction)
    return TeamStatus(transaction.protocol, persons, work, agreements(transaction), blinding_changes(transaction))


def as_json(status: TeamStatus) -> dict[str, Any]:
    """The values of `team`, `agreement` and `blinding` in `status --json`."""
    team = {stage.value: _work_json(work) for stage, work in status.work.items()}
    blinding = [change.as_json() for change in status.blinding]
    return {"team": team, "agreement": agreement_json(status.agreement)["pairs"], "blinding": blinding}


def _work_json(work: StageWork) -> dict[str, Any]:
    result = asdict(work)
    result["waiting"] = [{"voted": voted, "waits_for": owes, "n": n} for (voted, owes), n in work.waiting.items()]
    return result


def lines(status: TeamStatus) -> Iterator[str]:
    """What `status` says about the team; nothing for one person alone."""
    retired = [person.name for person in status.people if not person.active]
    if retired:
        yield f"left the review: {', '.join(retired)}"
    for stage, work in status.work.items():
        yield from _about_work(stage, work, status.protocol)
    yield from (change.sentence for change in status.blinding[-LONGEST_LIST:])
    pairs = [pair for pair in status.agreement if pair.met]
    for pair in pairs[:LONGEST_LIST]:
        yield f"agreement at {pair.stage}: {pair.a} and {pair.b}: {sentence(pair)}"
    if len(pairs) > LONGEST_LIST:
        yield f"agreement of {len(pairs) - LONGEST_LIST} more pairs: `prisma-tool report agreement`"


def _about_work(stage: Stage, work: StageWork, protocol: Protocol) -> Iterator[str]:
    if work.pilot:
        yield f"{stage}: a pilot round is under way, {work.pilot} of its reports are open (`prisma-tool pilot show`)"
    if protocol.screening.at(stage).reviewers_per_record > 1:
        for (voted, owes), n in list(work.waiting.items())[:LONGEST_LIST]:
            yield f"{stage}: {n} screened by {voted} wait for {owes}"
    if work.unassigned:
        yield f"{stage}: {work.unassigned} still have to be assigned (`prisma-tool assign --evenly`)"
    if work.stranded and protocol.reviewers:
        yield f"{stage}: {work.stranded} wait for a reviewer who is not there (`prisma-tool reviewer add NAME`)"
