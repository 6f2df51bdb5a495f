"""The search appendix as data: what was searched, how, when, and what came back.

Plain values, read by `read` and put into words by `document` and `totals`. Invariant: every number is counted from the review,
none is typed; what is not known is None or empty, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from prisma_tool.identify.citations.question import CitationQuestion, repeats
from prisma_tool.identify.files.declared_search import Reconciliation
from prisma_tool.identify.strategy.known_item_test import Missed
from prisma_tool.manuscript.search_appendix.limits import Limit
from prisma_tool.model.protocol.declared_searches import SearchAccount
from prisma_tool.model.protocol.protocol import CITATION_SEARCH


@dataclass(frozen=True, slots=True)
class ReportedRun:
    """One execution of a search, or the import of one file.

    `kinds` counts the changed records by kind of change, `since` is the day of a date-limited rerun. For a file `reported` is what it declares. Times are UTC.
    """

    id: str
    started: datetime
    finished: datetime | None
    status: str
    operator: str
    tool_version: str
    reported: int | None
    new: int
    seen: int
    changed: int
    vanished: int = 0
    undelivered: tuple[str, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    query: str = ""
    since: str = ""
    translation: str = ""
    warnings: tuple[str, ...] = ()
    service: Mapping[str, str] = field(default_factory=dict)
    asked: CitationQuestion | None = None
    """What a citation search asked; None of any other, and of one that did not keep it."""

    @property
    def vanished_text(self) -> str:
        """How many records it did not find again; what a citation search finds depends on its seeds and is not held against the last one."""
        return str(self.vanished) if self.asked is None else "not compared"

    @property
    def stored(self) -> int:
        """All distinct records that the run delivered."""
        return self.new + self.seen + self.changed


@dataclass(frozen=True, slots=True)
class StrategyLine:
    """One line of a strategy; the number is 0 where lines have none, the hits are None where they were never counted."""

    number: int
    text: str
    hits: int | None = None


@dataclass(frozen=True, slots=True)
class KnownItemTest:
    """A test of a strategy against records known to be relevant; `lines` are those that `lost_by` numbers.

    `retrieved` are the ids that the strategy finds.
    """

    at: datetime
    retrieved: tuple[str, ...]
    missed: tuple[Missed, ...]
    lines: tuple[StrategyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class PeerReviewAnswer:
    """What a colleague said about a strategy under a heading of PRESS 2015; `by` is empty where nobody was named."""

    at: datetime
    heading: str
    answer: str
    by: str


@dataclass(frozen=True, slots=True)
class ReportedStrategy:
    """A strategy as it was written, letter by letter, and when it was run first and last.

    `sent` is what the service was asked and `translation` what it made of that, in the latest run that tells; `counted` is when `search --count` asked for the hits of its lines; `whole` are those of all lines together.
    """

    lines: tuple[StrategyLine, ...]
    verbatim: str
    limits: tuple[Limit, ...]
    first: datetime
    last: datetime
    sent: str = ""
    translation: str = ""
    counted: datetime | None = None
    whole: int | None = None
    changes: tuple[str, ...] = ()
    """How the lines differ from the text, where the text was read otherwise than it was written."""
    reviewed: tuple[PeerReviewAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """A search with all its runs, oldest first; `strategies` ends with the one in use.

    `unfinished` says that its latest run leaves something to be done.
    """

    name: str
    source: str
    kind: str
    platform: str
    strategies: tuple[ReportedStrategy, ...]
    runs: tuple[ReportedRun, ...]
    known: tuple[KnownItemTest, ...] = ()
    unfinished: bool = False
    account: SearchAccount = field(default_factory=SearchAccount)

    @property
    def is_citation(self) -> bool:
        """Whether it is the search of `prisma-tool cite`, whose wording is seeds, directions and indexes."""
        return self.name == CITATION_SEARCH

    @property
    def reruns(self) -> tuple[ReportedRun, ...]:
        """The complete runs that repeated an earlier one: of a citation search those that asked all that an earlier one had asked."""
        complete = self.complete
        return tuple(run for place, run in enumerate(complete) if any(_repeats(run, other) for other in complete[:place]))

    @property
    def complete(self) -> tuple[ReportedRun, ...]:
        """The runs that brought all that the source reported."""
        return tuple(run for run in self.runs if run.status == "complete")


def _repeats(run: ReportedRun, other: ReportedRun) -> bool:
    if run.asked is None or other.asked is None:
        return run.asked is other.asked
    return repeats(run.asked, other.asked)


@dataclass(frozen=True, slots=True)
class DeclaredStrategy:
    """The text of a declared search, the days of search on which it stood so, and its limits; None where its syntax is not known."""

    text: str
    days: tuple[date | None, ...]
    limits: tuple[Limit, ...] | None


@dataclass(frozen=True, slots=True)
class ReportedDeclaration:
    """A declared search: what people state of it, and each time that it was done, held against its imports.

    `strategies` ends with the one in use; it is empty where none is stated. `problem` says why a strategy's file cannot be read.
    """

    name: str
    source: str
    kind: str
    account: SearchAccount
    strategies: tuple[DeclaredStrategy, ...]
    times: tuple[Reconciliation, ...]
    translated_from: str = ""
    how: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    problem: str = ""

    @property
    def last(self) -> date | None:
        """The day of its last search, as far as declared."""
        return max((time.searched_on for time in self.times if time.searched_on), default=None)


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file of records from a source that is not fetched; `declared == parsed + rejected`.

    `search` names the declared search that it is of, or is empty; `searched_on` is the day of that search. `found_in` names the report
    that led to one added by hand.
    """

    name: str
    source: str
    kind: str
    platform: str
    format: str
    encoding: str
    sha256: str
    declared: int
    parsed: int
    rejected: int
    run: ReportedRun
    search: str = ""
    searched_on: date | None = None
    found_in: str = ""


