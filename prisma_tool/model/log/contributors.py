"""Whose events count: the people that review.toml lists, the deduplication engine, and automation tools.

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

    `versions` are the labels of versions.
    """

    listed: frozenset[str] | None = None
    versions: Container[str] = ()

    def include(self, event: Event) -> bool:
        """True where the event counts. What review.toml said counts, whoever had it open when that was noted."""
        return (
            event.kind == EventKind.PROTOCOL
            or self.know(event.reviewer)
            or (event.kind in _BY_VERSIONS and event.reviewer in self.versions)
        )

    def know(self, name: str) -> bool:
        """True for somebody whom review.toml lists, for the engine, and for no name at all."""
        return self.listed is None or name in ("", ENGINE) or name.casefold() in self.listed


EVERYBODY = Contributors()


def contributors_of(protocol: Protocol, versions: Container[str] = ()) -> Contributors:
    """Whose events count under a protocol; `versions` are the labels of the versions in the log."""
    names = people_of(protocol)
    return Contributors(frozenset(name.casefold() for name in names), versions) if names else EVERYBODY


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


def unlisted(counts: Mapping[str, int], contributors: Contributors) -> dict[str, int]:
    """Of how many events each reviewer has in the log, those of people whom review.toml does not list, by name."""
    return {name: n for name, n in sorted(counts.items()) if not contributors.know(name) and name not in contributors.versions}
