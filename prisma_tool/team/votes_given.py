"""How the votes of a stage came: given here one by one, or read from files of other programs (counting rule 28). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from prisma_tool.model.log.events import Channel
from prisma_tool.store.queues.vote_history import CastVote


@dataclass(frozen=True, slots=True)
class VotesGiven:
    """How votes came, changes of mind included.

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
class GivenHere:
    """The votes that were not read from a file: on how many reports, and when the first and the last were given."""

    reports: int = 0
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedVotes:
    """Votes that were read from files of one program (empty: none is named): how many, on how many reports, and the days that the files give.

    `undated` counts those whose file gives no day.
    """

    program: str
    votes: int
    reports: int
    undated: int
    first: datetime | None
    last: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As `report methods --json` has it."""
        return {"program": self.program, "votes": self.votes, "reports": self.reports, "undated": self.undated}


def votes_given(votes: Iterable[CastVote]) -> VotesGiven:
    """How these votes came."""
    cast = list(votes)
    channels = Counter(Channel.FILE if vote.from_file else vote.via for vote in cast)
    programs = Counter(vote.origin for vote in cast if vote.origin and vote.from_file)
    by_channel = {channel: channels[channel] for channel in Channel if channels[channel]}
    return VotesGiven(len(cast), by_channel, dict(sorted(programs.items())), sum(vote.merged for vote in cast))


def given_here(votes: Iterable[CastVote]) -> GivenHere:
    """Those of these votes that no file brought."""
    here = [vote for vote in votes if not vote.from_file]
    days = [vote.at for vote in here]
    return GivenHere(len({vote.cluster for vote in here}), min(days, default=None), max(days, default=None))


def imported_votes(votes: Iterable[CastVote]) -> tuple[ImportedVotes, ...]:
    """Those of these votes that files brought, by program."""
    by_program: dict[str, list[CastVote]] = {}
    for vote in votes:
        if vote.from_file:
            by_program.setdefault(vote.origin, []).append(vote)
    return tuple(_imported(program, brought) for program, brought in sorted(by_program.items()))


def _imported(program: str, brought: list[CastVote]) -> ImportedVotes:
    days = [vote.at for vote in brought if vote.dated]
    reports = {vote.cluster for vote in brought}
    return ImportedVotes(
        program, len(brought), len(reports), len(brought) - len(days), min(days, default=None), max(days, default=None)
    )