@dataclass(frozen=True, slots=True)
class DeduplicationPass:
    """One pass of deduplication: when, how many records were new to it, and by which rules."""

    at: datetime
    tool_version: str
    fresh: int
    strict: bool
    configuration: str


@dataclass(frozen=True, slots=True)
class Deduplication:
    """How duplicates were found. `rules` are (verdict, rule, pairs) of the engine over all passes, `by_hand` (verdict, pairs).

    Of the records in the flow diagram's box, `in_flow` are among these duplicates, `found_again` were screened in an earlier version, and
    `entered` were entered by hand.
    """

    records: int
    reports: int
    removed: int
    uncertain: int
    waiting: int
    passes: tuple[DeduplicationPass, ...] = ()
    rules: tuple[tuple[str, str, int], ...] = ()
    by_hand: tuple[tuple[str, int], ...] = ()
    in_flow: int = 0
    found_again: int = 0
    entered: int = 0


@dataclass(frozen=True, slots=True)
class IdentifiedBox:
    """Records identified under one box of the flow diagram, and how many each source gave."""

    box: str
    n: int
    sources: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class VersionEvent:
    """That a version of the review was closed, reopened or brought in from elsewhere."""

    label: str
    act: str
    at: datetime
    reviewer: str


@dataclass(frozen=True, slots=True)
class SearchedRow:
    """What one search brought to a version: when it was done (`day` in words), the hits, and the records that were new."""

    search: str
    source: str
    day: str
    hits: int | None
    new: int


@dataclass(frozen=True, slots=True)
class VersionSearches:
    """The searches of one version and the records that its flow diagram identifies; `label` is empty for the version under way."""

    label: str
    closed: datetime | None
    rows: tuple[SearchedRow, ...]
    identified: tuple[IdentifiedBox, ...]
    duplicates_removed: int = 0

    @property
    def total(self) -> int:
        """All records that the version's flow diagram identifies."""
        return sum(box.n for box in self.identified)


@dataclass(frozen=True, slots=True)
class Appendix:
    """Everything that the search appendix says.

    `version` is the label of the closed version that it is of, empty for the review as it stands; `identified` are the numbers of that
    version's flow diagram. `by_version` lists the searches of each version, oldest first, the reported one last; `never_run` names searches
    of the protocol without a run; `answers` are the authors' to items of PRISMA-S, by number.
    """

    title: str
    tool_version: str
    searches: tuple[Search, ...]
    files: tuple[ImportedFile, ...]
    deduplication: Deduplication
    identified: tuple[IdentifiedBox, ...]
    duplicates_removed: int
    versions: tuple[VersionEvent, ...] = ()
    interim: bool = False
    version: str = ""
    by_version: tuple[VersionSearches, ...] = ()
    declared: tuple[ReportedDeclaration, ...] = ()
    never_run: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
