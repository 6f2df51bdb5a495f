"""One reviewer's uncertain pairs of records, then the least certain joined ones, and the answers that shorten their lists.

Invariant: an answer returns after the store has confirmed it, and only then does the position change. The list is always the one of
`dedupe.manual`: after every answer it is read anew, so that pairs which the answer settled along the way are gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from prisma_tool.dedupe import manual
from prisma_tool.dedupe.compare import Comparison, compare, examine
from prisma_tool.dedupe.joined.least_certain import least_certain
from prisma_tool.dedupe.manual import Uncertain
from prisma_tool.dedupe.normalise import normalise
from prisma_tool.dedupe.run import DedupeReport, current_report
from prisma_tool.errors import PrismaError
from prisma_tool.model.log.events import Event
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.records import clusters, records
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.tui.sessions.seen_joins import SeenJoins
from prisma_tool.tui.sessions.settle_session import SettleSession

SAME, DIFFERENT, SPLIT = "same", "different", "taken out"
STAYS, SEPARATED = "the join stays", "separated"


@dataclass(frozen=True, slots=True)
class PairSide:
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
class PairDetails:
    """All that is displayed about a pair: why it is asked about, and the engine's findings on the contents as they are now.

    `joined` says that the two are one report already, and the question is whether they stay so. `against` are the other pairs between the two clusters that the rules hold for two reports: calling this one the same would
    join them too.
    """

    a: PairSide
    b: PairSide
    reason: str
    comparison: Comparison
    against: tuple[Objection, ...] = ()
    joined: bool = False


@dataclass(frozen=True, slots=True)
class ClusterRecord:
    """A record of one of the two clusters with the verdicts about it that are in force; `a` or `b` is the cluster's side."""

    side: str
    record: StoredRecord
    verdicts: tuple[Event, ...]
    alone: bool


