"""The relations between the numbers of a PRISMA 2020 flow, each stated once, for numbers that were counted and for those typed in.

Source: the boxes and arrows of the PRISMA 2020 statement (Page et al., BMJ 2021;372:n71) in the form that counting rule 11
(docs/counting.md) gives them. Pending work and what was entered for earlier versions as a whole have no box; whoever evaluates a
relation adds them to its left side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prisma_tool.flow.arithmetic.box_words import size, words_of
from prisma_tool.flow.flow import CheckKind, Flow

_TERM = re.compile(r"(-?) ?(\w+)")
_BOTH = ("studies", "reports")


def terms(side: str) -> list[tuple[int, str]]:
    """The keys of a side with their signs, 1 or -1."""
    return [(-1 if minus else 1, key) for minus, key in _TERM.findall(side)]


def side_sum(flow: Flow, side: str) -> int:
    """What the numbers of a side come to."""
    return sum(sign * size(flow, key) for sign, key in terms(side))


def side_in_words(flow: Flow, side: str) -> str:
    """A side with its numbers, "678 records from databases - 167 duplicate records removed"; what is 0 is left out."""
    parts = [(sign, size(flow, key), key) for sign, key in terms(side) if size(flow, key)] or [(1, 0, terms(side)[0][1])]
    text = " ".join(f"{'-' if sign < 0 else '+'} {n} {words_of(flow, key)}" for sign, n, key in parts)
    return text.removeprefix("+ ")


@dataclass(frozen=True, slots=True)
class Equality:
    """Two sums that are the same; a side is written "KEY + KEY - KEY", with the keys of boxes and lists.

    `sentence` has a place for each term of either side; without it the two sums are printed. One more in the first box of `mend` closes
    the gap of a left side that is too small, one more in the second that of one too large; without it no number can.
    """

    name: str
    left: str
    right: str
    kind: CheckKind = CheckKind.STRICT
    sentence: tuple[str, str] | None = None
    mend: tuple[str, str] | None = None

    @property
    def stated(self) -> str:
        """The side that the other one is the account of: the one of fewer boxes."""
        return self.left if len(terms(self.left)) <= len(terms(self.right)) else self.right

    @property
    def expected(self) -> str:
        """What the stated side should come to."""
        return self.right if self.stated == self.left else self.left

    def sums(self, flow: Flow, without_box: int = 0) -> tuple[int, int]:
        """The left side, with what has no box, and the right side."""
        return side_sum(flow, self.left) + without_box, side_sum(flow, self.right)

    def difference(self, flow: Flow, without_box: int = 0) -> int:
        """By how much the stated side is larger than it should be."""
        left, right = self.sums(flow, without_box)
        return left - right if self.stated == self.left else right - left

    def detail(self, flow: Flow, without_box: int = 0) -> str:
        """Both sides as they are printed, and whether they are the same."""
        left, right = self.sums(flow, without_box)
        sign = "=" if left == right else "is not"
        if self.sentence is None:
            return f"{left} {sign} {right}"
        sides = zip(self.sentence, (self.left, self.right), strict=True)
        return f" {sign} ".join(text.format(*(size(flow, key) for _, key in terms(side))) for text, side in sides)


@dataclass(frozen=True, slots=True)
class Bound:
    """A sum (`stated`) that is no larger than another (`expected`); both are written as the sides of an `Equality` are.

    `sentence` has a place for the one and for the other. Where the larger one is above 0, the smaller is at least `least`.
    """

    name: str
    stated: str
    expected: str
    sentence: str
    kind: CheckKind = CheckKind.STRICT
    least: int = 0

    def difference(self, flow: Flow, without_box: int = 0) -> int:
        """By how much the smaller sum is too large, or (below 0) too small; 0 where it is within its bounds."""
        smaller, larger = side_sum(flow, self.stated) + without_box, side_sum(flow, self.expected)
        least = self.least if larger else 0
        return smaller - larger if smaller > larger else min(0, smaller - least)

    def detail(self, flow: Flow, without_box: int = 0) -> str:
        """Both sums in the words of the relation."""
        return self.sentence.format(side_sum(flow, self.stated) + without_box, side_sum(flow, self.expected))


Relation = Equality | Bound

SOURCES = (
    Equality("databases = sum of databases", "database_results", "database_specific_results"),
    Equality("registers = sum of registers", "register_results", "register_specific_results"),
)
SCREENED = Equality(
    "screened + pending = identified - removed",
    "records_screened",
    "database_results + register_results + carried_over - duplicates - excluded_automatic - excluded_other",
    mend=("records_screened", "database_results:NAME"),
)
EXCLUDED_BY_WHOM = Equality("excluded = excluded by human + by tool", "records_excluded", "excluded_by_human + excluded_by_tool")
RECORDS_EXCLUDED = Bound("records excluded are records screened", "records_excluded", "records_screened", "{0} of {1} screened")
SCREENING_REASONS = Equality(
    "reasons at title/abstract = records excluded",
    "screening_reasons",
    "records_excluded",
    sentence=("{} records under reasons at title/abstract", "{} excluded"),
)
TITLES = Bound("records excluded by title are records excluded", "titles_excluded", "records_excluded", "{0} of {1} excluded")
OTHER_EXCLUDED = Bound(
    "records excluded are records screened (other methods)",
    "other_excluded_records",
    "other_screened_records",
    "{0} of {1} screened",
)
OTHER_SOUGHT = Equality(
    "sought = screened - excluded (other methods)",
    "other_screened_records - other_excluded_records",
    "other_sought_reports",
    CheckKind.EXPLAINABLE,
    ("{} screened - {} excluded", "{} sought"),
)
SOUGHT = Equality(
    "sought = screened - excluded",
    "records_screened - records_excluded",
    "dbr_sought_reports",
    CheckKind.EXPLAINABLE,
    ("{} screened - {} excluded", "{} sought"),
)
COULD_ENTER = "dbr_assessed + other_assessed - dbr_excluded - other_excluded - ongoing_reports - awaiting_reports"
"""The reports that are left when all others are accounted for."""
INCLUDED = Equality(
    "included = assessed - excluded - ongoing - awaiting",
    "new_reports + new_reports_of_previous_studies",
    COULD_ENTER,
    mend=("new_reports", "dbr_assessed"),
)
ENTERING_STUDIES = Bound(
    "studies need reports that could enter",
    "new_studies",
    COULD_ENTER,
    "{0} studies need as many reports, at most {1} could enter",
    CheckKind.EXPLAINABLE,
)
TOTAL_ENTERING_STUDIES = Bound(
    "studies in total need reports that could enter",
    "total_studies",
    f"previous_reports + {COULD_ENTER}",
    "{0} studies in total need as many reports, at most {1} could be there",
    CheckKind.EXPLAINABLE,
)
STUDIES_AND_REPORTS, STUDIES_AND_REPORTS_IN_TOTAL, PREVIOUS_STUDIES_AND_REPORTS = (
    Bound(name, f"{part}_studies", f"{part}_reports", "{0} studies, {1} reports", CheckKind.EXPLAINABLE, least=1)
    for name, part in (
        ("studies and reports", "new"),
        ("studies and reports", "total"),
        ("studies and reports of the previous version", "previous"),
    )
)
"""Every study has a report, and every report a study; more studies than reports only where a report covers several studies."""
NEW_STUDIES_AND_REPORTS = Bound(
    "new studies and reports", "new_studies", "new_reports", "{0} studies, {1} reports", CheckKind.EXPLAINABLE, least=1
)
TOTAL_STUDIES, TOTAL_REPORTS = (
    Equality(
        f"total {members} = previous + new",
        f"previous_{members} + new_{members}",
        f"total_{members}",
        CheckKind.EXPLAINABLE,
        ("{} previous + {} new", "{} in total"),
    )
    for members in _BOTH
)
OTHER_METHODS = Bound(
    "other methods: identified at least sought",
    "other_sought_reports",
    "website_results + organisation_results + citations_results + other_specific_results",
    "{1} records identified, {0} reports sought",
    CheckKind.WARNING,
)
"""At least as many records as reports sought, for a report may be identified several times."""


def meta_analysis(flow: Flow) -> Iterator[Bound]:
    """What was pooled is some of what was included; only where somebody entered it."""
    for members in _BOTH:
        part, whole = f"total_{members}_ma", f"total_{members}"
        if getattr(flow, part) is not None:
            included = whole if getattr(flow, whole) is not None else f"new_{members}"
            yield Bound(f"{members} in the meta-analysis are included {members}", part, included, "{0} of {1} included")


@dataclass(frozen=True, slots=True)
class MethodColumn:
    """The boxes of retrieval and assessment for one way of identifying reports; their keys begin with `prefix`."""

    name: str
    prefix: str

    @property
    def assessed(self) -> Equality:
        """Every report sought was retrieved and assessed, is missing, or waits."""
        assessed, sought, missing = (f"{self.prefix}_{box}" for box in ("assessed", "sought_reports", "notretrieved_reports"))
        name = f"assessed + pending = sought - not retrieved ({self.name})"
        return Equality(name, assessed, f"{sought} - {missing}", mend=(assessed, sought))

    @property
    def excluded(self) -> Bound:
        """As much of "one reason per excluded report" as numbers alone show."""
        name = f"reports excluded are reports assessed ({self.name})"
        return Bound(name, f"{self.prefix}_excluded", f"{self.prefix}_assessed", "{0} of {1} assessed")


LEFT, OTHER = MethodColumn("databases and registers", "dbr"), MethodColumn("other methods", "other")


def columns(flow: Flow) -> tuple[MethodColumn, ...]:
    """The columns that are in the figure and have all their boxes."""
    boxes = (flow.other_sought_reports, flow.other_notretrieved_reports, flow.other_assessed)
    return (LEFT, OTHER) if flow.has_other_methods and None not in boxes else (LEFT,)


def table(flow: Flow) -> tuple[Relation, ...]:
    """Every relation that numbers alone can be held against, for the template, columns and lists of `flow`; strict ones first."""
    left, *others = columns(flow)
    return (
        *(relation for relation in SOURCES if getattr(flow, relation.right)),
        SCREENED,
        *((EXCLUDED_BY_WHOM,) if flow.excluded_by_human is not None and flow.excluded_by_tool is not None else ()),
        left.assessed,
        left.excluded,
        RECORDS_EXCLUDED,
        *((SCREENING_REASONS,) if flow.screening_reasons else ()),
        *((TITLES,) if flow.titles_excluded is not None else ()),
        *(relation for column in others for relation in (column.assessed, column.excluded)),
        *(_other_screening(flow) if others else ()),
        *meta_analysis(flow),
        SOUGHT,
        INCLUDED,
        ENTERING_STUDIES,
        *_studies_and_reports(flow),
        *((TOTAL_STUDIES,) if flow.previous_studies is not None and flow.total_studies is not None else ()),
        *((TOTAL_REPORTS,) if flow.previous_reports is not None and flow.total_reports is not None else ()),
        *((OTHER_METHODS,) if flow.has_other_methods and flow.other_sought_reports is not None else ()),
    )


def _other_screening(flow: Flow) -> tuple[Relation, ...]:
    """Where records of other methods were screened, and both numbers are known."""
    known = flow.other_screened_records is not None and flow.other_excluded_records is not None
    return (OTHER_EXCLUDED, OTHER_SOUGHT) if known else ()


def _studies_and_reports(flow: Flow) -> Iterator[Bound]:
    """Over all versions, and for each part of the total."""
    if flow.previous_studies is not None and flow.previous_reports is not None:
        yield PREVIOUS_STUDIES_AND_REPORTS
    if flow.total_studies is None and flow.total_reports is None:
        yield STUDIES_AND_REPORTS
        return
    yield NEW_STUDIES_AND_REPORTS
    if flow.total_studies is not None and flow.total_reports is not None:
        yield STUDIES_AND_REPORTS_IN_TOTAL
    elif flow.total_studies is not None and flow.previous_reports is not None:
        yield TOTAL_ENTERING_STUDIES
