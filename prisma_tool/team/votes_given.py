"""How the votes of a stage came: given here one by one, or read from files of other programs (counting rule 28). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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


Ways = Mapping[tuple[Channel, str], Sequence[CastVote]]
"""Votes by channel and program. A review has hundreds of thousands, which came in a handful of ways; whether a file brought them depends on nothing else."""


def by_way(votes: Iterable[CastVote]) -> Ways:
    """These votes by the way in which they came."""
    ways: dict[tuple[Channel, str], list[CastVote]] = {}
    for vote in votes:
        ways.setdefault((vote.via, vote.origin), []).append(vote)
    return ways


def votes_given(ways: Ways) -> VotesGiven:
    """How these votes came."""
    channels, programs = Counter[Channel](), Counter[str]()
    for (via, origin), votes in ways.items():
        from_file = votes[0].from_file
        channels[Channel.FILE if from_file else via] += len(votes)
        if from_file and origin:
            programs[origin] += len(votes)
    by_channel = {channel: channels[channel] for channel in Channel if channels[channel]}
    merged = sum(vote.merged for votes in ways.values() for vote in votes)
    return VotesGiven(channels.total(), by_channel, dict(sorted(programs.items())), merged)


def given_here(ways: Ways) -> GivenHere:
    """Those of these votes that no file brought."""
    here = [votes for votes in ways.values() if not votes[0].from_file]
    days = [vote.at for votes in here for vote in votes]
    reports = {vote.cluster for votes in here for vote in votes}
    return GivenHere(len(reports), min(days, default=None), max(days, default=None))


def dated_moments(ways: Ways) -> list[datetime]:
    """When those of these votes were given whose day is known."""
    here = [vote.at for votes in ways.values() if not votes[0].from_file for vote in votes]
    return here + [vote.at for votes in ways.values() if votes[0].from_file for vote in votes if vote.dated]


def imported_votes(ways: Ways) -> tuple[ImportedVotes, ...]:
    """Those of these votes that files brought, by program."""
    by_program: dict[str, list[CastVote]] = {}
    for (_, origin), votes in ways.items():
        if votes[0].from_file:
            by_program.setdefault(origin, []).extend(votes)
    return tuple(_imported(program, brought) for program, brought in sorted(by_program.items()))


def _imported(program: str, brought: list[CastVote]) -> ImportedVotes:
    days = [vote.at for vote in brought if vote.dated]
    reports = {vote.cluster for vote in brought}
    return ImportedVotes(
        program, len(brought), len(reports), len(brought) - len(days), min(days, default=None), max(days, default=None)
    )
