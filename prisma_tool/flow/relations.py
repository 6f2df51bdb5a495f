"""The relations between the numbers of a PRISMA 2020 flow, each stated once, for numbers that were counted and for those typed in.

Source: the boxes and arrows of the PRISMA 2020 statement (Page et al., BMJ 2021;372:n71) in the form that counting rule 11
(docs/counting.md) gives them. Pending work and what was entered for earlier versions as a whole have no box; whoever evaluates a
relation adds them to its left side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from prisma_tool.flow.flow import Check, CheckKind, Flow, total

_TERM = re.compile(r"(-?) ?(\w+)")
_BOTH = ("studies", "reports")
_STUDIES_OF = {"ongoing_reports": "ongoing", "awaiting_reports": "awaiting"}


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

    def sums(self, flow: Flow, without_box: int = 0) -> tuple[int, int]:
        """The left side, with what has no box, and the right side."""
        left, right = (sum(_terms(flow, side)) for side in (self.left, self.right))
        return left + without_box, right

    def detail(self, flow: Flow, without_box: int = 0) -> str:
        """Both sides as they are printed, and whether they are the same."""
        left, right = self.sums(flow, without_box)
        sign = "=" if left == right else "is not"
        if self.sentence is None:
            return f"{left} {sign} {right}"
        words = (text.format(*_sizes(flow, side)) for text, side in zip(self.sentence, (self.left, self.right), strict=True))
        return f" {sign} ".join(words)

    def check(self, flow: Flow, without_box: int = 0, *, kind: CheckKind | None = None, advice: str = "") -> Check:
        """The relation for `flow`; `advice` ends the detail where it does not hold."""
        left, right = self.sums(flow, without_box)
        detail = self.detail(flow, without_box)
        return Check(self.name, kind or self.kind, left == right, detail if left == right else detail + advice)


@dataclass(frozen=True, slots=True)
class Subset:
    """A box or list (`part`) whose members are some of those in the first box of `whole` that the flow has; `word` says which."""

    name: str
    part: str
    whole: tuple[str, ...]
    word: str

    def sizes(self, flow: Flow) -> tuple[int, int]:
        """How many the part has, and the whole."""
        whole = next(key for key in self.whole if getattr(flow, key) is not None)
        return _size(flow, self.part), _size(flow, whole)

    def check(self, flow: Flow, advice: str) -> Check:
        """The relation for `flow`; `advice` ends the detail where it does not hold."""
        part, whole = self.sizes(flow)
        detail = f"{part} of {whole} {self.word}"
        return Check(self.name, CheckKind.STRICT, part <= whole, detail if part <= whole else detail + advice)


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
RECORDS_EXCLUDED = Subset("records excluded are records screened", "records_excluded", ("records_screened",), "screened")
SOUGHT = Equality(
    "sought = screened - excluded",
    "records_screened - records_excluded",
    "dbr_sought_reports",
    CheckKind.EXPLAINABLE,
    ("{} screened - {} excluded", "{} sought"),
)
INCLUDED = Equality(
    "included = assessed - excluded - ongoing - awaiting",
    "new_reports + new_reports_of_previous_studies",
    "dbr_assessed + other_assessed - dbr_excluded - other_excluded - ongoing_reports - awaiting_reports",
    mend=("new_reports", "dbr_assessed"),
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
META_ANALYSIS = tuple(
    Subset(
        f"{members} in the meta-analysis are included {members}",
        f"total_{members}_ma",
        (f"total_{members}", f"new_{members}"),
        "included",
    )
    for members in _BOTH
)


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
    def excluded(self) -> Subset:
        """As much of "one reason per excluded report" as numbers alone show."""
        name = f"reports excluded are reports assessed ({self.name})"
        return Subset(name, f"{self.prefix}_excluded", (f"{self.prefix}_assessed",), "assessed")


LEFT, OTHER = MethodColumn("databases and registers", "dbr"), MethodColumn("other methods", "other")


def columns(flow: Flow) -> tuple[MethodColumn, ...]:
    """The columns that are in the figure and have all their boxes."""
    boxes = (flow.other_sought_reports, flow.other_notretrieved_reports, flow.other_assessed)
    return (LEFT, OTHER) if flow.has_other_methods and None not in boxes else (LEFT,)


def other_methods(flow: Flow) -> tuple[Check, ...]:
    """A warning: at least as many records as reports sought, for a report may be identified several times."""
    if not flow.has_other_methods or flow.other_sought_reports is None:
        return ()
    identified = sum(_terms(flow, "website_results + organisation_results + citations_results + other_specific_results"))
    sought = flow.other_sought_reports.n
    detail = f"{identified} records identified, {sought} reports sought"
    return (Check("other methods: identified at least sought", CheckKind.WARNING, identified >= sought, detail),)


def _terms(flow: Flow, side: str) -> list[int]:
    return [-_size(flow, key) if minus else _size(flow, key) for minus, key in _TERM.findall(side)]


def _sizes(flow: Flow, side: str) -> list[int]:
    return [_size(flow, key) for _, key in _TERM.findall(side)]


def _size(flow: Flow, key: str) -> int:
    """The number of a box, or of all lines of a list; 0 where the template lacks the box."""
    counted = getattr(flow, key)
    if key in _STUDIES_OF and not counted:
        # Where nobody gave the reports, each study has one.
        counted = getattr(flow, _STUDIES_OF[key])
    if counted is None:
        return 0
    return total(counted) if isinstance(counted, Mapping) else int(counted.n)
