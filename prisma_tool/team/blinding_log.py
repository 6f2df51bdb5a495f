"""What the log proves about blinding: when a stage was open, who is known to have made it so, and what anybody could have read.

Invariant: what cannot be proven is not claimed. A stage counts as open from the moment when a protocol that leaves it open was noted until
everything that replaced this protocol, in whatever copy, had been noted; a protocol that cannot be read is taken as open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any

from prisma_tool.errors import ReviewError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.log.team import PilotState
from prisma_tool.model.protocol.rules import StageRules
from prisma_tool.model.utc import utc_text
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.review.protocol_log import ProtocolAct
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.team.stage_reports import StageReports

Order = tuple[int, str]
"""A place in the order of events."""

_END: Order = (2**63, "")
_UNREADABLE = StageRules(reviewers_per_record=1, blind=False)


@dataclass(frozen=True, slots=True)
class BlindingChange:
    """A protocol that turned blinding at a stage on or off. What `reviewer` had to do with it is said by `act`; empty: nobody is known."""

    event: str
    stage: Stage
    blind: bool
    at: datetime
    reviewer: str
    act: str
    order: Order = (0, "")

    @property
    def words(self) -> str:
        """What was done, without when and who: `blinding at title/abstract was lifted`."""
        return f"blinding at {_STAGES[self.stage]} was {'put in place' if self.blind else 'lifted'}"

    @property
    def who(self) -> str:
        """Who did it, as far as that is known."""
        if self.act == ProtocolAct.CHANGED and self.reviewer:
            return f"by {self.reviewer}"
        unknown = "by whom is not recorded"
        return f"{unknown}; noted while {self.reviewer} had the review open" if self.reviewer else unknown

    @property
    def sentence(self) -> str:
        """All of it, for people."""
        return f"{self.words} on {self.at.day} {self.at:%B %Y} ({self.who})"

    def as_json(self) -> dict[str, Any]:
        """As `status --json` and `report methods --json` have it."""
        fields = {name: value for name, value in asdict(self).items() if name != "order"}
        return {**fields, "stage": self.stage.value, "at": utc_text(self.at)}


_STAGES = {Stage.TITLE_ABSTRACT: "title/abstract", Stage.FULL_TEXT: "full text"}


def blinding_changes(transaction: Transaction, at: datetime | None = None) -> list[BlindingChange]:
    """Every change of blinding that the log shows (or showed at a moment), oldest first."""
    return list(_changes(_protocols(transaction, at)))


def _protocols(transaction: Transaction, at: datetime | None) -> list[Event]:
    return list(event_rows.events(transaction, kinds=[EventKind.PROTOCOL], received_by=at))


def _changes(protocols: Sequence[Event]) -> Iterator[BlindingChange]:
    replaced = _replaced(protocols)
    for event in protocols:
        before, after = replaced.get(event.id), _readable_rules(event.text("text"))
        if before is None or after is None or (old := _readable_rules(before.text("text"))) is None:
            continue
        for stage in Stage:
            if old[stage].blind != after[stage].blind:
                yield BlindingChange(
                    event.id, stage, after[stage].blind, event.at, event.reviewer, event.text("act"), event.order
                )


def _replaced(protocols: Sequence[Event]) -> dict[str, Event]:
    """Which protocol each one replaced: the one it names, else, as older programs did not say, the one before."""
    known = {event.id: event for event in protocols}
    before = {after.id: earlier for earlier, after in pairwise(protocols)}
    named = {event.id: known.get(event.text("replaces")) for event in protocols if event.text("replaces")}
    return {event_id: event for event_id, event in (before | named).items() if event is not None}


@lru_cache(maxsize=256)
def _readable_rules(text: str) -> Mapping[Stage, StageRules] | None:
    """What a protocol says about each stage; None where it cannot be read."""
    try:
        screening = parse_protocol(text).screening
    except ReviewError:
        return None
    return {stage: screening.at(stage) for stage in Stage}


class Exposure(StrEnum):
    """Why a reviewer could have read another's vote on a report before giving one."""

    NOT_BLIND = "not_blind"
    """The stage was open at some moment since the other's vote, or when this vote was given."""
    AFTER_OUTCOME = "after_outcome"
    """All votes that were wanted were there, and the outcome shows them."""


@dataclass(frozen=True, slots=True)
class RulesPeriod:
    """From where to where in the order of events a protocol was in force somewhere, as far as can be known."""

    start: Order
    end: Order
    rules: StageRules


