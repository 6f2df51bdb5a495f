"""Where a review stands, per stage and reviewer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.reports.counted_state import load_counted_state
from prisma_tool.reports.state import Phase, Report, at_stage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import report_rows


@dataclass(frozen=True, slots=True)
class StageStatus:
    """Reports at a stage by outcome; the parts add up to `total`. The last three exist at full text only."""

    total: int
    included: int
    excluded: int
    maybe: int
    undecided: int
    conflicts: int
    ongoing: int = 0
    awaiting: int = 0
    not_retrieved: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """The keys of `status --json`; `reviewers` maps a name to the number of records voted on per stage."""

    identified: int
    unique: int
    stages: dict[str, StageStatus]
    reviewers: dict[str, dict[str, int]]


def status(transaction: Transaction) -> Status:
    """Where the review stands now."""
    review_state = load_counted_state(transaction)
    reviewers: dict[str, dict[str, int]] = {
        name: dict.fromkeys((stage.value for stage in Stage), 0) for name in transaction.protocol.reviewers
    }
    for reviewer, stage, n in report_rows.votes_per_reviewer(transaction):
        reviewers.setdefault(reviewer, dict.fromkeys((stage.value for stage in Stage), 0))[stage] = n
    return Status(
        identified=review_state.record_number,
        unique=sum(report.n for report in review_state.reports),
        stages={stage.value: _stage_status([r for r in review_state.reports if at_stage(r, stage)], stage) for stage in Stage},
        reviewers=reviewers,
    )


def _stage_status(reports: list[Report], stage: Stage) -> StageStatus:
    missing = sum(report.n for report in reports if report.phase is Phase.NOT_RETRIEVED) if stage is Stage.FULL_TEXT else 0
    states: Counter[OutcomeState | None] = Counter()
    for report in reports:
        states[report.at(stage)] += report.n
    return StageStatus(
        total=states.total(),
        included=states[OutcomeState.INCLUDE],
        excluded=states[OutcomeState.EXCLUDE],
        maybe=states[OutcomeState.MAYBE],
        undecided=states[OutcomeState.PENDING] + states[None] - missing,
        conflicts=states[OutcomeState.CONFLICT],
        ongoing=states[OutcomeState.ONGOING],
        awaiting=states[OutcomeState.AWAITING],
        not_retrieved=missing,
    )
