"""What the methods section is made of: plain facts, each counted from events, runs or the flow diagram by `read`.

Invariant: what is not recorded is None, empty or zero, never a guess; numbers of records and reports are those of the figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from prisma_tool.identify.citations.question import CitationQuestion
from prisma_tool.model.protocol.living import LivingPlan
from prisma_tool.model.vocabulary import Stage
from prisma_tool.store.projections.log_head import LogHead
from prisma_tool.team.screening_facts import StageMethods


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """A version that was closed, and how many studies and reports it included; `elsewhere` if it was not made in this review."""

    label: str
    closed: datetime
    studies: int
    reports: int
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What the facts are about: a closed version (`closed`), or what has been done since the last one; `previous` are those before it."""

    closed: EarlierVersion | None = None
    previous: tuple[EarlierVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchedSource:
    """A source that was searched for the version.

    Attributes:
        name: The source.
        kind: What kind of source it is, as `SourceKind` has it.
        identified: How many records the figure counts under it.
        searched: The days of its complete searches from here, oldest first.
        imported: The days on which files or single reports of it came in.
        files: How many files.
        declared: The days on which the authors say that it was searched.
        undated: How many of the files are of no declared day.
        cited: Whether its searches from here were citation searches, which have sentences of their own.
    """

    name: str
    kind: str
    identified: int
    searched: tuple[datetime, ...] = ()
    imported: tuple[datetime, ...] = ()
    files: int = 0
    declared: tuple[date, ...] = ()
    undated: int = 0
    cited: bool = False


@dataclass(frozen=True, slots=True)
class CitationRun:
    """A citation search that is complete: its day, seeds, directions, indexes, works, and how many the review had already.

    `unknown_seeds` counts by index the seeds that it does not know; `asked` is the question, where it was kept.
    """

    day: datetime
    seeds: int
    directions: tuple[str, ...]
    indexes: tuple[str, ...]
    works: int
    known: int
    unknown_seeds: Mapping[str, int] = field(default_factory=dict)
    asked: CitationQuestion | None = None


@dataclass(frozen=True, slots=True)
class LivingFacts:
    """What the authors plan for a living review, when watches came to their end, and how many of them reran citation searches too."""

    plan: LivingPlan = field(default_factory=LivingPlan)
    watched: tuple[datetime, ...] = ()
    cited: int = 0


@dataclass(frozen=True, slots=True)
class UnimportedSearch:
    """A time that a source was searched, as the authors declare, of which no file came in; `hits` is None where that is not declared."""

    source: str
    day: date
    hits: int | None = None


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """The sources, the declared searches without a file, and the searches by name that were begun and not completed.

    `identified` are the figure's numbers of records by kind of source, `entered` how many of them were entered by hand, `carried_over` its
    reports of an earlier version without a new hit.
    """

    sources: tuple[SearchedSource, ...] = ()
    identified: Mapping[str, int] = field(default_factory=dict)
    carried_over: int = 0
    incomplete: tuple[str, ...] = ()
    citations: tuple[CitationRun, ...] = ()
    unimported: tuple[UnimportedSearch, ...] = ()
    entered: int = 0


@dataclass(frozen=True, slots=True)
class DeduplicationFacts:
    """How duplicates were removed.

    Attributes:
        passes: The moments of the engine's passes.
        tool_versions: The versions of the program that made them.
        strict: How many of the passes joined on certain grounds only.
        by_rule: How many pairs stand joined by the engine's rules.
        by_person: How many pairs each person joined.
        kept_apart: How many pairs people judged to be different reports.
        waiting: How many pairs still wait for a person.
        unmerged: How many records arrived since the last pass.
        removed: The figure's number of duplicate records.
        known: How many of these had been screened for an earlier version.
    """

    passes: tuple[datetime, ...] = ()
    tool_versions: tuple[str, ...] = ()
    strict: int = 0
    by_rule: int = 0
    by_person: Mapping[str, int] = field(default_factory=dict)
    kept_apart: int = 0
    waiting: int = 0
    unmerged: int = 0
    removed: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class RetrievalFacts:
    """How full texts were sought: the figure's numbers, what still waits, and the attempts that were noted, by how they were made."""

    sought: int = 0
    not_retrieved: int = 0
    waiting: int = 0
    attempts: Mapping[str, int] = field(default_factory=dict)
    attempted_reports: int = 0
    services: Mapping[str, int] = field(default_factory=dict)
    """How many reports each service was asked about."""
    by_services: int = 0
    """How many full texts came from services."""
    noted: int = 0
    """How many of those not retrieved have a note with that."""


@dataclass(frozen=True, slots=True)
class OrderedScreening:
    """A reviewer who screened titles and abstracts by likely relevance: from when, and until when (None: no end is recorded)."""

    reviewer: str
    since: datetime
    until: datetime | None
    tool_version: str
    model: str = ""
    """What read the meaning of titles and abstracts beside their words; empty where words alone were read."""


@dataclass(frozen=True, slots=True)
class PrioritisationFacts:
    """Who screened by relevance, how many records were drawn by chance to estimate recall, and how many because the stopping rule asks it."""

    by_relevance: tuple[OrderedScreening, ...] = ()
    by_chance: int = 0
    for_stopping: int = 0


@dataclass(frozen=True, slots=True)
class StoppingFacts:
    """What stopping left: how many records without a vote, by which rules (in words, with their days), when it was taken up again."""

    unscreened: int = 0
    rules: tuple[str, ...] = ()
    reopened: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodsFacts:
    """Everything that the methods section says.

    `typed` are numbers of a stage's box that were entered by hand; `cited` is how many reports of citation indexes were screened on title and
    abstract, which the figure counts beside its boxes, and `cited_out` how many of them were excluded there.
    """

    version: VersionFacts
    searching: SearchFacts
    deduplication: DeduplicationFacts
    stages: tuple[StageMethods, ...]
    retrieval: RetrievalFacts
    prioritisation: PrioritisationFacts
    stopping: StoppingFacts
    log: LogHead
    tool_version: str
    typed: Mapping[Stage, int] = field(default_factory=dict)
    living: LivingFacts = field(default_factory=LivingFacts)
    cited: int = 0
    cited_out: int = 0
