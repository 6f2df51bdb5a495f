"""Who is called what in a deposit: R1, R2 and so on, unless everybody agreed to be named.

Invariants: a person has one pseudonym throughout, also under another spelling; the numbers follow no order that an outsider could know
(neither the alphabet, nor review.toml, nor who began), but a secret of the log, so that the same log gives the same ones.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prisma_tool.model.log.contents import derived_salt
from prisma_tool.model.log.events import ENGINE, Event, EventKind

PEOPLE_KEYS = ("reviewers", "adjudicators", "observers")
"""The keys of review.toml that list people."""
NAMING_KINDS = (
    EventKind.PROTOCOL,
    EventKind.REVIEWER,
    EventKind.ASSIGNMENT,
    EventKind.PILOT,
    EventKind.STRATEGY,
    EventKind.VERSION,
)
"""The kinds of events that may name people elsewhere than as their reviewer."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """What each name is replaced by; names that are no person's (the engine, tools, versions made elsewhere) stay."""

    names: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The name as the deposit has it."""
        return self.names.get(name, name)


def pseudonyms(people: Iterable[str], secret: str) -> Pseudonyms:
    """Pseudonyms for these people, in the order of a hash over the secret and each name.

    A second spelling of a name is a small r: the program takes it for the same person, as it took the two spellings.
    """
    by_person: dict[str, list[str]] = {}
    for name in people:
        by_person.setdefault(name.casefold(), []).append(name)
    ordered = sorted(by_person, key=lambda person: hashlib.sha256(f"{secret}\0{person}".encode()).digest())
    names: dict[str, str] = {}
    for number, person in enumerate(ordered, 1):
        first, *others = dict.fromkeys(by_person[person])
        names |= {first: f"R{number}", **dict.fromkeys(others, f"r{number}")}
    return Pseudonyms(names)


def by_number(name: str) -> tuple[int, str]:
    """The key by which pseudonyms are sorted where a list of people stood, whose order could tell who is who."""
    return len(name), name


def people_in(naming: Iterable[Event], reviewers: Iterable[str]) -> list[str]:
    """Everybody who is named in a log, those of the protocols first.

    Args:
        naming: The events of `NAMING_KINDS`.
        reviewers: The reviewers of all events, each once.
    """
    listed: list[str] = []
    tools, versions = {ENGINE, ""}, set()
    for event in naming:
        if event.kind == EventKind.PROTOCOL:
            data = protocol_data(event.text("text"))
            listed += [name for key in PEOPLE_KEYS for name in _texts(data, key)]
            tools |= set(_texts(data, "tools"))
        elif event.kind == EventKind.VERSION:
            versions.add(event.subject)
        else:
            listed += _named(event)
    return [name for name in dict.fromkeys((*listed, *sorted(reviewers))) if name not in tools | versions or name in listed]


def _named(event: Event) -> list[str]:
    match event.kind:
        case EventKind.REVIEWER:
            return [event.subject]
        case EventKind.ASSIGNMENT:
            return [event.text("to")]
        case EventKind.PILOT:
            return list(event.payload.get("reviewers", ()))
        case _:
            return [name] if (name := event.text("by")) else []


def secret_of(salts: Iterable[tuple[str, str, str]]) -> str:
    """The secret that orders the pseudonyms: the salt of the oldest event of a person, which no deposit ever shows.

    Args:
        salts: (id, reviewer, salt) of events, oldest first.
    """
    return next((salt for name, who, salt in salts if who not in ("", ENGINE) and salt != derived_salt(name)), "")


def protocol_data(text: str) -> Mapping[str, Any]:
    """What a text of review.toml says; nothing where it cannot be read."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _texts(data: Mapping[str, Any], key: str) -> list[str]:
    value = data.get(key, [])
    return [" ".join(item.split()) for item in value if isinstance(item, str) and item.strip()] if isinstance(value, list) else []
