"""The order in which a reviewer meets reports at a stage, and what still waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prisma_tool.model.events import Event
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.screening.reports import BEFORE_SCREENING, SOUGHT, Phase, Report, load
from prisma_tool.store import holdings
from prisma_tool.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Queued:
    """A report at a stage, as one reviewer sees it: the reviewer's own vote, if any, and whether it still wants one."""

    report: Report
    vote: Event | None
    waits: bool

    @property
    def key(self) -> str:
        """The representative's key, under which the report is shown."""
        return self.report.key


def queue(transaction: Transaction, stage: Stage, reviewer: str) -> list[Queued]:
    """All reports of a stage in the order of their arrival, decided ones included, so that one can go back."""
    votes = {event.subject: event for event in holdings.votes(transaction, stage, reviewer)}
    there = (report for report in load(transaction).reports if at_stage(report, stage))
    return [_queued(report, stage, votes) for report in there]


def at_stage(report: Report, stage: Stage) -> bool:
    """Whether a report passes through a stage at all (counting rules 9 and 13)."""
    if stage is Stage.FULL_TEXT:
        return report.phase in SOUGHT
    screened_here = report.left or report.title_abstract is not None or report.phase is Phase.SCREENING
    return screened_here and report.phase not in BEFORE_SCREENING


def _queued(report: Report, stage: Stage, votes: Mapping[str, Event]) -> Queued:
    mine = [votes[record.key] for record in report.records if record.key in votes]
    vote = max(mine, key=lambda event: (event.at, event.id), default=None)
    state = report.title_abstract if stage is Stage.TITLE_ABSTRACT else report.full_text
    open_here = state in (None, OutcomeState.PENDING) and report.phase is not Phase.NOT_RETRIEVED
    return Queued(report, vote, waits=vote is None and open_here)
