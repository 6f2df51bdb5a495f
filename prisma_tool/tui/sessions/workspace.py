"""What all places of the application share: the review, its reviewer, and the sittings that go on when one leaves a place and returns.

Invariant: a sitting (queue, pairs, suggestions) is read once and kept, so that coming back to a place finds it as it was left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review
from prisma_tool.tui.sessions.adjudication_session import Settling
from prisma_tool.tui.sessions.relevance_session import Ordering
from prisma_tool.tui.sessions.screening_session import Desk
from prisma_tool.tui.sessions.search_session import Searches
from prisma_tool.tui.sessions.study_links_session import Threads

if TYPE_CHECKING:
    from prisma_tool.identify.run.services import Services
    from prisma_tool.tui.sessions.duplicates_session import Pairs


class Workplace:
    """The review as `reviewer` works on it; `connect` makes the clients of the services, in the thread that will use them."""

    def __init__(self, review: Review, reviewer: str, connect: Callable[[], Services] | None = None) -> None:
        self.reviewer = reviewer
        self.connect = connect or self._services
        self.work_on(review)

    def work_on(self, review: Review) -> None:
        """Begin anew with this review: all sittings are read again when somebody next sits down to them."""
        self.review = review
        self.searches = Searches(review, self.reviewer, self.connect)
        self._desks: dict[Stage, Desk] = {}
        self._pairs: Pairs | None = None
        self._threads: Threads | None = None
        self._settling: Settling | None = None
        self._ordering: Ordering | None = None

    def _services(self) -> Services:
        from prisma_tool.identify.run.services import services

        return services(self.review.environment)

    def ordering(self) -> Ordering:
        """The order of the title/abstract queue.

        Raises:
            StoreError: it cannot be read.
        """
        if self._ordering is None:
            self._ordering = Ordering(self.review, self.reviewer)
            self._ordering.resume()
        return self._ordering

    def desk(self, stage: Stage) -> Desk:
        """The reviewer's desk at a stage.

        Raises:
            StoreError: the queue cannot be read.
        """
        if stage not in self._desks:
            self._desks[stage] = Desk(self.review, stage, self.reviewer)
        return self._desks[stage]

    @property
    def desks(self) -> tuple[Desk, ...]:
        """The desks that were sat at so far."""
        return tuple(self._desks.values())

    def pairs(self) -> Pairs:
        """The uncertain pairs.

        Raises:
            StoreError: they cannot be read.
        """
        # Matching needs libraries that screening does not; the first record need not wait for them.
        from prisma_tool.tui.sessions.duplicates_session import Pairs

        self._pairs = self._pairs or Pairs(self.review, self.reviewer)
        return self._pairs

    def threads(self) -> Threads:
        """The suggestions which reports belong to one study.

        Raises:
            StoreError: they cannot be read.
        """
        self._threads = self._threads or Threads(self.review, self.reviewer)
        return self._threads

    def settling(self) -> Settling:
        """The conflicts between reviewers.

        Raises:
            StoreError: they cannot be read.
        """
        self._settling = self._settling or Settling(self.review, self.reviewer)
        return self._settling