class DuplicatesSession(SettleSession[Uncertain, PairDetails, str]):
    """The pairs that wait for `reviewer`: the uncertain ones, or, where `shows_joined`, the joined ones that least speaks for."""

    def __init__(self, review: Review, reviewer: str, seen: SeenJoins | None = None) -> None:
        self.shows_joined = False
        self._seen = seen or SeenJoins(review.cache, reviewer)
        super().__init__(review, reviewer)

    def switch(self) -> None:
        """Go to the beginning of the other list. Whoever goes to the joined pairs has seen that there are some.

        Raises:
            StoreError: the list cannot be read; then the list is the one before.
        """
        self.shows_joined = not self.shows_joined
        try:
            items = self.list_items()
        except PrismaError:
            self.shows_joined = not self.shows_joined
            raise
        self.take(items, 0)
        if self.shows_joined:
            self._keep_seen()

    def _keep_seen(self) -> None:
        with self.review.store.read() as transaction:
            self._seen.keep(max((pair.since for pair in least_certain(transaction)), default=0))

    @property
    def answered(self) -> Counter[str]:
        """The answers of this session that are in force, by name."""
        return Counter(self.answers)

    @property
    def settled(self) -> int:
        """How many pairs of the present list were answered in this session."""
        return sum(self.answered[name] for name in ((STAYS, SEPARATED) if self.shows_joined else (SAME, DIFFERENT)))

    def identity(self, item: Uncertain) -> tuple[str, str]:
        """A pair is its two keys."""
        return item.a, item.b

    def list_items(self) -> list[Uncertain]:
        """All pairs of the present list."""
        return manual.least_certain_pairs(self.review) if self.shows_joined else manual.uncertain_pairs(self.review)

    def read_item(self, item: Uncertain) -> PairDetails:
        """The pair with its contents."""
        with self.review.store.read() as transaction:
            a, b = (_side(transaction, key) for key in (item.a, item.b))
        if b.record in a.others:
            left, right = _without(a, b.record), _without(b, a.record)
            return PairDetails(left, right, item.reason, _examined(a.record, b.record), joined=True)
        return PairDetails(a, b, item.reason, _compared(a.record, b.record), tuple(_against(a, b)))

    def deduplication(self) -> DedupeReport:
        """What deduplication has come to.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.review.store.read() as transaction:
            return current_report(transaction)

    def not_compared(self) -> int:
        """How many records have come since the last comparison.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.review.store.read() as transaction:
            return len(clusters.waiting_keys(transaction))

    def skip(self) -> None:
        """Leave the pair for later: move to the next, and from the end of the list to its beginning."""
        self.position = 0 if self.current is None else self.position + 1

    def same(self) -> None:
        """State that the present pair is one report: join it, or confirm its join.

        Raises:
            PrismaError: the rules or the database refuse; nothing was stored and the position is the same.
        """
        pair = self.current
        if pair is not None and self.shows_joined:
            manual.confirm(self.review, pair.a, pair.b, self.reviewer)
            self._stored(STAYS)
        elif pair is not None:
            manual.merge(self.review, pair.a, pair.b, self.reviewer)
            self._stored(SAME)

    def different(self) -> None:
        """State that the present pair is two reports, for every pair that asks about the same two reports.

        Raises:
            PrismaError: the rules or the database refuse; nothing was stored.
        """
        pair = self.current
        if pair is not None and self.shows_joined:
            manual.not_duplicate(self.review, pair.a, pair.b, self.reviewer)
            self._stored(SEPARATED)
        elif pair is not None:
            manual.not_duplicates(self.review, self._same_question(pair), self.reviewer)
            self._stored(DIFFERENT)

    def standing(self, *keys: str) -> list[tuple[str, ...]]:
        """The clusters in which these records (by key) stand now, as the store has them, each once.

        Raises:
            StoreError: the database cannot be read.
        """
        return list(dict.fromkeys(tuple(manual.explain(self.review, key)[0]) for key in keys))

    def split(self, key: str) -> list[str]:
        """Take a record out of its cluster; returns the keys it was with.

        Raises:
            PrismaError: the record stands alone, or the database refuses; nothing was stored.
        """
        others = manual.split(self.review, key, self.reviewer)
        self._stored(SPLIT)
        return others

    def _stored(self, answer: str) -> None:
        self.answers.append(answer)
        self.reload()

    def undo(self) -> list[Event]:
        """Take back the reviewer's last answer, also one of an earlier session, and go to its pair; empty where there is none.

        Raises:
            PrismaError: the database refuses.
        """
        taken_back = manual.undo_last(self.review, self.reviewer)
        del self.answers[-1:]
        self.reload()
        self.go_to(*((event.subject, event.text("other")) for event in taken_back))
        return taken_back

    def members(self) -> list[ClusterRecord]:
        """The records of both clusters of the present pair, each with the verdicts about it.

        Raises:
            StoreError: the database cannot be read.
        """
        pair = self.current
        if pair is None:
            return []
        with self.review.store.read() as transaction:
            sides = [(name, _side(transaction, key)) for name, key in (("A", pair.a), ("B", pair.b))]
            return [_member(transaction, name, side, record) for name, side in sides for record in side.members]

    def _same_question(self, pair: Uncertain) -> list[tuple[str, str]]:
        """This pair, and the other waiting pairs between its two clusters."""
        with self.review.store.read() as transaction:
            clusters_by_key = update.clusters_of(transaction, {key for item in self.items for key in (item.a, item.b)})
        asked = {clusters_by_key[pair.a], clusters_by_key[pair.b]}
        others = (item for item in self.items if (item.a, item.b) != (pair.a, pair.b))
        same = ((item.a, item.b) for item in others if {clusters_by_key.get(item.a), clusters_by_key.get(item.b)} == asked)
        return [(pair.a, pair.b), *same]


def _side(transaction: Transaction, key: str) -> PairSide:
    name = update.clusters_of(transaction, [key])[key]
    keys = update.members_of(transaction, [name])[name]
    members = records.records_by_key(transaction, keys)
    return PairSide(members[key], _ordered(record for record in members.values() if record.key != key))


def _without(side: PairSide, record: StoredRecord) -> PairSide:
    return PairSide(side.record, tuple(other for other in side.others if other.key != record.key))


def _compared(a: StoredRecord, b: StoredRecord) -> Comparison:
    return compare(*(normalise(record.key, record.source, record.citation) for record in (a, b)))


def _examined(a: StoredRecord, b: StoredRecord) -> Comparison:
    return examine(*(normalise(record.key, record.source, record.citation) for record in (a, b)))


def _against(a: PairSide, b: PairSide) -> Iterator[Objection]:
    for left, right in product(a.members, b.members):
        comparison = _compared(left, right)
        if comparison.verdict is DuplicateVerdict.DIFFERENT and (left, right) != (a.record, b.record):
            yield Objection(left.key, right.key, comparison.rule)


def _ordered(members: Iterable[StoredRecord]) -> tuple[StoredRecord, ...]:
    return tuple(sorted(members, key=lambda record: (not record.is_representative, record.key)))


def _member(transaction: Transaction, name: str, side: PairSide, record: StoredRecord) -> ClusterRecord:
    verdicts = tuple(clusters.verdicts_about(transaction, record.key))
    return ClusterRecord(name, record, verdicts, alone=not side.others)
