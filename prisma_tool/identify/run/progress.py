"""What a search tells the person who waits, and how that person stops it.

Invariant: a listener only listens. Whatever it draws, a run stores the same; and a run that is stopped ends resumable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from prisma_tool.errors import Interrupted

Tell = Callable[[str], None]
"""Receives a line of narration for the person who waits."""


class Listener(Protocol):
    """Learns how the searches get on. All three are called from the thread that called `run_searches`."""

    def tell(self, text: str) -> None:
        """A line of narration."""

    def advance(self, search: str, done: int, total: int | None) -> None:
        """`done` of `total` records of a search are stored or known to be missing; the total is None until the service has named it."""

    def cancelled(self) -> bool:
        """True once the person wants the searches to stop."""


class SearchStopped(Interrupted):
    """The person who waits stopped the search; what is stored is kept, and the same command goes on."""

    def __init__(self) -> None:
        super().__init__("Stopped on request: what has arrived is stored, and the same command goes on from there.")


@dataclass(frozen=True, slots=True)
class Narrator:
    """A listener that passes on the narration, leaves out the figures and never stops a search."""

    line: Tell

    def tell(self, text: str) -> None:
        """Pass the line on."""
        self.line(text)

    def advance(self, search: str, done: int, total: int | None) -> None:
        """Say nothing: the narration has a line for each step already."""

    def cancelled(self) -> bool:
        """Never."""
        return False
