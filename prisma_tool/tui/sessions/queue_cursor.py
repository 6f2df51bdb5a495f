"""The way through a queue: the order in which its reports are met, those that are looked for, and the place among them.

Pure: nothing here reads or writes a review. Invariant: whatever happens to queue, order or filter, the present report stays the
present one as long as it is on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from prisma_tool.model.vocabulary import Verdict
from prisma_tool.screening.queue import MARK_OF_VERDICT, Queue, QueueMark


@dataclass(frozen=True, slots=True)
class Progress:
    """Reports of a stage as its reviewer stands to them; the parts add up to `total`.

    `mine` are the reviewer's own verdicts, `others` are settled without the reviewer, `not_retrieved` wait for a full text.
    """

    total: int
    waiting: int
    mine: dict[Verdict, int]
    others: int
    not_retrieved: int

    @property
    def done(self) -> int:
        """Reports that ask nothing of the reviewer any more."""
        return self.total - self.waiting

    @property
    def percent(self) -> int:
        """The share that is done, rounded down, so that 100 means all; 100 also where there is nothing to do."""
        return 100 * self.done // self.total if self.total else 100


@dataclass(frozen=True, slots=True)
class Pace:
    """Decisions of one session and the time they took, pauses left out."""

    decisions: int
    took: timedelta

    @property
    def seconds_each(self) -> float:
        """Seconds a decision."""
        return self.took.total_seconds() / self.decisions if self.decisions else 0.0


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the queue is narrowed to: what was typed, and the keys that meet it."""

    typed: str
    keys: frozenset[str]


class QueueCursor:
    """A queue, walked along `path`, a sequence of its places. `position == len(path)` is the place after the last report."""

    def __init__(self) -> None:
        self.queue = Queue([], [])
        self.path: Sequence[int] = range(0)
        self.position = 0
        self.revision = 0
        """How often the queue was changed from here; what was read in another thread before the last of them is stale."""
        self.filter: QueueFilter | None = None
        self.order: tuple[str, ...] = ()

    @property
    def current(self) -> str | None:
        """The key of the report at the present place; None after the last one."""
        return self.queue.keys[self.path[self.position]] if self.position < len(self.path) else None

    @property
    def mark(self) -> QueueMark:
        """What the report at the present place is to the reviewer; gone after the last one."""
        return QueueMark(self.queue.marks[self.path[self.position]]) if self.position < len(self.path) else QueueMark.NOT_AT_STAGE

    def take(self, queue: Queue) -> None:
        """Go on with a queue that was read anew; the present report stays if it is still there."""
        self.revision += 1
        here = self.current
        self.queue = queue
        self.lay_path()
        self._stay_at(here)

    def lay_path(self) -> None:
        """Lay the path through the present queue, in the order and within the filter that are set."""
        places: Sequence[int] = range(len(self.queue))
        if self.order:
            # One pass in C for each: a queue of 50,000 is laid anew after each look, while keys wait.
            ordered = dict.fromkeys(self.queue.places(self.order))
            places = list(ordered | dict.fromkeys(places))
        if self.filter is not None:
            wanted = self.filter.keys
            places = [place for place in places if self.queue.keys[place] in wanted]
        if self.queue.count(QueueMark.NOT_AT_STAGE):
            places = [place for place in places if self.queue.marks[place] != QueueMark.NOT_AT_STAGE]
        self.path = places

    def put_marks(self, marks: Mapping[str, QueueMark]) -> bool:
        """Take over marks that were read; False where a report is new to the queue, which must then be read anew."""
        whole = True
        for key, mark in marks.items():
            place = self.queue.place(key)
            if place is not None:
                self.queue.put(place, mark)
            elif mark is not QueueMark.NOT_AT_STAGE:
                whole = False
        if QueueMark.NOT_AT_STAGE in marks.values():
            here = self.current
            self.lay_path()
            self._stay_at(here)
        return whole

    def _stay_at(self, here: str | None) -> None:
        """Stay with a report; where it is gone, or the end is no longer the end, go to what waits next, never to what is decided."""
        if here is None and self.position >= len(self.path):
            self.position = len(self.path)
        elif here is None or not self.place_at(here):
            self.position = self.next_waiting(min(self.position, len(self.path)))

    @property
    def waits_on_the_way(self) -> bool:
        """Whether a report on the way waits for the reviewer."""
        return self.queue.waiting(self.path, 0) is not None

    def progress(self) -> Progress:
        """Where the reviewer stands."""
        count = self.queue.count
        mine = {verdict: n for verdict, mark in MARK_OF_VERDICT.items() if (n := count(mark))}
        total = len(self.queue) - count(QueueMark.NOT_AT_STAGE)
        return Progress(
            total,
            count(QueueMark.WAITS),
            mine,
            count(QueueMark.SETTLED) + count(QueueMark.OTHERS),
            count(QueueMark.NOT_RETRIEVED),
        )

    def step(self, by: int) -> None:
        """Move by so many places; stops before the first and after the last report."""
        self.position = max(0, min(len(self.path), self.position + by))

    def skip(self) -> bool:
        """Move to the next report that waits; after the end of the list if none does.

        True tells that the last one was passed and the first that waits is shown again.
        """
        before, self.position = self.position, self.next_waiting(self.position + 1)
        return self.current is not None and self.position <= before

    def jump(self, number: int) -> bool:
        """Go to the report with this number, counted from 1 along the path; False where there is none."""
        there = 1 <= number <= len(self.path)
        if there:
            self.position = number - 1
        return there

    def narrow(self, to: QueueFilter | None) -> None:
        """Walk along what was found, or along the whole queue again; the present report stays if it is there."""
        here = self.current
        self.filter = to
        self.lay_path()
        if here is None or not self.place_at(here):
            self.position = self.next_waiting(0)
            if self.current is None:
                self.position = 0

    def arrange(self, order: Sequence[str]) -> None:
        """Walk in the order of these keys, the others after them as they arrived; empty for the order of arrival."""
        here = self.current
        self.order = tuple(order)
        self.lay_path()
        self._stay_at(here)

    def next_waiting(self, start: int) -> int:
        """The first position from `start` on whose report waits, else the first of all; after the end where none does."""
        position = self.queue.waiting(self.path, start)
        if position is None:
            position = self.queue.waiting(self.path, 0)
        return len(self.path) if position is None else position

    def place_at(self, key: str) -> bool:
        """Go to the report that this key represents; False, and nothing moves, where it is not on the way."""
        place = self.queue.place(key)
        if place is None:
            return False
        try:
            self.position = self.path.index(place)
        except ValueError:
            return False
        return True
