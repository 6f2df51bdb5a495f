"""What a place may ask of the application around it, so that no place needs to know the application itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.review.open_review import Review
from prisma_tool.tui.sessions.search_session import SearchTask


@dataclass(frozen=True, slots=True)
class Sent:
    """What a reviewer did last: by which key (empty for the mouse), and when it arrived."""

    key: str
    at: float


class Application(Protocol):
    """The application that shows the places of one review."""

    search_task: SearchTask | None
    """The search that is running."""

    @property
    def keymap(self) -> Mapping[str, str]:
        """The keys that the reviewer has changed, by the ids of their bindings."""

    clock: Callable[[], float]
    """By which what was sent has its time."""
    sent: Sent
    """What the reviewer sent last."""

    @property
    def pause(self) -> float:
        """For how many seconds a record must have stood before a verdict on it counts."""

    def drop_what_was_sent(self) -> None:
        """What arrived until now does nothing: a key before it was refused."""

    def go(self, name: str) -> None:
        """Go to a place."""

    def action_go_back(self) -> None:
        """Go back to the place before this one."""

    def import_files(self, files: Sequence[Path]) -> None:
        """Offer files for import, at Sources."""

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
