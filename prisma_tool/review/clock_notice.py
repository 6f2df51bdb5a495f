"""A word about a clock that is behind: said once while a review is open, to whoever stores something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from prisma_tool.model.log import clock
from prisma_tool.model.log.events import Event
from prisma_tool.review.journal import Entry


class ClockNotice:
    """Looks at what was committed, whose clock tells how far the database had got; costs no question to it."""

    def __init__(self, now: Callable[[], datetime], tell: Callable[[str], None]) -> None:
        self._now, self._tell = now, tell
        self._given = False

    def look(self, entries: Sequence[Entry]) -> None:
        """Say it if the newest event among these is ahead of the clock by which it was done."""
        events = [entry for entry in entries if isinstance(entry, Event)]
        if not events:
            return
        newest = max(event.clock for event in events)
        if self._given or newest - max(clock.microseconds(event.at) for event in events) <= clock.microseconds_in(
            clock.TOLERATED
        ):
            return
        behind = clock.lag(self._now(), newest)
        if behind > clock.TOLERATED:
            self._given = True
            self._tell(clock.lag_sentence(behind))
