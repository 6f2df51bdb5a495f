"""One reviewer's uncertain pairs: the list in memory, the place in it, and the answers that shorten it.

Invariant: an answer returns after the store has confirmed it, and only then does the place change. The list is always the one of
`dedupe.manual`: after every answer it is read anew, so that pairs which the answer settled along the way are gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from prisma_tool.dedupe import manual
from prisma_tool.dedupe.compare import Comparison, compare
from prisma_tool.dedupe.manual import Uncertain
from prisma_tool.dedupe.normalise import normalise
from prisma_tool.dedupe.run import DedupeReport, standing_report
from prisma_tool.model.log.events import Event
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.records import clusters, records
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.tui.sessions.queue_cursor import Progress

SAME, DIFFERENT, SPLIT = "same", "different", "taken out"


@dataclass(frozen=True, slots=True)
class Side:
    """One record of a pair, and the records that are one report with it already."""

    record: StoredRecord
    others: tuple[StoredRecord, ...]

    @property
    def members(self) -> tuple[StoredRecord, ...]:
        """The whole cluster, this record first."""
        return (self.record, *self.others)


@dataclass(frozen=True, slots=True)
class Objection:
    """Two records that "same" would join as well, and the rule that calls them different."""

    a: str
    b: str
    rule: str


@dataclass(frozen=True, slots=True)
class Pair:
    """All that is displayed about a pair: the engine's reason when it asked, and its findings on the contents as they are now.

    `against` are the other pairs between the two clusters that the rules hold for two reports: calling this one the same would
    join them too.
    """

    a: Side
    b: Side
    reason: str
    comparison: Comparison
    against: tuple[Objection, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A record of one of the two clusters with the standing verdicts about it; `a` or `b` is the cluster's side."""

    side: str
    record: StoredRecord
    verdicts: tuple[Event, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer of this sitting; what it stated was stored in so many breaths, each of which `undo_last` takes back as one."""

    name: str
    breaths: int


class Pairs:
    """The pairs that wait for `reviewer`. `position == len(items)` is the place after the last."""

    def __init__(self, review: Review, reviewer: str) -> None:
        self.review, self.reviewer = review, reviewer
        self.items: list[Uncertain] = []
        self.position = 0
        self._answers: list[_Answer] = []
        self.reload()

    @property
    def current(self) -> Uncertain | None:
        """The pair at the present place; None after the last."""
        return self.items[self.position] if self.position < len(self.items) else None

    @property
    def answered(self) -> Counter[str]:
        """The answers of this sitting that stand, by name."""
        return Counter(answer.name for answer in self._answers)

    def progress(self) -> Progress:
        """Answers of this sitting against the pairs that still wait."""
        done = self.answered[SAME] + self.answered[DIFFERENT]
        return Progress(len(self.items) + done, len(self.items), {}, done, 0)

    def reload(self) -> None:
        """Read the list anew; the place moves to the first pair, from the present one on, that still waits.

        Raises:
            StoreError: the database cannot be read; the list is as before.
        """
        ahead = [(pair.a, pair.b) for pair in self.items[self.position :]]
        at_end = bool(self.items) and not ahead
        self.items = manual.uncertain_pairs(self.review)
        places = {(pair.a, pair.b): place for place, pair in enumerate(self.items)}
        still = [places[names] for names in ahead if names in places]
        self.position = still[0] if still else len(self.items) if ahead or at_end else 0

    def read(self) -> Pair | None:
        """The present pair with its contents; None after the last.

        Raises:
            StoreError: the database cannot be read.
        """
        here = self.current
        if here is None:
            return None
        with self.review.store.read() as transaction:
            a, b = (_side(transaction, key) for key in (here.a, here.b))
        return Pair(a, b, here.reason, _compared(a.record, b.record), tuple(_against(a, b)))

    def standing(self) -> DedupeReport:
        """What deduplication has come to.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.review.store.read() as transaction:
            return standing_report(transaction)

    def step(self, by: int) -> None:
        """Move by so many places; stops before the first and after the last pair."""
        self.position = max(0, min(len(self.items), self.position + by))

    def skip(self) -> None:
        """Leave the pair for later: move to the next, and from the end of the list to its beginning."""
        self.position = 0 if self.current is None else self.position + 1

    def same(self) -> None:
        """State that the present pair is one report.

        Raises:
            PrismaError: the rules or the database refuse; nothing was stored and the place is the same.
        """
        here = self.current
        if here is not None:
            manual.merge(self.review, here.a, here.b, self.reviewer)
            self._settled(SAME, 1)

    def different(self) -> None:
        """State that the present pair is two reports, for every pair that asks about the same two reports.

        Raises:
            PrismaError: the rules or the database refuse; nothing was stored.
        """
        here = self.current
        if here is None:
            return
        manual.not_duplicates(self.review, [(here.a, here.b), *self._same_question(here)], self.reviewer)
        self._answers.append(_Answer(DIFFERENT, 1))
        self.reload()

    def split(self, key: str) -> list[str]:
        """Take a record out of its cluster; returns the keys it was with.

        Raises:
            PrismaError: the record stands alone, or the database refuses; nothing was stored.
        """
        others = manual.split(self.review, key, self.reviewer)
        self._settled(SPLIT, 1)
        return others

    def undo(self) -> list[Event]:
        """Take back the reviewer's last answer, also one of an earlier sitting, and move to its pair; empty where there is none.

        Raises:
            PrismaError: the database refuses.
        """
        breaths = self._answers[-1].breaths if self._answers else 1
        taken_back = [event for _ in range(breaths) for event in manual.undo_last(self.review, self.reviewer)]
        del self._answers[-1:]
        self.reload()
        named = {(event.subject, event.text("other")) for event in taken_back}
        places = (place for place, pair in enumerate(self.items) if (pair.a, pair.b) in named)
        self.position = next(places, self.position)
        return taken_back

    def members(self) -> list[Member]:
        """The records of both clusters of the present pair, each with the verdicts about it.

        Raises:
            StoreError: the database cannot be read.
        """
        here = self.current
        if here is None:
            return []
        with self.review.store.read() as transaction:
            sides = [(name, _side(transaction, key)) for name, key in (("A", here.a), ("B", here.b))]
            return [_member(transaction, name, side, record) for name, side in sides for record in side.members]

    def _same_question(self, here: Uncertain) -> list[tuple[str, str]]:
        """The other waiting pairs between the two clusters of this one."""
        with self.review.store.read() as transaction:
            name = update.clusters_of(transaction, {key for pair in self.items for key in (pair.a, pair.b)})
        clusters_here = {name[here.a], name[here.b]}
        others = (pair for pair in self.items if (pair.a, pair.b) != (here.a, here.b))
        return [(pair.a, pair.b) for pair in others if {name.get(pair.a), name.get(pair.b)} == clusters_here]

    def _settled(self, name: str, breaths: int) -> None:
        self._answers.append(_Answer(name, breaths))
        self.reload()


def _side(transaction: Transaction, key: str) -> Side:
    name = update.clusters_of(transaction, [key])[key]
    keys = update.members_of(transaction, [name])[name]
    held = records.records_by_key(transaction, keys)
    return Side(held[key], _ordered(record for record in held.values() if record.key != key))


def _compared(a: StoredRecord, b: StoredRecord) -> Comparison:
    left, right = (normalise(record.key, record.source, record.citation) for record in (a, b))
    return compare(left, right)


def _against(a: Side, b: Side) -> Iterator[Objection]:
    for left, right in product(a.members, b.members):
        comparison = _compared(left, right)
        if comparison.verdict is DuplicateVerdict.DIFFERENT and (left, right) != (a.record, b.record):
            yield Objection(left.key, right.key, comparison.rule)


def _ordered(members: Iterable[StoredRecord]) -> tuple[StoredRecord, ...]:
    return tuple(sorted(members, key=lambda record: (not record.is_representative, record.key)))


def _member(transaction: Transaction, name: str, side: Side, record: StoredRecord) -> Member:
    told = tuple(clusters.verdicts_about(transaction, record.key))
    return Member(name, record, told, alone=not side.others)
