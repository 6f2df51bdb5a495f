"""What a place may ask of the application around it, so that no place needs to know the application itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.review.open_review import Review
from prisma_tool.tui.sessions.search_session import SearchTask


class Application(Protocol):
    """The application that shows the places of one review."""

    search_task: SearchTask | None
    """The search that is running."""

    @property
    def keymap(self) -> Mapping[str, str]:
        """The keys that the reviewer has changed, by the ids of their bindings."""

    def go(self, name: str) -> None:
        """Go to a place."""

    def show_report(self, key: str) -> None:
        """Go to a report in the queue of the latest stage that it has reached."""

    async def work_on(self, review: Review) -> None:
        """Go on with this review, as after a restart."""

    def begin_search(self, plan: SearchPlan) -> None:
        """Run a search beside everything else."""

    def begin_searches(self, plans: Sequence[SearchPlan]) -> None:
        """Run searches one after the other."""

    def stop_searches(self) -> None:
        """Stop the running search, which stays resumable."""
