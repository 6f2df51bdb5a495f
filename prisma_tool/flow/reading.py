"""From an open review to its flow, now or at a moment in its past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.flow.account import Account
from prisma_tool.flow.count import count
from prisma_tool.flow.flow import Flow
from prisma_tool.model.events import EventKind
from prisma_tool.model.protocol import Protocol
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.review.protocol_file import parse_protocol
from prisma_tool.review.review import Review
from prisma_tool.screening.reports import load
from prisma_tool.store import history, runs
from prisma_tool.store.database import Transaction


def read_flow(review: Review, at: datetime | None = None) -> Flow:
    """The flow of a review; with `at`, as its database knew it at that moment, under the protocol of that day.

    Raises:
        PrismaError: the review did not exist at that moment.
    """
    with review.store.read() as transaction:
        protocol = review.protocol if at is None else _protocol_at(transaction, at)
        return count(load(replace(transaction, protocol=protocol), at), protocol, _account(transaction, at))


def _protocol_at(transaction: Transaction, at: datetime) -> Protocol:
    texts = history.events(transaction, kinds=[EventKind.PROTOCOL], received_by=at, newest_first=True, limit=1)
    newest = next(iter(texts), None)
    if newest is None:
        raise PrismaError(f"This review has nothing in its log by {at:%Y-%m-%d %H:%M} UTC; choose a later date.")
    return parse_protocol(newest.text("text"), f"review.toml of {newest.received:%Y-%m-%d}")


def _account(transaction: Transaction, at: datetime | None) -> Account:
    known = [run for run in runs.latest_runs(transaction) if at is None or run.started <= at]
    last = {run.search: run for run in known if run.search}
    unfinished = [run.search for run in last.values() if run.search and run.status != RunStatus.COMPLETE]
    return Account(
        undelivered=sum(len(run.undelivered) for run in last.values()),
        rejected=sum(len(run.rejected) for run in known),
        unfinished=tuple(unfinished),
    )


def moment(text: str) -> datetime:
    """The moment that `--at` names: an ISO 8601 time, or a date, which means the end of that day (UTC).

    Raises:
        UsageError: neither.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a date such as 2025-01-31 or a time such as 2025-01-31T12:00:00Z.") from None
    if len(text) <= len("2025-01-31"):
        found = datetime.combine(found.date(), time.max)
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise UsageError(f"'{text}' lies outside the years 1 to 9999.") from None
