"""What became of one run of a search, as people and programs are told it.

Invariant: every number is read from the store after the run; nothing is counted along the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from prisma_tool.errors import ExitCode
from prisma_tool.identify.strategy.submitted_query import as_text
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.model.vocabulary import OutcomeState, RunStatus
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import run_comparison, runs

SENT = "sent"
"""In a run's `service`: the parameters that were sent, with numbered lines written out and dates added."""
ALARMING = frozenset({"retracted", "expression of concern"})
"""Kinds of change that even a quiet rerun tells."""


_OPEN = frozenset({OutcomeState.CONFLICT, OutcomeState.PENDING})


@dataclass(frozen=True, slots=True)
class VanishedDecided:
    """A vanished record on which somebody had voted: the stage, and what the votes mean there."""

    key: str
    stage: str
    outcome: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """What became of one search; the keys of `search --json`.

    `query` is the strategy as the protocol has it, `sent` what the service was asked; `changes` counts the changed records by kind
    of change (a record may have several); `since` is the day of a date-limited rerun.
    """

    search: str
    source: str
    status: RunStatus
    reported: int | None
    fetched: int
    stored: int
    new: int
    seen: int
    changed: int
    vanished: int
    undelivered: tuple[str, ...]
    warnings: tuple[str, ...]
    query: str
    translation: str
    requests: int
    seconds: float
    sent: str = ""
    since: str = ""
    changes: Mapping[str, int] = field(default_factory=dict)
    vanished_decided: tuple[VanishedDecided, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Done, incomplete (resumable) or failed."""
        codes = {RunStatus.COMPLETE: ExitCode.DONE, RunStatus.FAILED: ExitCode.FAILED, RunStatus.REFUSED: ExitCode.FAILED}
        return codes.get(self.status, ExitCode.INCOMPLETE)

    @property
    def is_empty(self) -> bool:
        """True where the whole search found nothing at all, which is loud but no error."""
        return self.status is RunStatus.COMPLETE and self.reported == 0 and not self.since

    @property
    def is_news(self) -> bool:
        """True where even a quiet rerun speaks: something new, retracted, decided but gone, empty or not done."""
        alarming = self.vanished_decided or self.is_empty or ALARMING & self.changes.keys()
        return self.exit_code is not ExitCode.DONE or self.new > 0 or bool(alarming)


def report_of(transaction: Transaction, run_id: str, plan: SearchPlan) -> RunReport:
    """The report on a run as it is stored."""
    run, counted = runs.run(transaction, run_id), runs.tally(transaction, run_id)
    return RunReport(
        search=plan.name,
        source=plan.source,
        status=run.status,
        reported=run.reported,
        fetched=counted.fetched,
        stored=counted.fetched,
        new=counted.new,
        seen=counted.seen,
        changed=counted.changed,
        vanished=len(run.vanished),
        undelivered=tuple(run.undelivered),
        warnings=tuple(run.warnings),
        query=run.query,
        translation=run.translation,
        requests=run.requests,
        seconds=run.seconds,
        sent=as_text(run.service[SENT]) if run.service.get(SENT) else "",
        since=run.service.get(run_comparison.SINCE, ""),
        changes=run_comparison.changes_by_kind(transaction, run_id),
        vanished_decided=_decided(transaction, run.vanished),
    )


def _decided(transaction: Transaction, keys: Sequence[str]) -> tuple[VanishedDecided, ...]:
    voted = run_comparison.outcomes_of(transaction, keys)
    # While votes are open, nobody learns from here how they stand (counting rule 25).
    stages = {key: (stage, OutcomeState.PENDING if state in _OPEN else state) for key, (stage, state) in voted.items()}
    return tuple(VanishedDecided(key, *stages[key]) for key in keys if key in stages)
