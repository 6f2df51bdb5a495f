"""What of the reports of a queue a filter asks for and facets count: both read the same values.

Invariant: nothing of others' votes is in it (counting rule 25): state and reason are the reviewer's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from prisma_tool.model.vocabulary import Stage
from prisma_tool.records.browse import ContinueSearch
from prisma_tool.records.facets import FACETS, FacetCount, FacetCounts, Facets, Values, counted, value_of
from prisma_tool.reports.state import Phase
from prisma_tool.review.open_review import Review
from prisma_tool.screening.queue import Queue, QueueMark
from prisma_tool.store.queues import queues

STATES: Mapping[str, QueueMark] = {
    "undecided": QueueMark.WAITS,
    "to-get": QueueMark.WAITS,
    "to-assess": QueueMark.WAITS,
    "include": QueueMark.INCLUDED,
    "exclude": QueueMark.EXCLUDED,
    "maybe": QueueMark.MAYBE,
    "ongoing": QueueMark.ONGOING,
    "awaiting": QueueMark.AWAITING,
    "settled": QueueMark.SETTLED,
    "not-retrieved": QueueMark.NOT_RETRIEVED,
}
"""What a report can be to its reviewer, as `is:` asks for it; a full text that is undecided is to be got first, or to be assessed."""
_WORD = {mark: word for word, mark in STATES.items() if word not in ("to-get", "to-assess")}
_OF_RECORDS = ("label", "source", "year", "type")
FIELDS: Mapping[str, str] = {"is": "Your decision", "reason": "Your reason", **{name: FACETS[name] for name in _OF_RECORDS}}
"""The fields of a queue, with the headings of their facets."""


@dataclass(frozen=True, slots=True)
class QueueReading:
    """What was read of the reports at a stage: the values of their records, and the labels of the reasons of the reviewer's own votes, by key."""

    stage: Stage
    of_records: Mapping[str, Values] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    def values(self, key: str, mark: QueueMark, name: str) -> tuple[str, ...]:
        """What a report with this mark has for a field."""
        if name == "is":
            return self._states(key, mark)
        if name == "reason":
            return (self.reasons[key],) if mark is QueueMark.EXCLUDED and self.reasons.get(key) else ()
        return value_of(self.of_records[key], name) if key in self.of_records else ()

    def _states(self, key: str, mark: QueueMark) -> tuple[str, ...]:
        words = (_WORD[mark],) if mark in _WORD else ()
        if mark is not QueueMark.WAITS or self.stage is not Stage.FULL_TEXT or key not in self.of_records:
            return words
        seeks = Phase.SEEKING.value in value_of(self.of_records[key], "phase")
        return (*words, "to-get" if seeks else "to-assess")

    def states(self, queue: Queue, path: Sequence[int]) -> Sequence[FacetCount]:
        """The counts of the states along a path, in the order in which a report comes to them."""
        if self.stage is Stage.FULL_TEXT:
            last = (self._states(queue.keys[place], QueueMark(queue.marks[place]))[-1:] for place in path)
            counts = Counter(word for words in last for word in words)
        else:
            marks = Counter(queue.marks[place] for place in path)
            counts = Counter({word: marks[mark] for mark, word in _WORD.items()})
        return [FacetCount(word, counts[word]) for word in STATES if counts[word]]

    def counts(self, queue: Queue, path: Sequence[int]) -> FacetCounts:
        """The counts of all other fields along a path."""
        pairs = [(queue.keys[place], QueueMark(queue.marks[place])) for place in path]
        return {name: counted(name, [self.values(key, mark, name) for key, mark in pairs]) for name in FIELDS if name != "is"}


class QueueReader:
    """Reads what is asked of a reviewer's queue at a stage; what is read of records is kept until something is stored."""

    def __init__(self, review: Review, stage: Stage, reviewer: str) -> None:
        self.review, self.stage, self.reviewer = review, stage, reviewer
        self._facets = Facets(review)

    def read(self, fields: AbstractSet[str], goes_on: ContinueSearch = lambda _: True) -> QueueReading:
        """What these fields need; may be called from another thread.

        Raises:
            StoreError: the review cannot be read.
        """
        asks_for_text = "is" in fields and self.stage is Stage.FULL_TEXT
        of_records = self._facets.by_report(goes_on) if asks_for_text or not fields.isdisjoint(_OF_RECORDS) else {}
        return QueueReading(self.stage, of_records, self._reasons() if "reason" in fields else {})

    def _reasons(self) -> Mapping[str, str]:
        with self.review.store.read() as transaction:
            reasons = queues.own_reasons(transaction, self.stage, self.reviewer)
            return {key: transaction.protocol.reason_label(reason) for key, reason in reasons.items() if reason}
