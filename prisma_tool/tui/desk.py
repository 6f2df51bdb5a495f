"""One reviewer's desk at one stage: the queue in memory, the place in it, and the deeds that move it.

Invariant: a deed returns after the store has confirmed it, and only then does the place change. The queue is read whole at the
start and after the rare deeds that may touch several reports; a decision refreshes only the item it is about.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from prisma_tool.dedupe import by_hand, engine, studies
from prisma_tool.errors import DecisionError
from prisma_tool.model.events import Event, EventKind
from prisma_tool.model.merged import Merged, merged
from prisma_tool.model.protocol import CAPTURED, Protocol
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RetrievalStatus, Stage, Verdict
from prisma_tool.review.review import Review
from prisma_tool.screening import decisions, raising
from prisma_tool.screening.attention import Raised
from prisma_tool.screening.queue import Queued, queue
from prisma_tool.screening.reports import Phase
from prisma_tool.screening.retrieval import Retrieval, retrieve
from prisma_tool.store import history, records
from prisma_tool.store.database import Transaction
from prisma_tool.store.records import StoredRecord


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
class Shown:
    """All that is displayed about one report. `records` begins with the representative.

    `captured` names the publications in the review that report the trial of a register entry. `hidden_notes` counts other reviewers' notes that are held back until the reviewer has decided (counting rule 25).
    `raised` is what changed about the records since the reviewer decided, and was not answered.
    """

    item: Queued
    records: tuple[StoredRecord, ...]
    notes: tuple[Event, ...]
    hidden_notes: int
    retrieval: Event | None
    captured: tuple[studies.Captured, ...] = ()
    raised: tuple[Raised, ...] = ()

    @property
    def view(self) -> Merged:
        """The merged view: the best value of each field, and from which record it comes."""
        return merged(self.records[0].key, {record.key: record.citation for record in self.records})

    @property
    def lacks_results(self) -> bool:
        """True for a register entry whose trial has posted no results."""
        trial = self.records[0].citation.trial
        return trial is not None and not trial.has_results


LIKE_AT_MOST = 9
"""How many like records are offered: as many as have a digit for a key."""


@dataclass(frozen=True, slots=True)
class Like:
    """A record that resembles the present one, and how it is shown in a list."""

    key: str
    label: str


class Desk:
    """The queue of `reviewer` at `stage`. `position == len(items)` is the place after the last report."""

    def __init__(self, review: Review, stage: Stage, reviewer: str) -> None:
        self.review, self.stage, self.reviewer = review, stage, reviewer
        self.items: list[Queued] = []
        self.position = 0
        self.reload()
        self.position = self._next_waiting(0)

    @property
    def protocol(self) -> Protocol:
        """The protocol under which the review was opened."""
        return self.review.protocol

    @property
    def current(self) -> Queued | None:
        """The report at the present place; None after the last one."""
        return self.items[self.position] if self.position < len(self.items) else None

    def reload(self) -> None:
        """Read the whole queue anew; the place stays with its number.

        Raises:
            StoreError: the database cannot be read; the queue is as before.
        """
        with self.review.store.read() as transaction:
            self.items = queue(transaction, self.stage, self.reviewer)
        self.position = min(self.position, len(self.items))

    def progress(self) -> Progress:
        """Where the reviewer stands."""
        verdicts = Counter(Verdict(item.vote.text("verdict")) for item in self.items if item.vote)
        unvoted = [item for item in self.items if not item.vote]
        waiting = sum(item.waits for item in unvoted)
        missing = sum(item.report.phase is Phase.NOT_RETRIEVED for item in unvoted)
        return Progress(len(self.items), waiting, dict(verdicts), len(unvoted) - waiting - missing, missing)

    def read(self) -> Shown | None:
        """The present report with its contents; None after the last one.

        Raises:
            StoreError: the database cannot be read.
        """
        item = self.current
        if item is None:
            return None
        with self.review.store.read() as transaction:
            return _shown(transaction, item, self)

    def step(self, by: int) -> None:
        """Move by so many places; stops before the first and after the last report."""
        self.position = max(0, min(len(self.items), self.position + by))

    def skip(self) -> bool:
        """Move to the next report that waits; after the end of the list if none does.

        True tells that the last one was passed and the first that waits is shown again.
        """
        before, self.position = self.position, self._next_waiting(self.position + 1)
        return self.current is not None and self.position <= before

    def check_retrieved(self) -> None:
        """Tell, before anything is asked, that the present report cannot be assessed without its full text.

        Raises:
            DecisionError: at full text, the report is marked as not retrieved.
        """
        here = self.current
        if here and self.stage is Stage.FULL_TEXT and here.report.phase is Phase.NOT_RETRIEVED:
            raise DecisionError("This report is marked as not retrieved. Press r if you have it now.")

    def decide(self, verdict: Verdict, reason: str = "") -> Event | None:
        """Store a verdict on the present report, then move to the next that waits. None after the last report.

        Raises:
            PrismaError: the rules or the database refuse; nothing was stored and the place is the same.
        """
        item = self.current
        if item is None:
            return None
        self.check_retrieved()
        choice = decisions.Choice(item.key, self.stage, self.reviewer, verdict, reason)
        stored = decisions.decide(self.review, [choice])[0]
        self.items[self.position] = replace(item, vote=stored, waits=False)
        self.skip()
        return stored

    def capture(self, through: studies.Captured) -> Event | None:
        """Answer a register entry that is captured through a publication, as the protocol says (counting rule 18).

        "exclude" excludes it as Already captured and keeps the link; "link" makes it one more report of that study and stays.

        Raises:
            PrismaError: the reason is not in the protocol, or the database refuses.
        """
        item = self.current
        if item is None:
            return None
        studies.link_to_study_of(self.review, item.key, through.key, self.reviewer)
        return self.decide(Verdict.EXCLUDE, CAPTURED) if self.protocol.captured == "exclude" else None

    def alike(self) -> tuple[Like, ...]:
        """Records that resemble the present one and are not joined with it, the likest first.

        Raises:
            StoreError: the database cannot be read.
        """
        item = self.current
        if item is None:
            return ()
        near = engine.neighbours(self.review, item.key)[:LIKE_AT_MOST]
        keys = {pair.b if pair.a == item.key else pair.a: pair.comparison for pair in near}
        with self.review.store.read() as transaction:
            held = records.records_by_key(transaction, keys)
        return tuple(Like(key, _like_label(held[key], found.likeness)) for key, found in keys.items())

    def join(self, other: str) -> None:
        """State that the present report is the same as another record, and show it again with its votes as they now stand.

        Raises:
            PrismaError: the two are together already, or the database refuses.
        """
        item = self.current
        if item is not None:
            by_hand.merge(self.review, item.key, other, self.reviewer)
            self.reload()
            self._go_to(item.key)

    def undo(self) -> Event | None:
        """Take back the reviewer's last decision at this stage and move to its report; None where there is none.

        Raises:
            PrismaError: the database refuses; nothing changed.
        """
        taken_back = decisions.undo_last(self.review, self.reviewer, self.stage)
        if taken_back is not None:
            self.reload()
            self._go_to(taken_back.subject)
        return taken_back

    def note(self, text: str) -> None:
        """Keep a remark on the present report.

        Raises:
            PrismaError: an empty note, or the database refuses.
        """
        if self.current is not None:
            decisions.add_note(self.review, self.current.key, text, self.reviewer)

    def acknowledge(self) -> None:
        """Note that the reviewer has seen what changed about the present report and keeps the decision.

        Raises:
            PrismaError: nothing changed, or the database refuses.
        """
        if self.current is not None:
            raising.acknowledge(self.review, [self.current.key], self.reviewer)

    def refresh(self, key: str | None = None) -> bool:
        """Read the queue anew and stay with the present report, or go to that of `key`; False where it is not in the queue.

        Raises:
            StoreError: the database cannot be read; nothing has moved.
        """
        wanted = key or (self.current.key if self.current else None)
        at_end = self.current is None
        self.reload()
        if wanted is not None:
            return self._go_to(wanted)
        if at_end:
            self.position = self._next_waiting(0)
        return True

    def retrieve(self, status: RetrievalStatus, note: str) -> None:
        """Say whether the full text of the present report is at hand. A report that is stays, to be assessed; one that is not gives way to the next.

        Raises:
            PrismaError: the rules or the database refuse.
        """
        item = self.current
        if item is not None:
            retrieve(self.review, [Retrieval(item.key, status, note=note)], self.reviewer)
            self.reload()
            self._go_to(item.key)
            if status is RetrievalStatus.NOT_RETRIEVED:
                self.skip()

    def _next_waiting(self, start: int) -> int:
        order = [*range(start, len(self.items)), *range(min(start, len(self.items)))]
        return next((place for place in order if self.items[place].waits), len(self.items))

    def _go_to(self, key: str) -> bool:
        places = (n for n, item in enumerate(self.items) if any(record.key == key for record in item.report.records))
        place = next(places, None)
        self.position = self.position if place is None else place
        return place is not None


def _like_label(record: StoredRecord, likeness: float) -> str:
    year = f", {record.citation.year}" if record.citation.year else ""
    return f"{one_line(record.citation.title) or '(no title)'}{year} ({record.key}; title {likeness:.0f} % alike)"


def _shown(transaction: Transaction, item: Queued, desk: Desk) -> Shown:
    keys = [record.key for record in item.report.records]
    held = records.records_by_key(transaction, keys)
    ordered = sorted(held.values(), key=lambda record: (record.key != item.key, keys.index(record.key)))
    notes = list(history.events(transaction, kinds=[EventKind.NOTE], subjects=keys))
    seen = [note for note in notes if not _held_back(note, item, desk)]
    return Shown(
        item=item,
        records=tuple(ordered),
        notes=tuple(seen),
        hidden_notes=len(notes) - len(seen),
        retrieval=_retrieval(transaction, keys, desk.stage),
        captured=tuple(studies.captured_through(transaction, ordered[0])),
        raised=_raised(transaction, keys, desk),
    )


def _raised(transaction: Transaction, keys: list[str], desk: Desk) -> tuple[Raised, ...]:
    """What changed since the reviewer decided; what changed under others' votes alone is not this reviewer's to answer."""
    found = raising.raised_about(transaction, keys)
    return tuple(one for one in found if desk.reviewer in one.waiting or not one.waiting)


def _held_back(note: Event, item: Queued, desk: Desk) -> bool:
    """Another reviewer's note may tell that reviewer's vote, which is hidden until one has voted (counting rule 25)."""
    return desk.protocol.screening.blind and item.vote is None and note.reviewer != desk.reviewer


def _retrieval(transaction: Transaction, keys: list[str], stage: Stage) -> Event | None:
    if stage is Stage.TITLE_ABSTRACT:
        return None
    told = history.events(transaction, kinds=[EventKind.RETRIEVAL], subjects=keys)
    return max(told, key=lambda event: (event.at, event.id), default=None)
