"""What a citation search asks of an index, the same of each: which seeds it knows, what those cite and are cited by, and the works themselves.

Invariant: a seed that an index does not know is missing from `known`, and a work that it cannot give is missing from `works`; nothing is
guessed. Ids are the index's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Protocol

from prisma_tool.model.record.citation import Citation
from prisma_tool.sources.transport import Transport


class CitationDirection(StrEnum):
    """From a seed to what it cites, or to what cites it (TARCiS 2024)."""

    BACKWARD = "backward"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Seed:
    """A seed reference: its key in the review, and the numbers that an index may know it by; any may be empty."""

    key: str
    pmid: str = ""
    doi: str = ""
    preprint: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """Two works of an index, by its ids: a seed, and what lies in a direction from it."""

    seed: str
    direction: CitationDirection
    work: str


@dataclass(frozen=True, slots=True)
class LooseWork:
    """A work that an index has no id for, only words: a reference that it could not match to a record."""

    seed: str
    direction: CitationDirection
    citation: Citation


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What an index says: its ids of seeds by their keys, relations, and works by their ids.

    `printed` are the words that a list of references has about a work; they stand in where the work itself does not come.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    loose: tuple[LooseWork, ...] = ()
    works: Mapping[str, Citation] = field(default_factory=dict)
    printed: Mapping[str, Citation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexReply:
    """What came of one question: the facts, and the untouched answers that they were read from."""

    facts: IndexFacts
    answers: tuple[bytes, ...]


class CitationIndex(Protocol):
    """A citation index.

    `directions` are those that it knows; of them `told_with_seeds` come with the seeds themselves and need no question of their own. The
    numbers say how many seeds, relations' seeds and works are asked for at once. Each question raises SearchRefused where the index will
    not answer, and Interrupted where it fails; asking again later resumes.
    """

    label: ClassVar[str]
    directions: ClassVar[frozenset[CitationDirection]]
    told_with_seeds: ClassVar[frozenset[CitationDirection]]
    seeds_at_once: ClassVar[int]
    relations_at_once: ClassVar[int]
    works_at_once: ClassVar[int]

    @property
    def transport(self) -> Transport:
        """The way to the service."""

    def number(self, own: str) -> str:
        """What of an id of this index may name a record; empty where a DOI says the same."""

    def seeds(self, seeds: Sequence[Seed]) -> IndexReply:
        """Which of these seeds the index knows."""

    def related(self, ids: Sequence[str], direction: CitationDirection) -> IndexReply:
        """What lies in a direction from these works; the works themselves as far as they come along."""

    def works(self, ids: Sequence[str]) -> IndexReply:
        """These works."""
