"""One reviewer's screening session at one stage: the queue in memory, the place in it, and the commands that move it.

Invariant: a command returns after the store has confirmed it, and only then does the place change; only a vote that is stored beside
the interface moves it before, and moves it back where it is refused. The queue is read whole at the
start and after the rare commands that may touch many reports; a decision refreshes only the report it is about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prisma_tool.errors import DecisionError, PrismaError
from prisma_tool.fulltext.retrieval import Retrieval, retrieve
from prisma_tool.history.overview import StageRest, stage_rest
from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.protocol import CAPTURED, Protocol
from prisma_tool.model.vocabulary import RetrievalStatus, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening import decisions
from prisma_tool.screening.queue import MARK_OF_VERDICT, Queue, QueueMark, current_marks, read_queue
from prisma_tool.screening.queue_filter import matching_keys, parse_queue_query
from prisma_tool.screening.queue_values import QueueReader
from prisma_tool.store.projections import update
from prisma_tool.studies import links
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.queue_cursor import Pace, QueueCursor, QueueFilter
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen, read_first, read_report
from prisma_tool.tui.sessions.resume_point import ResumePoint
from prisma_tool.tui.sessions.similar_records import SimilarRecord, similar_records
from prisma_tool.updates import acknowledgement

PAUSE = timedelta(minutes=5)
"""Who took longer for a decision was away; it does not count for the pace."""


@dataclass(frozen=True, slots=True)
class QueueUpdate:
    """What a screening session read to catch up with others: the whole queue, or the marks of single reports."""

    queue: Queue | None
    marks: Mapping[str, QueueMark]


@dataclass(frozen=True, slots=True, eq=False)
class PendingVote:
    """A verdict that is being stored, and what its report was to the reviewer before."""

    decision: decisions.Decision
    before: QueueMark


class ScreeningSession(QueueCursor):
    """The queue of `reviewer` at `stage`, and all that the reviewer can do about the report at the present place."""

    def __init__(self, review: Review, stage: Stage, reviewer: str, *, ahead: bool = False) -> None:
        """Begin, or with `ahead` read the first report alone where that is quickly known: the session then waits for `begin`."""
        super().__init__()
        self.review, self.stage, self.reviewer = review, stage, reviewer
        self.reader = QueueReader(review, stage, reviewer)
        """Reads what filters ask for and facets count."""
        self.remembered = ResumePoint(review.cache, reviewer)
        self._given: dict[str, Event] = {}
        self.rest = StageRest()
        """What was left at the stage when the end of the queue was last read."""
        self._latest, self._worked, self._decisions = review.store.now(), timedelta(), 0
        self.first = self._read_first() if ahead else None
        """The report at which a session that has not begun will stand. It has no queue yet, so that nothing can be counted."""
        if self.first is None:
            self._begin()

    def begin(self) -> None:
        """Read the queue, and stand at the report that was looked at last, unless that was done before.

        Raises:
            StoreError: the database cannot be read; the session has not begun.
        """
        if self.first is not None:
            self._begin()
            self.first = None

    def _begin(self) -> None:
        self.reload()
        self._resume()

    def _read_first(self) -> ReportOnScreen | None:
        with self.review.store.read() as transaction:
            return read_first(transaction, self.remembered.recall(self.stage), self.stage, self.reviewer)

    @property
    def protocol(self) -> Protocol:
        """The protocol under which the review was opened."""
        return self.review.protocol

    @property
    def takes_reasons(self) -> bool:
        """Whether an exclusion at this stage may name its reason."""
        return self.stage is Stage.FULL_TEXT or self.protocol.screening.title_abstract_reasons

    # Reading the queue

    def reload(self) -> None:
        """Read the whole queue anew; the present report stays if it is still there.

        Raises:
            StoreError: the database cannot be read; the queue is as before.
        """
        self.take(self.read_queue())

    def read_queue(self) -> Queue:
        """The queue as it is now; may be called from another thread.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.review.store.read() as transaction:
            return read_queue(transaction, self.stage, self.reviewer)

    def catch_up(self, changes: Changes) -> QueueUpdate:
        """What the queue needs to know of the news; may be called from another thread.

        Raises:
            StoreError: the database cannot be read.
        """
        return QueueUpdate(self.read_queue(), {}) if changes.whole else QueueUpdate(None, self._marks_now(changes.voted))

    def take_over(self, caught: QueueUpdate) -> None:
        """Go on with what was read.

        Raises:
            StoreError: a report is new to the queue, and the database cannot be read.
        """
        if caught.queue is not None:
            self.take(caught.queue)
        elif not self.put_marks(caught.marks):
            self.reload()

    def _marks_now(self, keys: Collection[str]) -> Mapping[str, QueueMark]:
        if not keys:
            return {}
        with self.review.store.read() as transaction:
            return current_marks(transaction, self.stage, self.reviewer, keys)

    def _refresh_marks(self, keys: Collection[str]) -> None:
        self.revision += 1
        if not self.put_marks(self._marks_now(keys)):
            self.reload()

    def read(self) -> ReportOnScreen | None:
        """The present report with its contents; None after the last one, of which `rest` is read.

        Raises:
            StoreError: the database cannot be read.
        """
        key = self.current
        if key is None:
            with self.review.store.read() as transaction:
                self.rest = stage_rest(transaction, self.stage)
            return None
        with self.review.store.read() as transaction:
            shown = read_report(transaction, key, self.stage, self.reviewer)
        if shown is not None:
            self.remembered.keep(self.stage, key)
        return shown

    def _resume(self) -> None:
        """Begin at the report that was looked at last, or, if that asks nothing more, at the next that waits."""
        if not self.place_at(self.remembered.recall(self.stage)):
            self.position = 0
        if self.mark is not QueueMark.WAITS:
            self.position = self.next_waiting(self.position)

    def find(self, typed: str) -> QueueFilter | None:
        """What the queue would be narrowed to; may be called from another thread. None for what asks nothing.

        Raises:
            UsageError: what was typed cannot be meant.
            StoreError: the database cannot be read.
        """
        asked = parse_queue_query(typed)
        reading = self.reader.read(asked.condition.fields if asked.condition else frozenset())
        with self.review.store.read() as transaction:
            keys = matching_keys(transaction, self.queue, asked, reading)
        return None if keys is None else QueueFilter(typed, frozenset(keys))

    def take_anew(self, queue: Queue) -> None:
        """Go on with a queue that was read anew; who was past the last report is shown the first that waits."""
        at_end = self.current is None
        self.take(queue)
        if at_end:
            self.position = self.next_waiting(0)

    def refresh(self, key: str | None = None) -> bool:
        """Read the queue anew and stay with the present report, or go to that of `key`; False where it is not in the queue.

        Raises:
            StoreError: the database cannot be read; nothing has moved.
        """
        self.take_anew(self.read_queue())
        return True if key is None else self.go_to(key)

    def go_to(self, key: str) -> bool:
        """Go to the report of any of its records; a filter that hides it is lifted. False where it is not in the queue.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.review.store.read() as transaction:
            name = update.clusters_of(transaction, [key]).get(key, key)
        if self.place_at(name):
            return True
        if self.filter is not None and self.queue.place(name) is not None:
            self.narrow(None)
        return self.place_at(name)

    # Commands

    def check_retrieved(self) -> None:
        """Tell, before anything is asked, that the present report cannot be assessed without its full text.

        Raises:
            DecisionError: at full text, the report is marked as not retrieved.
        """
        if self.mark is QueueMark.NOT_RETRIEVED:
            raise DecisionError("This report is marked as not retrieved. Press p if you have it now.")

    def decide(
        self, verdict: Verdict, reason: str = "", answers: Mapping[str, str] | None = None, note: str = ""
    ) -> Event | None:
        """Store a verdict on the present report, then move to the next that waits. None after the last report.

        `answers` are those to the ordered criteria that led to it; `note` is kept with the verdict.

        Raises:
            PrismaError: the rules or the database refuse; nothing was stored and the place is the same.
        """
        if (vote := self.give(verdict, reason, answers, note)) is None:
            return None
        try:
            stored = self.store(vote)
        except PrismaError:
            self.withdraw(vote)
            raise
        self.confirm(vote, stored)
        return stored

    def give(
        self, verdict: Verdict, reason: str = "", answers: Mapping[str, str] | None = None, note: str = ""
    ) -> PendingVote | None:
        """Go on to the next that waits, before the verdict on the present report is stored, and then confirmed or withdrawn.

        Raises:
            DecisionError: the report cannot be assessed; the place is the same.
        """
        key = self.current
        if key is None:
            return None
        self.check_retrieved()
        choice = decisions.Decision(key, self.stage, self.reviewer, verdict, reason, note, answers=answers or {})
        vote = PendingVote(choice, self.mark)
        self._mark(vote, MARK_OF_VERDICT[verdict])
        self.skip()
        return vote

    def store(self, vote: PendingVote) -> Event:
        """Store a vote; may be called from another thread.

        Raises:
            PrismaError: the rules or the database refuse; nothing was stored.
        """
        return decisions.decide(self.review, [vote.decision])[0]

    def confirm(self, vote: PendingVote, stored: Event) -> None:
        """A vote was stored."""
        self._mark(vote, MARK_OF_VERDICT[vote.decision.verdict])
        self._given[stored.id] = stored
        self._count_pace(stored.received)

    def withdraw(self, vote: PendingVote) -> None:
        """A vote was not stored: its report is as before, and the present one again."""
        self._mark(vote, vote.before)
        self.place_at(vote.decision.key)

    def _mark(self, vote: PendingVote, mark: QueueMark) -> None:
        # The queue may have been read anew meanwhile.
        self.revision += 1
        place = self.queue.place(vote.decision.key)
        if place is not None:
            self.queue.put(place, mark)

    def pace(self) -> Pace:
        """How fast this session has gone so far."""
        return Pace(self._decisions, self._worked)

    def _count_pace(self, now: datetime) -> None:
        took, self._latest = now - self._latest, now
        if took < PAUSE:
            self._worked += took
            self._decisions += 1

    def capture(self, through: links.CapturedPublication) -> Event | None:
        """Answer a register entry that is captured through a publication, as the protocol says (counting rule 18).

        "exclude" excludes it as Already captured and keeps the link; "link" makes it one more report of that study and stays.

        Raises:
            PrismaError: the reason is not in the protocol, or the database refuses.
        """
        key = self.current
        if key is None:
            return None
        links.link_to_study_of(self.review, key, through.key, self.reviewer)
        return (
            self.decide(Verdict.EXCLUDE, CAPTURED if self.takes_reasons else "") if self.protocol.captured == "exclude" else None
        )

    def similar_records(self) -> tuple[SimilarRecord, ...]:
        """Records that resemble the present one and are not joined with it, the likest first.

        Raises:
            StoreError: the database cannot be read.
        """
        return similar_records(self.review, self.current) if self.current is not None else ()

    def join(self, other: str) -> None:
        """State that the present report is the same as another record, and show it again with its votes as they now stand.

        Raises:
            PrismaError: the two are together already, or the database refuses.
        """
        from prisma_tool.dedupe import manual

        here = self.current
        if here is not None:
            manual.merge(self.review, here, other, self.reviewer)
            self.refresh(here)

    @property
    def given(self) -> tuple[Event, ...]:
        """The decisions of this sitting that were not taken back here, the latest last."""
        return tuple(self._given.values())

    def is_of_this_sitting(self, vote: Event) -> bool:
        """Whether this decision was given since the application was started."""
        return vote.id in self._given

    def next_undone(self) -> Event | None:
        """The decision that `undo` would take back; None where there is none.

        Raises:
            StoreError: the database cannot be read.
        """
        return decisions.last_decision(self.review, self.reviewer, self.stage)

    def undo(self) -> Event | None:
        """Take back the reviewer's last decision at this stage and move to its report; None where there is none.

        Raises:
            PrismaError: the database refuses; nothing changed.
        """
        taken_back = decisions.undo_last(self.review, self.reviewer, self.stage)
        if taken_back is not None:
            self._go_on_without([taken_back])
        return taken_back

    def undo_several(self, number: int) -> int:
        """Take back the last so many decisions of this sitting, and move to the earliest of them; returns how many those were.

        Raises:
            PrismaError: the database refuses; nothing changed.
        """
        latest = self.given[-number:] if number > 0 else ()
        taken_back = decisions.undo_these(self.review, self.reviewer, latest[::-1])
        self._go_on_without(taken_back)
        return len(taken_back)

    def take_back(self, given: Event) -> bool:
        """Take back this very decision and move to its report; False where it no longer counts.

        Raises:
            PrismaError: the database refuses; nothing changed.
        """
        taken_back = decisions.undo_these(self.review, self.reviewer, [given])
        self._go_on_without(taken_back)
        return bool(taken_back)

    def _go_on_without(self, taken_back: Sequence[Event]) -> None:
        for one in taken_back:
            self._given.pop(one.id, None)
        if taken_back:
            self._refresh_marks([one.subject for one in taken_back])
            self.go_to(taken_back[-1].subject)

    def note(self, text: str) -> None:
        """Keep a remark on the present report.

        Raises:
            PrismaError: an empty note, or the database refuses.
        """
        if self.current is not None:
            decisions.add_note(self.review, self.current, text, self.reviewer, self.stage)

    def acknowledge(self) -> None:
        """Note that the reviewer has seen what changed about the present report and keeps the decision.

        Raises:
            PrismaError: nothing changed, or the database refuses.
        """
        if self.current is not None:
            acknowledgement.acknowledge(self.review, [self.current], self.reviewer)

    def retrieve(self, status: RetrievalStatus, note: str) -> None:
        """Say whether the full text of the present report is at hand. A report that is stays, to be assessed; one that is not gives way to the next.

        Raises:
            PrismaError: the rules or the database refuse.
        """
        key = self.current
        if key is not None:
            retrieve(self.review, [Retrieval(key, status, note=note)], self.reviewer)
            self._refresh_marks([key])
            if status is RetrievalStatus.NOT_RETRIEVED:
                self.skip()
