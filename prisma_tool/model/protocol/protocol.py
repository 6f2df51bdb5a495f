"""The protocol of a review as data: what review.toml says, checked. Reading and editing the file is the room `review`'s work."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from prisma_tool.model.protocol.bundle_rules import BundleRules
from prisma_tool.model.protocol.criteria import DEFAULT_CRITERIA, Criterion
from prisma_tool.model.protocol.declared_searches import DeclaredSearch, SearchAccount
from prisma_tool.model.protocol.figure_words import FigureWords
from prisma_tool.model.protocol.publication import Publication
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.model.record.keys import slug

DEFAULT_REASONS = (
    "Wrong population",
    "Wrong intervention",
    "Wrong comparator",
    "Wrong outcome",
    "Wrong study design",
    "Wrong publication type",
    "No results available",
    "Already captured",
)
"""The exclusion reasons of a new review, in the order in which the first that applies is the reason."""

NO_RESULTS, CAPTURED = "no-results-available", "already-captured"
"""The ids of the two reasons that register entries usually have; a key of the screening screen gives each."""
WITHOUT_TEXT = frozenset({NO_RESULTS, CAPTURED})
"""Reasons that say nothing of what a text holds, so that none need have been read."""

DUPLICATE_REPORT = "duplicate-report"
"""Never an exclusion reason: choosing it joins the cluster instead (counting rule 17)."""
DUPLICATES = frozenset({DUPLICATE_REPORT, "duplicate", "duplicates", "duplicate-record", "duplicate-publication", "duplicate-of"})
FURTHER_REPORTS = frozenset(
    {"further-report", "further-report-of-included-study", "further-report-of-an-included-study", "further-publication"}
    | {"secondary-report", "secondary-publication", "secondary-analysis-of-included-study", "companion-report"}
    | {"companion-publication", "multiple-reports", "multiple-publications", "linked-report", "same-study", "same-trial"}
    | {"additional-report", "additional-report-of-included-study", "report-of-included-study", "same-study-as-included"}
)
"""Slugs of what people write for either where it is not among the review's reasons."""


OVERLAP_DAYS = 30
"""By how many days a date-limited rerun reaches back before the last complete run, unless the protocol says otherwise."""


@dataclass(frozen=True, slots=True)
class Reason:
    """An exclusion reason: votes name the id, people see the label, so that renaming keeps history."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """A named strategy for a source.

    `parameters` are the service's own: {"term": ...} for PubMed, {"query.term": ..., "filter.advanced": ...} for ClinicalTrials.gov,
    {"query": ...} for Europe PMC. Their text is verbatim; `term`, `query.term` and `query` may be numbered lines, one a line. `since_last` asks reruns only for what was added
    since the last complete run, less `overlap_days`.
    """

    name: str
    source: str
    parameters: Mapping[str, str]
    since_last: bool = False
    overlap_days: int = OVERLAP_DAYS
    account: SearchAccount = field(default_factory=SearchAccount)

    @property
    def strategy(self) -> str:
        """The strategy as one verbatim text, as it stands in the run and the appendix."""
        if set(self.parameters) in ({"term"}, {"query"}):
            return next(iter(self.parameters.values()))
        return "\n".join(f"{name}={value}" for name, value in self.parameters.items())


CITATION_SEARCH = "citation searching"
"""The name of the search that `cite` runs; review.toml cannot have one of this name."""


def command_for_search(name: str, option: str = "") -> str:
    """What a person types to run one search; a name of several words or signs is quoted for the shell."""
    if name == CITATION_SEARCH:
        return "prisma-tool cite"
    quoted = shlex.quote(name)
    words = (option, "--", quoted) if name.startswith("-") else (quoted, option)
    return " ".join(word for word in ("prisma-tool search", *words) if word)


@dataclass(frozen=True, slots=True)
class Protocol:
    """A review's protocol."""

    id: str = ""
    """Which review this is (a UUID); its database names it too. Empty in files from before reviews had one."""
    title: str = ""
    question: str = ""
    reviewers: tuple[str, ...] = ()
    adjudicators: tuple[str, ...] = ()
    """Who settles conflicts; one who also screens stands among the reviewers too."""
    observers: tuple[str, ...] = ()
    """Who may look on and neither screens nor adjudicates."""
    tools: tuple[str, ...] = ()
    """Reviewers that are automation tools: what they exclude is told apart from what people exclude."""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = field(default_factory=lambda: tuple(Reason(slug(label), label) for label in DEFAULT_REASONS))
    questions: tuple[Criterion, ...] = ()
    """The ordered criteria as the protocol lists them; `criteria` has the usual ones where it lists none."""
    highlight_include: tuple[str, ...] = ()
    highlight_exclude: tuple[str, ...] = ()
    searches: tuple[SearchPlan, ...] = ()
    declared: tuple[DeclaredSearch, ...] = ()
    """The searches of sources that are not searched from here."""
    screening: ScreeningRules = field(default_factory=ScreeningRules)
    seen_hits: str = "removed"
    captured: str = "link"
    figure: FigureWords = field(default_factory=FigureWords)
    answers: Mapping[str, str] = field(default_factory=dict)
    """What the authors answered for the manuscript, by item (see `answers.item_key`)."""
    publication: Publication = field(default_factory=Publication)
    bundle: BundleRules = field(default_factory=BundleRules)
    """What the team agreed to publish with a deposit."""
    database_url: str = ""
    merged_reasons: Mapping[str, str] = field(default_factory=dict)
    """Reasons that were merged into others, by id; the log knows them, not review.toml."""

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The ordered criteria by which reports are judged; only such as have their reason in the list."""
        known = {reason.id for reason in self.reasons}
        return tuple(one for one in self.questions or DEFAULT_CRITERIA if one.reason in known)

    def has_search(self, name: str) -> bool:
        """True where a search of this name, of a source that is searched from here, stands in the protocol."""
        return any(plan.name == name for plan in self.searches)

    def declared_search(self, name: str) -> DeclaredSearch | None:
        """The declared search of this name, or None."""
        return next((search for search in self.declared if search.name == name), None)

    def reason(self, text: str) -> Reason | None:
        """The reason with this id or label, whatever the case."""
        wanted = text.strip().casefold()
        return next((reason for reason in self.reasons if wanted in (reason.id.casefold(), reason.label.casefold())), None)

    def counted_reason(self, reason_id: str) -> str:
        """The id under which votes for this reason count: that of the reason which it was merged into, if it was.

        Where two copies merged two reasons crosswise, both count under the id that sorts first.
        """
        passed = [reason_id]
        while (into := self.merged_reasons.get(passed[-1])) is not None:
            if into in passed:
                return min(passed[passed.index(into) :])
            passed.append(into)
        return passed[-1]

    def reason_label(self, reason_id: str) -> str:
        """The label that a stored reason id has today; an id that the protocol no longer lists is shown as it is."""
        return next((reason.label for reason in self.reasons if reason.id == reason_id), reason_id)

    def reason_rank(self, reason_id: str) -> int:
        """The place of a reason in the ordered list; unlisted ones come last."""
        return next((rank for rank, reason in enumerate(self.reasons) if reason.id == reason_id), len(self.reasons))
