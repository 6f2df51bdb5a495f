"""Holding a folder's journal to the log while this is gone through, so that what both say is hashed once.

Both come in the same order nearly always: that of the clock. Where a line reads back as the very event that the log has there, they have one
hash, and nothing of it need be remembered. Invariant: every other line is held to its own hash, and every other event is named, as if the
journal were read by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from prisma_tool.file_io import explained_errors
from prisma_tool.model.log.contents import have_one_hash
from prisma_tool.model.log.events import Event
from prisma_tool.review.journal import FOLDER, JournalContents, has_sound_times, lines_of, sized_files, take, whole_event
from prisma_tool.review.journal_completion import JournalEntry, entry_of


class JournalBesideLog:
    """A folder's journal as far as it reaches when this is made, which is before the transaction with which it is compared."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        with explained_errors(self._folder):
            self._lines = lines_of(sized_files(folder))
        self._contents: JournalContents[JournalEntry] = JournalContents()
        self._unmet: set[str] = set()
        self._met_since: datetime | None = None
        self._possible = self._possible_events()
        self._ahead = next(self._possible, None)

    def meet(self, event: Event, *, fits: bool) -> None:
        """Take in the next event of the log, of which is known whether it fits its hash.

        Raises:
            PrismaError: the journal cannot be read.
        """
        while self._ahead is not None and self._ahead[1].id != event.id and self._ahead[1].order < event.order:
            self._pass()
        if self._ahead is not None and fits and have_one_hash(self._ahead[1], event) and has_sound_times(event):
            self._take_met(event)
            self._ahead = next(self._possible, None)
        else:
            self._unmet.add(event.id)

    def _pass(self) -> None:
        """Hold the line that is ahead to its own hash, and go on to the next."""
        if self._ahead is not None:
            take(self._contents, self._ahead[0], entry_of)
        self._ahead = next(self._possible, None)

    def _take_met(self, event: Event) -> None:
        if self._met_since is None or event.received < self._met_since:
            self._met_since = event.received
        # As with any line: the last with an id counts.
        self._contents.events.pop(event.id, None)
        self._contents.left_out.discard(event.id)

    def others(self) -> dict[str, JournalEntry]:
        """The events of the journal that did not meet their like in the log, by id, when that has been gone through.

        Raises:
            PrismaError: the journal cannot be read.
        """
        while self._ahead is not None:
            self._pass()
        for event_id in self._contents.left_out & self._contents.events.keys():
            del self._contents.events[event_id]
        return self._contents.events

    def unmet(self) -> set[str]:
        """The ids of the events that did not meet their like in the journal, or that this leaves out."""
        return self._unmet | self._contents.left_out

    def began(self) -> datetime | None:
        """When the oldest event of the journal was stored; None for none."""
        moments = [entry.received for entry in self._contents.events.values()]
        return min([*moments, *([self._met_since] if self._met_since else [])], default=None)

    def _possible_events(self) -> Iterator[tuple[bytes, Event]]:
        """The lines that may be events as they are written here; others are taken at once."""
        with explained_errors(self._folder):
            for line in self._lines:
                try:
                    event = whole_event(line)
                except (ValueError, RecursionError):
                    take(self._contents, line, entry_of)
                else:
                    yield line, event
