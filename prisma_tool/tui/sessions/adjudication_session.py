"""Going through the conflicts of a review: which there are, what each is about, and how it was settled in this sitting.

Knows nothing of Textual. Invariant: what is adjudicated is on the disk before the next conflict is read.
"""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.model.log.events import Event
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening import adjudication
from prisma_tool.screening.adjudication import Conflict, Ruling
from prisma_tool.store.records import record_events
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.sessions.record_page_data import Opened, read_opened


@dataclass(frozen=True, slots=True)
class Dispute:
    """A conflict with its report, and what each voter noted on it at the stage."""

    conflict: Conflict
    opened: Opened
    notes: tuple[Event, ...]
    may_not: str
    """Why this reviewer may not settle it, as a sentence; empty where they may."""


class Settling:
    """The conflicts as `reviewer` goes through them. `position == len(items)` is the place after the last."""

    def __init__(self, review: Review, reviewer: str) -> None:
        self.review, self.reviewer = review, reviewer
        self.items: list[Conflict] = []
        self.position = 0
        self._settled: list[tuple[str, Stage]] = []
        self.reload()

    @property
    def current(self) -> Conflict | None:
        """The conflict at the present place; None after the last."""
        return self.items[self.position] if self.position < len(self.items) else None

    def progress(self) -> Progress:
        """Adjudications of this sitting against the conflicts that are left."""
        done = len(self._settled)
        return Progress(len(self.items) + done, len(self.items), {}, done, 0)

    def reload(self) -> None:
        """Read the list anew, and stay with the present conflict, or else with the first of those after it that is left.

        Raises:
            StoreError: the database cannot be read; the list is as before.
        """
        ahead = [(one.key, one.stage) for one in self.items[self.position :]]
        with self.review.store.read() as transaction:
            self.items = adjudication.conflicts(transaction)
        places = {(one.key, one.stage): place for place, one in enumerate(self.items)}
        self.position = next((places[name] for name in ahead if name in places), len(self.items) if ahead else 0)
        if self.position == len(self.items):
            self.position = 0

    def read(self) -> Dispute | None:
        """The present conflict with its report; None after the last.

        Raises:
            PrismaError: the database cannot be read.
        """
        here = self.current
        if here is None:
            return None
        opened = read_opened(self.review, here.key, self.reviewer)
        voters = {vote.reviewer for vote in here.votes}
        with self.review.store.read() as transaction:
            told = record_events.notes_on(transaction, [record.key for record in opened.report.records])
            refusal = adjudication.refusal(transaction, self.reviewer, voters)
        # All wanted votes are there, so what the two noted at this stage is open to whoever settles it.
        notes = tuple(note for note in told if note.reviewer in voters and note.stage in ("", here.stage))
        return Dispute(here, opened, notes, refusal)

    def step(self, by: int) -> None:
        """Move by so many places; stops at the first and at the last conflict."""
        self.position = max(0, min(len(self.items) - 1, self.position + by))

    def settle(self, verdict: Verdict, reason: str = "", note: str = "") -> Event | None:
        """Adjudicate the present conflict.

        Raises:
            PrismaError: the rules or the database refuse; nothing was stored and the place is the same.
        """
        here = self.current
        if here is None:
            return None
        stored = adjudication.adjudicate(self.review, Ruling(here.key, verdict, self.reviewer, here.stage, reason, note))
        self._settled.append((stored.subject, here.stage))
        self.reload()
        return stored

    def undo(self) -> Event | None:
        """Take back the last adjudication of this sitting, and go to its conflict; None where there is none.

        Raises:
            PrismaError: the database refuses.
        """
        if not self._settled:
            return None
        key, stage = self._settled[-1]
        back = adjudication.take_back(self.review, key, stage, self.reviewer)
        del self._settled[-1:]
        self.reload()
        self.position = next((n for n, one in enumerate(self.items) if (one.key, one.stage) == (key, stage)), self.position)
        return back
