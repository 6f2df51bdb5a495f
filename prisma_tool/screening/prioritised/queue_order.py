"""The order in which a reviewer meets the title/abstract queue: which one was chosen, what was drawn by chance, and the fixed orders.

Invariant: each change of order, and each record drawn by chance, is an event of its reviewer; a record without one was shown because the
order that was chosen then put it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from prisma_tool.model.log.events import EventKind
from prisma_tool.review.open_review import Review
from prisma_tool.screening.prioritised.label_sequence import STAGE
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records

_SWITCHED = "switched"


class OrderName(StrEnum):
    """The orders of the queue."""

    RELEVANCE = "relevance"
    RANDOM = "random"
    NEWEST = "newest"
    SOURCE = "source"


ORDER_DESCRIPTIONS = {
    OrderName.RELEVANCE: "likely relevant first; learns from your decisions",
    OrderName.RANDOM: "by chance, the same every time for you",
    OrderName.NEWEST: "latest year of publication first",
    OrderName.SOURCE: "as the sources delivered them",
}
"""Each order in a few words."""


def chosen_order(transaction: Transaction, reviewer: str) -> OrderName:
    """The order that a reviewer chose last; that of arrival where none was chosen."""
    events = event_rows.events(transaction, kinds=[EventKind.ORDER], reviewer=reviewer, newest_first=True)
    name = next((event.text("order") for event in events if event.text("act") == _SWITCHED), "")
    return OrderName(name) if name in tuple(OrderName) else OrderName.SOURCE


def reads_meaning(transaction: Transaction, reviewer: str) -> bool:
    """Whether the order that a reviewer goes by was noted as one that reads the meaning of titles and abstracts."""
    events = event_rows.events(transaction, kinds=[EventKind.ORDER], reviewer=reviewer, newest_first=True)
    return next((bool(event.text("model")) for event in events if event.text("act") == _SWITCHED), False)


def choose_order(review: Review, reviewer: str, order: OrderName, model: str = "") -> None:
    """Go on in another order; `model` names what reads the meaning of titles and abstracts for it, if anything does.

    Raises:
        StoreError: the database refuses.
    """
    with review.store.write() as transaction:
        payload = {"act": _SWITCHED, "order": order.value} | ({"model": model} if model else {})
        event_log.append(transaction, [event_log.Draft(EventKind.ORDER, "", STAGE, reviewer, payload)])


def note_chance(review: Review, reviewer: str, key: str, open_count: int, known_relevant: int, *, stopping: bool = False) -> None:
    """Note that a record that was decided on had been drawn by chance: the ground for estimating recall.

    Args:
        review: The review.
        reviewer: To whom it was shown.
        key: The record.
        open_count: How many reports were open when it was drawn.
        known_relevant: How many relevant ones were known then.
        stopping: Whether the stopping rule asked for the draw, not the share of the queue by which recall is estimated.

    Raises:
        StoreError: the database refuses.
    """
    with review.store.write() as transaction:
        payload = {"order": OrderName.RELEVANCE.value, "why": "chance", "open": open_count, "found": known_relevant}
        payload |= {"stopping": True} if stopping else {}
        event_log.append(transaction, [event_log.Draft(EventKind.ORDER, key, STAGE, reviewer, payload)])


def fixed_order(transaction: Transaction, order: OrderName, keys: Sequence[str], seed: int) -> list[str]:
    """These keys, which are in the order of arrival, in one of the orders that no decision changes; `seed` is for the random one."""
    if order is OrderName.RANDOM:
        import numpy as np

        return [keys[index] for index in np.random.default_rng(seed).permutation(len(keys))]
    if order is OrderName.NEWEST:
        stored = records.records_by_key(transaction, keys)
        return sorted(keys, key=lambda key: -(stored[key].citation.year or 0) if key in stored else 0)
    return list(keys)