@dataclass(frozen=True, slots=True)
class PilotPeriod:
    """A pilot round: while it lasts, its reports have no outcome before all its reviewers have voted."""

    start: Order
    end: Order
    clusters: frozenset[str]
    reviewers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The time between another's first vote on a report and the reader's: in which `reader` must not have read it.

    `voters` says from each place on how many had votes standing on the report `cluster`; `blind` is what the reader's vote says of itself.
    """

    cluster: str
    reader: str
    start: Order
    end: Order
    voters: Sequence[tuple[Order, int]] = field(default=())
    blind: bool = True


class BlindingLog:
    """What was open when, at one stage."""

    def __init__(self, periods: Iterable[RulesPeriod], pilots: Iterable[PilotPeriod] = ()) -> None:
        self._periods, self._pilots = list(periods), list(pilots)
        self._fewest = min((period.rules.reviewers_per_record for period in self._periods), default=1)
        self._always_blind = self.blind_since((0, ""))

    @classmethod
    def read(cls, transaction: Transaction, reports: StageReports) -> BlindingLog:
        """What the log of a review shows of the stage of these reports."""
        return cls(_periods(_protocols(transaction, reports.at), reports.stage), _pilots(transaction, reports))

    def blind_since(self, start: Order) -> bool:
        """Whether the stage was blind from this place on."""
        return all(period.rules.blind for period in self._periods if period.end > start)

    def hides_all(self, voters: int) -> bool:
        """Whether the votes of so many people on a report were hidden from everybody else, whenever they were given."""
        return self._always_blind and voters < self._fewest

    def exposure(self, waiting: Waiting) -> Exposure | None:
        """Why the reader could have read the other's vote while waiting; None where that cannot have been, but by speaking as the other."""
        if not waiting.blind:
            return Exposure.NOT_BLIND
        most = max((n for _, n in waiting.voters), default=0)
        if self.hides_all(most):
            return None
        periods = [period for period in self._periods if period.start < waiting.end and period.end > waiting.start]
        if not all(period.rules.blind for period in periods):
            return Exposure.NOT_BLIND
        settled = not self._in_pilot(waiting) and any(_settled(waiting, period) for period in periods)
        return Exposure.AFTER_OUTCOME if settled else None

    def _in_pilot(self, waiting: Waiting) -> bool:
        return any(
            waiting.cluster in pilot.clusters
            and waiting.reader in pilot.reviewers
            and pilot.start < waiting.start
            and waiting.end < pilot.end
            for pilot in self._pilots
        )


def _settled(waiting: Waiting, period: RulesPeriod) -> bool:
    """Whether there was an outcome under these rules at some moment of the waiting."""
    ends = [*(start for start, _ in waiting.voters[1:]), waiting.end]
    return any(
        n >= period.rules.reviewers_per_record and max(start, period.start, waiting.start) < min(end, period.end, waiting.end)
        for (start, n), end in zip(waiting.voters, ends, strict=False)
    )


def _periods(protocols: Sequence[Event], stage: Stage) -> Iterator[RulesPeriod]:
    replaced = _replaced(protocols)
    ends: dict[str, Order] = {}
    for event in protocols:
        if (before := replaced.get(event.id)) is not None:
            ends[before.id] = max(event.order, ends.get(before.id, event.order))
    for event in protocols:
        rules = _readable_rules(event.text("text"))
        yield RulesPeriod(event.order, ends.get(event.id, _END), rules[stage] if rules else _UNREADABLE)


def _pilots(transaction: Transaction, reports: StageReports) -> Iterator[PilotPeriod]:
    candidates = event_rows.not_undone(transaction, EventKind.PILOT, reports.at)
    rounds = [event for event in candidates if event.stage == reports.stage]
    ends = [*(event.order for event in rounds[1:]), _END]
    for event, end in zip(rounds, ends, strict=False):
        if event.text("act") == PilotState.OPEN:
            names = reports.names_of(event.payload.get("keys", ()))
            yield PilotPeriod(event.order, end, names, frozenset(event.payload.get("reviewers", ())))


def changes_by_event(transaction: Transaction, events: Iterable[Event]) -> dict[str, str]:
    """What those of these events that are protocols changed about blinding, in words, by their ids."""
    if not any(event.kind == EventKind.PROTOCOL for event in events):
        return {}
    words: dict[str, list[str]] = {}
    for change in blinding_changes(transaction):
        words.setdefault(change.event, []).append(change.words)
    return {event_id: " and ".join(parts) for event_id, parts in words.items()}
