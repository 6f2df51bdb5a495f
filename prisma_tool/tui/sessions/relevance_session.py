"""The order of the title/abstract queue while somebody screens: learns in a thread, and hands the screening session the order that follows.

Invariant: `learn` touches nothing but what it reads, so that it may run beside the application; all it stores is that a stretch
of random draws begins, and that the meaning of records is read or no longer. What it found is taken over by `take`, in the application's thread. The next record never waits for it, nor for the numeric libraries, which are imported in that thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.stopping_acts import stop_in_force
from prisma_tool.ranking.extra import require_scipy
from prisma_tool.review.open_review import Review
from prisma_tool.screening.prioritised.label_sequence import STAGE, Viewpoint, viewpoint
from prisma_tool.screening.prioritised.queue_order import (
    OrderName,
    choose_order,
    chosen_order,
    fixed_order,
    note_chance,
    reads_meaning,
)
from prisma_tool.screening.prioritised.random_draws import begin_where_due, draws_of
from prisma_tool.screening.queue import read_queue
from prisma_tool.store.engine import event_rows

if TYPE_CHECKING:
    from prisma_tool.screening.prioritised.stopping_risk import StoppingRisk


if TYPE_CHECKING:
    from prisma_tool.screening.prioritised.ranked_queue import RankedQueue, RankExplanation, RankingPool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a look came to: the order that it was for, the keys in the order of their turn, those drawn by chance, and the numbers of stopping."""

    order: OrderName
    keys: tuple[str, ...]
    decided: tuple[str, ...]
    chance: frozenset[str]
    risk: StoppingRisk
    pool: RankingPool | None = None
    queue: RankedQueue | None = None


@dataclass(slots=True)
class DecisionTally:
    """What was decided since the last look: how many records, and how many of them were relevant."""

    decided: int = 0
    relevant: int = 0


@dataclass(slots=True)
class RelevanceSession:
    """The chosen order of one reviewer, and the last look."""

    review: Review
    reviewer: str
    order: OrderName = OrderName.SOURCE
    latest: Arrangement | None = None
    since: DecisionTally = field(default_factory=DecisionTally)
    encoded: bool = False
    """Whether the meaning of the records was read since the pool was prepared."""

    def resume(self) -> None:
        """Go on in the order that was chosen last.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.review.store.read() as transaction:
            self.order = chosen_order(transaction, self.reviewer)

    def choose(self, order: OrderName) -> None:
        """Go on in another order.

        Raises:
            UsageError: the order of relevance, where what it needs is not installed.
            StoreError: the database refuses; the order is as before.
        """
        if order is OrderName.RELEVANCE:
            require_scipy()
        choose_order(self.review, self.reviewer, order)
        self.order = order

    @property
    def learns(self) -> bool:
        """Whether the order follows from decisions."""
        return self.order is OrderName.RELEVANCE

    def learn(self) -> Arrangement:
        """Look at the review and arrange the queue; may be called from another thread.

        Raises:
            StoreError: the database cannot be read.
        """
        from prisma_tool.ranking.sentence_encoder import NAME
        from prisma_tool.screening.prioritised.ranked_queue import prepare, seed_of

        order, before = self.order, self.latest
        if order is OrderName.RELEVANCE:
            begin_where_due(self.review, self.reviewer)
        with self.review.store.read() as transaction:
            seen = viewpoint(transaction, self.reviewer)
            stopped = stop_in_force(event_rows.not_undone(transaction, EventKind.STOPPING))
            from prisma_tool.screening.prioritised.risk_of_view import stopping_risk_of
            from prisma_tool.screening.prioritised.stopping_risk import is_set_late

            rule = transaction.protocol.screening.stopping
            draws = draws_of(transaction, seen, self.reviewer)
            now = stopping_risk_of(seen, rule, stopped, draws, set_late=is_set_late(transaction))
            decided = tuple(label.key for label in seen.labels)
            if order is not OrderName.RELEVANCE:
                keys = read_queue(transaction, STAGE, self.reviewer).keys if order is not OrderName.SOURCE else []
                return Arrangement(
                    order, tuple(fixed_order(transaction, order, keys, seed_of(self.reviewer))), (), frozenset(), now
                )
            if draws.order:
                return Arrangement(order, draws.order, decided, frozenset(draws.order), now, before.pool if before else None)
            pool = before.pool if before else None
            if pool is None or not pool.holds_all(seen.waiting) or (pool.lacks_meaning and self.encoded):
                self.encoded = False
                pool, before = prepare(transaction, self.review.cache), None
            share = transaction.protocol.screening.random_share
            noted = reads_meaning(transaction, self.reviewer)
        if noted != pool.meaning and not self.review.only_read:
            choose_order(self.review, self.reviewer, order, NAME if pool.meaning else "")
        queue = self._queue(pool, seen, share, before)
        return Arrangement(order, queue.keys, decided, queue.drawn, now, pool, queue)

    def encode(self, goes_on: Callable[[], bool]) -> bool:
        """Read the meaning of the records that have no sentence vector yet, as long as `goes_on` says; may be called from another thread.

        True where all have one now, so that the next look goes by it.

        Raises:
            UsageError: what it needs is not installed.
            StoreError: the database cannot be read.
        """
        from prisma_tool.screening.prioritised.meaning import encode_review

        self.encoded = all(goes_on() for _ in encode_review(self.review))
        return self.encoded

    def _queue(self, pool: RankingPool, seen: Viewpoint, share: float, before: Arrangement | None) -> RankedQueue:
        from prisma_tool.screening.prioritised.ranked_queue import queue_of, seed_of

        earlier = before.queue.ranking if before and before.queue else None
        return queue_of(pool, seen, seed_of(self.reviewer), share, earlier)

    def take(self, arrangement: Arrangement) -> None:
        """Take over what a look found."""
        self.latest, self.since = arrangement, DecisionTally()

    def note_decided(self, key: str, *, relevant: bool) -> None:
        """Note that the record shown was decided on; of one drawn by chance an event is kept.

        Raises:
            StoreError: the database refuses.
        """
        latest = self.latest
        if self.learns and latest is not None and key in latest.chance:
            relevant_so_far = latest.risk.relevant + self.since.relevant
            left, for_rule = latest.risk.left - self.since.decided, latest.queue is None
            note_chance(self.review, self.reviewer, key, left, relevant_so_far, stopping=for_rule)
        self.since.decided += 1
        self.since.relevant += relevant

    def why(self, key: str) -> RankExplanation | None:
        """Why the record of this key stands where it stands; None while nothing was learned about it."""
        latest = self.latest
        if latest is None or latest.pool is None or latest.queue is None or key not in latest.pool.places:
            return None
        from prisma_tool.screening.prioritised.ranked_queue import rank_explanation

        return rank_explanation(latest.pool, latest.queue.ranking, key)

    def by_chance(self, key: str) -> bool:
        """Whether this record was drawn by chance."""
        return self.latest is not None and key in self.latest.chance
