"""A sample of decisions for somebody to repeat who does not know them: a sheet without verdicts, and the key to it apart.

The sample follows from the decisions and a seed alone: the decisions that stand, in the order of a hash over the seed and each, the first N.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from prisma_tool.manuscript.bundle.deposited_review import DepositedReview
from prisma_tool.manuscript.bundle.settings import Audit
from prisma_tool.manuscript.bundle.tables import CITATION_COLUMNS, Row, citation_cells, table
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.store.copies import deposit
from prisma_tool.store.engine import event_rows
from prisma_tool.store.records import records

_PORTION = 1_000
SHEET, KEY = "audit/sheet.csv", "audit/key.csv"


def audit_files(review: DepositedReview) -> dict[str, bytes]:
    """The sheet and its key; nothing where no sample was asked for."""
    audit = review.settings.audit
    if audit is None:
        return {}
    sample = _sample(review, audit)
    return {SHEET: b"".join(table(_sheet(review, sample))), KEY: b"".join(table(_key(review, sample)))}


def _sample(review: DepositedReview, audit: Audit) -> list[Event]:
    ids = deposit.standing_votes(review.transaction)
    drawn = sorted(ids, key=lambda name: hashlib.sha256(f"{audit.seed}\0{name}".encode()).digest())
    sample: list[Event] = []
    for start in range(0, len(drawn), _PORTION):
        portion = drawn[start : start + _PORTION]
        events = {event.id: event for event in event_rows.with_ids(review.transaction, portion)}
        sample += [event for event in map(events.__getitem__, portion) if _is_decision(review, event)]
        if len(sample) >= audit.n:
            break
    return sample[: audit.n]


def _is_decision(review: DepositedReview, event: Event) -> bool:
    return event.kind == EventKind.DECISION and event.subject in review.report_of


def _sheet(review: DepositedReview, sample: list[Event]) -> Iterator[Row]:
    yield ("number", "stage", "key", *CITATION_COLUMNS, "verdict", "reason")
    stored = records.records_by_key(review.transaction, {event.subject for event in sample})
    for number, event in enumerate(sample, 1):
        yield (number, event.stage, event.subject, *citation_cells(stored[event.subject]), "", "")


def _key(review: DepositedReview, sample: list[Event]) -> Iterator[Row]:
    yield ("number", "event", "reviewer", "verdict", "reason")
    for number, event in enumerate(sample, 1):
        reason = event.text("reason")
        label = review.protocol.reason_label(reason) if reason else ""
        yield (number, event.id, event.reviewer, event.text("verdict"), label)
