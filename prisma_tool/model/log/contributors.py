"""Whose events count: the people that review.toml lists, the deduplication engine, and automation tools; whose votes: those who screen.

What somebody else's name stands under is kept, and counts for nothing until review.toml lists that person: a merge may bring votes of
people whom nobody here knows. Pure. Invariant: the answer depends on the event and the protocol alone, so every copy gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass

from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol

_BY_VERSIONS = (EventKind.ADJUDICATION, EventKind.STUDY)
"""What stands in the name of a version that was made elsewhere: its rulings, and its links of reports to studies."""


@dataclass(frozen=True, slots=True)
class Contributors:
    """Whose events count. `listed` are the names in any role, case-folded; None where review.toml lists nobody, and everybody counts.

    `versions` are the labels of versions, `onlookers` the names of those listed who only adjudicate or look on: their votes, which a copy
    may bring, are no screening.
    """

    listed: frozenset[str] | None = None
    versions: Container[str] = ()
    onlookers: frozenset[str] = frozenset()

    def include(self, event: Event) -> bool:
        """True where the event counts. What review.toml said counts, whoever had it open when that was noted."""
        if event.kind == EventKind.DECISION:
            return self.may_vote(event.reviewer)
        return (
            event.kind == EventKind.PROTOCOL
            or self.know(event.reviewer)
            or (event.kind in _BY_VERSIONS and event.reviewer in self.versions)
        )

    def including(self) -> Callable[[Event], bool]:
        """`include` for a whole log, which remembers its answers: of an event they depend on kind and person alone."""
        known: dict[tuple[str, str], bool] = {}

        def included(event: Event) -> bool:
            kind_and_person = event.kind, event.reviewer
            if kind_and_person not in known:
                known[kind_and_person] = self.include(event)
            return known[kind_and_person]

        return included

    def know(self, name: str) -> bool:
        """True for somebody whom review.toml lists, for the engine, and for no name at all."""
        return self.listed is None or name in ("", ENGINE) or name.casefold() in self.listed

    def may_vote(self, name: str) -> bool:
        """True for somebody whose votes count as screening."""
        return self.know(name) and name.casefold() not in self.onlookers


EVERYBODY = Contributors()


def contributors_of(protocol: Protocol, versions: Container[str] = ()) -> Contributors:
    """Whose events count under a protocol; `versions` are the labels of the versions in the log."""
    names = people_of(protocol)
    return Contributors(frozenset(name.casefold() for name in names), versions, onlookers_of(protocol)) if names else EVERYBODY


def onlookers_of(protocol: Protocol) -> frozenset[str]:
    """Those who adjudicate or look on and do not screen, case-folded."""
    screening = {name.casefold() for name in (*protocol.reviewers, *protocol.tools)}
    return frozenset(name.casefold() for name in (*protocol.adjudicators, *protocol.observers)) - screening


def people_of(protocol: Protocol) -> tuple[str, ...]:
    """Everybody whom review.toml lists, in any role; nobody where it lists no reviewers, for then anybody may screen."""
    if not protocol.reviewers:
        return ()
    return (*protocol.reviewers, *protocol.adjudicators, *protocol.observers, *protocol.tools)


def listed_person(protocol: Protocol, name: str) -> str:
    """A name as review.toml spells it; empty for one that it does not list, such as an account of the operating system."""
    return next((person for person in people_of(protocol) if person.casefold() == name.strip().casefold()), "")


def spelling(protocol: Protocol) -> Callable[[str], str]:
    """How review.toml spells a name now; a name that it does not list stays as it is. One person under two spellings is one person."""
    spelled = {name.casefold(): name for name in people_of(protocol)}
    return lambda name: spelled.get(name.casefold(), name)


def version_labels(events: Iterable[Event]) -> frozenset[str]:
    """The labels of the versions that these events speak of."""
    return frozenset(event.subject for event in events if event.kind == EventKind.VERSION)


def unlisted(counts: Mapping[tuple[str, bool], int], contributors: Contributors) -> dict[str, int]:
    """How many events that count for nothing each person has in the log, by name.

    Args:
        counts: By reviewer, and whether they are votes: how many events the log holds.
        contributors: Whose events count.
    """
    idle: dict[str, int] = {}
    for (name, are_votes), n in sorted(counts.items()):
        counted = contributors.may_vote(name) if are_votes else contributors.know(name)
        if not counted and name not in contributors.versions:
            idle[name] = idle.get(name, 0) + n
    return idle
