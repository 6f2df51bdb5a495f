"""What stands behind a number of the figure, as a list of records.

Invariant: the list holds exactly the records (or studies' reports) that the number counts; what was entered by hand is listed beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from prisma_tool.figure.layout.marking import MARKS
from prisma_tool.figure.render.terminal import Spot
from prisma_tool.flow.as_json import find_count
from prisma_tool.flow.flow import Count, Flow
from prisma_tool.flow.report_outcome import outcome_texts
from prisma_tool.records.browse import RecordListing
from prisma_tool.review.open_review import Review
from prisma_tool.store.index import arrival_order
from prisma_tool.store.records import clusters

UNMERGED = "unmerged"
"""The number of records not yet deduplicated, which stands in the stamp of an interim figure and in no box."""

_KEYS_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class CountMembers:
    """The records behind a number, each explained, and the numbers entered by hand in it."""

    heading: str
    listed: RecordListing
    by_hand: tuple[str, ...] = ()


def members(review: Review, flow: Flow, spot: Spot) -> CountMembers:
    """What the number at a spot counts.

    Raises:
        PrismaError: the figure has no such number, or the review cannot be read.
    """
    if spot.key == UNMERGED:
        return _heading(spot, RecordListing(review, _waiting(review), partial(outcome_texts)))
    count = find_count(flow, spot.key)
    by_hand = tuple(f"{adjustment.n:+d} by hand: {adjustment.note}" for adjustment in count.adjustments)
    return _heading(spot, _listed(review, count, spot.key), by_hand, count.n)


def _heading(spot: Spot, listed: RecordListing, by_hand: tuple[str, ...] = (), n: int | None = None) -> CountMembers:
    return CountMembers(f"{spot.label.rstrip(MARKS)} (n = {len(listed) if n is None else n:,})", listed, by_hand)


def _listed(review: Review, count: Count, key: str) -> RecordListing:
    """The records in their order; of studies, the records of their reports, each under its study."""
    if count.studies is None:
        return RecordListing(review, count.records, partial(outcome_texts, duplicates=key == "duplicates"))
    pairs = [(record, study.label) for study in count.studies for record in study.records]
    study_labels = dict(enumerate(label for _, label in pairs))
    return RecordListing(review, tuple(record for record, _ in pairs), None, study_labels)


def _waiting(review: Review) -> list[str]:
    with review.store.read() as transaction:
        positions = arrival_order.positions_of(transaction, clusters.waiting_keys(transaction))
        return [
            key
            for start in range(0, len(positions), _KEYS_AT_A_TIME)
            for key in arrival_order.keys_at(transaction, positions[start : start + _KEYS_AT_A_TIME])
        ]
