"""The flow of a review as data: every number is a `Count` that knows its members.

Field names are the data keys of the PRISMA2020 R package; `flow --json` is made of them. Invariant: `Count.n` is derived, never
stored; a field is None exactly where the template has no such box.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from prisma_tool.model.protocol import figure_words
from prisma_tool.model.protocol.figure_words import FigureWords


class Template(StrEnum):
    """The four official templates of PRISMA 2020 (Page et al., BMJ 2021;372:n71).

    V1 has databases and registers only, V2 the column of other methods too.
    """

    NEW_V1 = "new-v1"
    NEW_V2 = "new-v2"
    UPDATED_V1 = "updated-v1"
    UPDATED_V2 = "updated-v2"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A number from before this tool, entered by hand with a note (counting rule 23).

    `box` is the box or line that it was entered for; a box that is the sum of its lines carries theirs.
    """

    n: int
    note: str
    box: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    """An included study and the keys of the records of its included reports."""

    label: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """One number of the figure with what stands behind it.

    For counts of records or reports `n == len(records) + unlisted + adjustments`; for counts of studies `n == len(studies) + adjustments`
    and `records` are the records of their reports. `unlisted` is 0, save in a flow of which nobody wants to see the lists.
    """

    records: tuple[str, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    studies: tuple[Study, ...] | None = None
    unlisted: int = 0

    @classmethod
    def together(cls, counts: Iterable[Count]) -> Count:
        """All records (or reports) of several counts as one."""
        parts = list(counts)
        return cls(
            tuple(key for part in parts for key in part.records),
            tuple(number for part in parts for number in part.adjustments),
            unlisted=sum(part.unlisted for part in parts),
        )

    @property
    def members(self) -> int:
        """How many records, reports or studies were counted."""
        return len(self.records) + self.unlisted if self.studies is None else len(self.studies)

    @property
    def n(self) -> int:
        """The number that is printed."""
        return self.members + sum(adjustment.n for adjustment in self.adjustments)


@dataclass(frozen=True, slots=True)
class StudyParticipants:
    """How many people a study had, and of which kind the number is: randomised, analysed, or empty where that was not said."""

    study: str
    n: int
    counted_as: str = ""


@dataclass(frozen=True, slots=True)
class Participants:
    """The participants of included studies, as far as somebody entered them: `n` of them in `known` of `studies` studies.

    `members` are the studies behind the number, unknown (empty) for a number that was typed in.
    """

    n: int
    known: int
    studies: int
    members: tuple[StudyParticipants, ...] = ()

    @property
    def count(self) -> Count:
        """The number as a count: what was entered for each study, which is no record."""
        parts = tuple(Adjustment(member.n, member.study) for member in self.members)
        return Count(adjustments=parts or (Adjustment(self.n, ""),))


class CheckKind(StrEnum):
    """How much a relation that fails weighs: it must hold, it must be explainable, or it is worth a look."""

    STRICT = "strict"
    EXPLAINABLE = "explainable"
    WARNING = "warning"


NOTHING_FOUND = "none"
"""The detail of a check that looks for something and has not found it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One relation between the numbers, whether it holds, and in `detail` the arithmetic or the way to mend it.

    `difference` is by how much what is stated is larger than what is expected, `hints` what may explain that, most plausible first.
    """

    name: str
    kind: CheckKind
    holds: bool
    detail: str
    difference: int = 0
    hints: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What people read of it: a name says what should be, so where something else was found, that stands alone."""
        is_told_by_detail = not self.holds and self.kind is CheckKind.WARNING and not self.difference
        if is_told_by_detail or (self.holds and self.detail == NOTHING_FOUND):
            return self.detail if is_told_by_detail else self.name
        return f"{self.name}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Pending:
    """Work that is not finished: reports (by key) that still lack an outcome, by what they wait for (counting rule 11)."""

    title_abstract: Count = Count()
    retrieval: Count = Count()
    full_text: Count = Count()
    conflicts: Count = Count()

    def __bool__(self) -> bool:
        return any(getattr(self, part.name).n for part in fields(self))


Lines = Mapping[str, Count]
"""Counts by printed label, in the order in which they are printed."""


def total(lines: Lines) -> int:
    """The sum of a list's lines."""
    return sum(counted.n for counted in lines.values())


@dataclass(frozen=True, slots=True)
class VersionFlow:
    """What one version of a living review counted, under the name that the figure gives it."""

    label: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class Flow:
    """All numbers of one flow diagram."""

    template: Template
    database_results: Count | None = None
    register_results: Count | None = None
    """None where no source of this kind was searched or imported: "(n = 0)" would claim a search (counting rule 18)."""
    duplicates: Count = Count()
    excluded_automatic: Count = Count()
    excluded_other: Count = Count()
    records_screened: Count = Count()
    records_excluded: Count = Count()
    dbr_sought_reports: Count = Count()
    dbr_notretrieved_reports: Count = Count()
    dbr_assessed: Count = Count()
    website_results: Count | None = None
    organisation_results: Count | None = None
    citations_results: Count | None = None
    other_sought_reports: Count | None = None
    other_notretrieved_reports: Count | None = None
    other_assessed: Count | None = None
    new_studies: Count = Count(studies=())
    new_reports: Count = Count()
    previous_studies: Count | None = None
    previous_reports: Count | None = None
    total_studies: Count | None = None
    total_reports: Count | None = None
    database_specific_results: Lines = field(default_factory=dict)
    register_specific_results: Lines = field(default_factory=dict)
    other_specific_results: Lines = field(default_factory=dict)
    dbr_excluded: Lines = field(default_factory=dict)
    other_excluded: Lines = field(default_factory=dict)
    ongoing: Lines = field(default_factory=dict)
    awaiting: Lines = field(default_factory=dict)
    """Studies; their reports are lines of their own (counting rule 15)."""
    ongoing_reports: Lines = field(default_factory=dict)
    awaiting_reports: Lines = field(default_factory=dict)
    carried_over: Lines = field(default_factory=dict)
    """Reports of an earlier version that were taken up again without a new hit; they stand beside databases and registers."""
    new_reports_of_previous_studies: Lines = field(default_factory=dict)
    """By study: reports that this update includes for studies of the previous version; PRISMA 2020 has no line for them."""
    dropped: Lines = field(default_factory=dict)
    """Studies and reports of the previous version that are no longer included."""
    excluded_by_human: Count | None = None
    excluded_by_tool: Count | None = None
    """How `records_excluded` divides, where reviewers of the protocol are marked as tools; the template's footnote ** prints it."""
    screening_reasons: Lines = field(default_factory=dict)
    """`records_excluded` by reason, in the protocol's order; an extension, shown only where somebody asks for it."""
    total_studies_ma: Count | None = None
    total_reports_ma: Count | None = None
    """Studies and reports in the meta-analysis, where somebody entered them; PRISMA 2020 has no line for them."""
    titles_excluded: Count | None = None
    """Those of `records_excluded` that were excluded by title, before any abstract was read, where somebody entered their number: votes
    do not tell title and abstract apart."""
    other_screened_records: Count | None = None
    other_excluded_records: Count | None = None
    """Records of other methods screened and excluded on title/abstract, where they are screened (counting rule 13)."""
    pending: Pending = Pending()
    adjustments: tuple[Adjustment, ...] = ()
    """Every number entered by hand, once each, under the box or line that it was entered for."""
    footnotes: tuple[str, ...] = ()
    """Notes that counting asks for; a leading * or ** binds one to the template's mark."""
    words: FigureWords = field(default_factory=FigureWords)
    """What the protocol (or a file) says of the figure in words of its own, placeholders not yet filled."""
    last_searched: str = ""
    """The day of the newest search, or import of which no search is declared, ISO 8601; empty where none is known."""
    participants: Participants | None = None
    dated: datetime | None = None
    """When the newest event happened that the flow knows of (UTC); what documents give as their date."""
    not_given: frozenset[str] = frozenset()
    """Of typed numbers: boxes that nobody gave a number for, and lists of reasons of which only the sum is known."""
    checks: tuple[Check, ...] = ()
    versions: tuple[VersionFlow, ...] = ()
    """Of a living review drawn from its versions: each of them, oldest first; all other numbers are then those of all versions."""
    unmerged: int = 0
    """Records that arrived since the last `dedupe`; above 0 the figure is interim (counting rule 6)."""

    @property
    def interim(self) -> bool:
        """True while any work is pending or records have not been through deduplication."""
        return bool(self.pending) or self.unmerged > 0

    @property
    def has_other_methods(self) -> bool:
        """True where the template has the column of other methods."""
        return self.template in (Template.NEW_V2, Template.UPDATED_V2)


def with_boxes(flow: Flow, boxes: Mapping[str, Any]) -> Flow:
    """`flow` with other values in the boxes and lists that `boxes` names."""
    return replace(flow, **boxes)


COUNT_KEYS = figure_words.COUNTS
"""The keys of `counts` in `flow --json`, in the order of the R package's rows."""

MA_KEYS = figure_words.MA_COUNTS
"""Keys of `counts` for the meta-analysis, which stand there only where somebody entered them."""

STEP_KEYS = figure_words.STEP_COUNTS
"""Keys of `counts` for screening that PRISMA 2020 has no box for."""

OPTIONAL_KEYS = (*MA_KEYS, *STEP_KEYS)
"""Keys of `counts` that stand there only where they are known."""

LIST_KEYS = figure_words.LISTS
"""The keys of `lists` in `flow --json`."""

PENDING_KEYS = ("title_abstract", "retrieval", "full_text", "conflicts")
"""The keys of `pending` in `flow --json`."""

EXTRA_LIST_KEYS = figure_words.EXTRA_LISTS
"""Lists that are told only where they have lines."""

SCREENING_REASONS = "screening_reasons"
"""The list that is told only where somebody asks for it; its lines are named "records_excluded:LABEL" too."""
