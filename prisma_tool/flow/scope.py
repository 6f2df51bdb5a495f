"""Which of a review's flows is meant: now, at a moment, at the end of a run, of a closed version, or over all versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.flow.flow import Template
from prisma_tool.model.log.versions import Closing
from prisma_tool.model.text import one_line
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import closed_versions
from prisma_tool.store.runs import runs

SHORTEST_RUN = 8
"""Characters of a run's id that must be typed."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the user asked for; at most one of `at`, `version` and `run`. `template` overrides the choice from the data."""

    at: datetime | None = None
    version: str = ""
    run: str = ""
    cumulative: bool = False
    template: Template | None = None

    def __post_init__(self) -> None:
        if sum((self.at is not None, bool(self.version), bool(self.run))) > 1:
            raise UsageError("Choose one of --at, --version and --run: each names a moment.")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in a review's past (`at` is None for now); versions closed by the event `before` or later do not count yet."""

    at: datetime | None = None
    before: tuple[int, str] | None = None


def resolve(transaction: Transaction, scope: Scope) -> Moment:
    """The moment that a scope names.

    Raises:
        PrismaError: there is no such version or run, or the run has not ended.
    """
    if scope.version:
        return version_moment(transaction, scope.version)
    return Moment(run_end(transaction, scope.run)) if scope.run else Moment(scope.at)


def version_moment(transaction: Transaction, label: str) -> Moment:
    """The moment at which a version was closed, just before it was.

    Raises:
        PrismaError: no version of this label stands closed, or it was made elsewhere.
    """
    closings = closed_versions.standing_closings(transaction)
    closing = version_named(closings, label)
    if closing is None:
        known = ", ".join(listed.label for listed in closings)
        hint = f"Closed versions: {known}." if known else "No version was closed yet: `prisma-tool version close LABEL`."
        raise PrismaError(f"There is no closed version '{one_line(label)}' in this review. {hint}")
    if closing.source:
        raise PrismaError(
            f"The version {closing.label} was made elsewhere and has no flow here, only its included studies: "
            "`prisma-tool version list`."
        )
    return Moment(closing.received, closing.order)


def version_named(closings: tuple[Closing, ...], label: str) -> Closing | None:
    """The newest version of this label, whatever the case."""
    folded = one_line(label).casefold()
    return next((closing for closing in reversed(closings) if closing.label.casefold() == folded), None)


def run_end(transaction: Transaction, text: str) -> datetime:
    """When the run with this id (or beginning of one) ended.

    Raises:
        PrismaError: no or several such runs, or one that has not ended.
    """
    beginning = text.strip().lower()
    matches = (
        [run for run in runs.all_runs(transaction) if run.id.startswith(beginning)] if len(beginning) >= SHORTEST_RUN else []
    )
    if len(matches) != 1:
        problem = "Several runs begin with" if matches else "There is no run"
        raise PrismaError(f"{problem} '{one_line(text)}'; `prisma-tool log` lists the ids of searches and imports.")
    if matches[0].finished is None:
        raise PrismaError(f"The run {matches[0].id} has not ended; there is no flow of its end yet.")
    return matches[0].finished


def moment(text: str) -> datetime:
    """The moment that `--at` names: an ISO 8601 time, or a date, which means the end of that day (UTC).

    Raises:
        UsageError: neither.
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a date such as 2025-01-31 or a time such as 2025-01-31T12:00:00Z.") from None
    if len(text) <= len("2025-01-31"):
        parsed = datetime.combine(parsed.date(), time.max)
    try:
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise UsageError(f"'{text}' lies outside the years 1 to 9999.") from None
