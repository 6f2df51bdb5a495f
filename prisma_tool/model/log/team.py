"""Who takes part in a review now: reviewers who left, and the pilot rounds under way.

Pure; folded from the events `reviewer` and `pilot` that stand. Invariant: votes are for ever. Somebody who leaves keeps every vote and
owes none; what waited for that vote waits for somebody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import Stage

TEAM_KINDS = (EventKind.REVIEWER, EventKind.PILOT)
"""The kinds of events that say who takes part; each may change what every outcome waits for."""


class Membership(StrEnum):
    """What a `reviewer` event says."""

    RETIRED = "retired"
    ACTIVE = "active"


class PilotState(StrEnum):
    """What a `pilot` event says: the round begins, or the rest of the records opens."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Pilot:
    """A pilot round under way: the records that everyone screens before the rest opens, and who everyone is."""

    keys: frozenset[str]
    reviewers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Team:
    """Who left, and which stages are in a pilot round."""

    retired: frozenset[str] = frozenset()
    pilots: Mapping[Stage, Pilot] = field(default_factory=dict)

    def active(self, protocol: Protocol) -> tuple[str, ...]:
        """The reviewers who screen now, in the order of the protocol."""
        return tuple(name for name in protocol.reviewers if name not in self.retired)

    def awaited(self, stage: Stage, members: Collection[str]) -> frozenset[str]:
        """Whose votes a report (its record keys) needs beside the quorum: everybody's while it is in a pilot round."""
        pilot = self.pilots.get(stage)
        if pilot is None or pilot.keys.isdisjoint(members):
            return frozenset()
        return pilot.reviewers - self.retired


def team_of(standing: Iterable[Event]) -> Team:
    """The team that the standing `reviewer` and `pilot` events describe; other events are passed over."""
    retired, pilots = set(), {}
    for event in standing:
        if event.kind == EventKind.REVIEWER and event.text("state") == Membership.RETIRED:
            retired.add(event.subject)
        elif event.kind == EventKind.PILOT and event.text("act") == PilotState.OPEN:
            pilots[Stage(event.stage)] = Pilot(
                frozenset(event.payload.get("keys", ())), frozenset(event.payload.get("reviewers", ()))
            )
    return Team(frozenset(retired), pilots)
