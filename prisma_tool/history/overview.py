"""Where a whole review stands, as one reviewer sees it: the phases with their counts, what waits, and what to do next.

Read only. Invariant: counts come from the one classification (`reports.state`), what waits from the queues, so that the first page of
the application, `status` and the flow cannot disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from prisma_tool.model.protocol.protocol import CITATION_SEARCH
from prisma_tool.model.vocabulary import Stage
from prisma_tool.reports.counted_state import load_counted_state
from prisma_tool.reports.state import ASSESSED, SOUGHT, Phase, ReviewState
from prisma_tool.screening.queue import QueueMark, read_queue
from prisma_tool.store.engine.database import Transaction
from prisma_tool.updates.acknowledgement import open_items
from prisma_tool.updates.changes_since_decision import OpenItems


class Step(StrEnum):
    """Where the next sensible action is taken; the values are the names of the application's places, "import" apart."""

    IMPORT = "import"
    SEARCH = "search"
    DUPLICATES = "duplicates"
    TITLE_ABSTRACT = "title-abstract"
    FULL_TEXT = "full-text"
    CONFLICTS = "conflicts"
    STUDIES = "studies"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of reports, save for `records`, `surplus`, `waiting_for_comparison` (records), `studies`, `searches` and the pairs.

    `surplus` are the records beyond one a report. `mine` are the reports that wait for the reviewer at each stage; `unlinked` are
    included reports without a study of their own, `title_conflicts` those of `conflicts` at title/abstract.
    """

    records: int
    surplus: int
    removed: int
    screened_out: int
    sought: int
    seeking: int
    not_retrieved: int
    assessed: int
    excluded: int
    ongoing: int
    awaiting: int
    included: int
    studies: int
    unlinked: int
    conflicts: int
    title_conflicts: int
    to_screen: int
    to_assess: int
    mine: dict[Stage, int]
    searches: int
    waiting_for_comparison: int
    uncertain_pairs: int
    open_items: OpenItems

    @property
    def unique(self) -> int:
        """Reports, that is records less duplicates."""
        return self.records - self.surplus

    @property
    def next_step(self) -> Step:
        """The next sensible action, in the order of a review; what waits for this reviewer comes before what waits for others."""
        return next(step for step, applies in self._steps() if applies)

    def _steps(self) -> Iterator[tuple[Step, bool]]:
        wanting = (*self.open_items.unfinished, *self.open_items.undelivered)
        # The place of searches runs those of the protocol; a citation search is no step that it could take.
        asked = any(state.search != CITATION_SEARCH for state in wanting)
        yield Step.SEARCH, asked or bool(self.searches and not self.records)
        yield Step.IMPORT, not self.records
        yield Step.DUPLICATES, bool(self.waiting_for_comparison or self.uncertain_pairs)
        yield Step.TITLE_ABSTRACT, self.mine[Stage.TITLE_ABSTRACT] > 0
        yield Step.CONFLICTS, self.conflicts > 0
        yield Step.FULL_TEXT, self.mine[Stage.FULL_TEXT] > 0
        yield Step.STUDIES, self.unlinked > 0
        yield Step.FLOW, True


@dataclass(frozen=True, slots=True)
class StageRest:
    """Reports that are left at a stage, whoever has to act: `open` wait for votes, `conflicts` to be settled; `passed` went further.

    `reasons` are excluded for different reasons, of which one may be agreed on.
    """

    open: int = 0
    conflicts: int = 0
    passed: int = 0
    reasons: int = 0


def stage_rest(transaction: Transaction, stage: Stage) -> StageRest:
    """What is left at a stage."""
    phases: Counter[Phase] = Counter()
    reports = load_counted_state(transaction).reports
    for report in reports:
        phases[report.phase] += report.n
    if stage is Stage.TITLE_ABSTRACT:
        return StageRest(phases[Phase.SCREENING], phases[Phase.SCREENING_CONFLICT], sum(phases[phase] for phase in SOUGHT))
    differing = sum(report.n for report in reports if report.reasons_differ)
    waiting = phases[Phase.SEEKING] + phases[Phase.ASSESSING]
    return StageRest(waiting, phases[Phase.ASSESSMENT_CONFLICT], phases[Phase.INCLUDED], differing)


def overview(transaction: Transaction, reviewer: str) -> Overview:
    """Where the review stands for a reviewer."""
    review_state = load_counted_state(transaction)
    phases: Counter[Phase] = Counter()
    for report in review_state.reports:
        phases[report.phase] += report.n
    conflicts = phases[Phase.SCREENING_CONFLICT] + phases[Phase.ASSESSMENT_CONFLICT]
    included = [report for report in review_state.reports if report.phase is Phase.INCLUDED]
    return Overview(
        records=review_state.record_number,
        surplus=review_state.record_number - phases.total(),
        removed=phases[Phase.REMOVED_AUTOMATIC] + phases[Phase.REMOVED_OTHER],
        screened_out=phases[Phase.SCREENED_OUT],
        sought=sum(phases[phase] for phase in SOUGHT),
        seeking=phases[Phase.SEEKING],
        not_retrieved=phases[Phase.NOT_RETRIEVED],
        assessed=sum(phases[phase] for phase in ASSESSED),
        excluded=phases[Phase.EXCLUDED],
        ongoing=phases[Phase.ONGOING],
        awaiting=phases[Phase.AWAITING],
        included=phases[Phase.INCLUDED],
        studies=_study_count(review_state),
        unlinked=sum(report.n for report in included if not report.studies),
        conflicts=conflicts,
        title_conflicts=phases[Phase.SCREENING_CONFLICT],
        to_screen=phases[Phase.SCREENING],
        to_assess=phases[Phase.ASSESSING],
        mine={stage: read_queue(transaction, stage, reviewer).count(QueueMark.WAITS) for stage in Stage},
        searches=len(transaction.protocol.searches),
        waiting_for_comparison=len(review_state.waiting),
        uncertain_pairs=review_state.uncertain_pairs,
        open_items=open_items(transaction),
    )


def _study_count(review_state: ReviewState) -> int:
    """Included studies; an included report without a link is a study of its own (counting rule 19)."""
    included = [report for report in review_state.reports if report.phase is Phase.INCLUDED]
    return len({name for report in included for name in report.studies}) + sum(
        report.n for report in included if not report.studies
    )
