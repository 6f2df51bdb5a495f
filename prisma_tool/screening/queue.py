"""The order in which a reviewer meets reports at a stage, and what still waits.

A queue holds one key and one mark a report, so that a hundred thousand of them are read in a fraction of a second; the report itself is
read when it is shown. Invariant: a mark is what `mark_of` says of the report, whichever way it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from prisma_tool.model.log.events import Event
from prisma_tool.model.log.fold import newest
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage, Verdict
from prisma_tool.reports.owed_votes import asks_for_all, duties
from prisma_tool.reports.state import Phase, Report, at_stage, reports_of
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import queues
from prisma_tool.store.records import record_events


class Mark(IntEnum):
    """What a report in the queue is to its reviewer: it waits, has the reviewer's own verdict, or asks nothing."""

    WAITS = 0
    INCLUDED = 1
    EXCLUDED = 2
    MAYBE = 3
    ONGOING = 4
    AWAITING = 5
    SETTLED = 6
    """Decided without this reviewer."""
    NOT_RETRIEVED = 7
    """Waits for a full text that could not be had."""
    GONE = 8
    """Not at this stage any more: joined with another report, or taken out."""
    OTHERS = 9
    """Waits for others: it is not in this reviewer's share, or a pilot round comes first."""


OWN = {
    Verdict.INCLUDE: Mark.INCLUDED,
    Verdict.EXCLUDE: Mark.EXCLUDED,
    Verdict.MAYBE: Mark.MAYBE,
    Verdict.ONGOING: Mark.ONGOING,
    Verdict.AWAITING: Mark.AWAITING,
}
_OWN: dict[str, Mark] = {verdict.value: mark for verdict, mark in OWN.items()}
_OPEN = frozenset({OutcomeState.PENDING.value, ""})


class Queue:
    """All reports of a stage, decided ones included so that one can go back: their keys and marks, in the order of arrival."""

    def __init__(self, keys: list[str], found: Iterable[Mark]) -> None:
        self.keys, self.marks = keys, bytearray(found)
        self._counts = [self.marks.count(mark) for mark in Mark]
        self._places: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def place(self, key: str) -> int | None:
        """The place of the report that this key represents."""
        if self._places is None:
            self._places = {known: place for place, known in enumerate(self.keys)}
        return self._places.get(key)

    def count(self, mark: Mark) -> int:
        """How many reports have this mark."""
        return self._counts[mark]

    def put(self, place: int, mark: Mark) -> None:
        """Set the mark of one report."""
        self._counts[self.marks[place]] -= 1
        self._counts[mark] += 1
        self.marks[place] = mark

    def waiting(self, lane: Sequence[int], start: int) -> int | None:
        """The first position of `lane`, a sequence of places, from `start` on whose report waits; None where none does."""
        if isinstance(lane, range):
            place = self.marks.find(Mark.WAITS, start)
            return None if place < 0 else place
        return next((position for position in range(start, len(lane)) if self.marks[lane[position]] == Mark.WAITS), None)


@dataclass(frozen=True, slots=True)
class Queued:
    """A report at a stage, as one reviewer sees it: the reviewer's own vote, if any, and whether it still wants one."""

    report: Report
    vote: Event | None
    waits: bool

    @property
    def key(self) -> str:
        """The representative's key, under which the report is shown."""
        return self.report.key


def mark_of(report: Report, verdict: str | None, stage: Stage, *, asked: bool = True) -> Mark:
    """What a report is to a reviewer whose own verdict at the stage is `verdict`, and of whom an open one is `asked` or not."""
    if not at_stage(report, stage):
        return Mark.GONE
    if verdict is not None:
        return _OWN[verdict]
    if stage is Stage.FULL_TEXT and report.phase is Phase.NOT_RETRIEVED:
        return Mark.NOT_RETRIEVED
    if report.at(stage) not in (None, OutcomeState.PENDING):
        return Mark.SETTLED
    return Mark.WAITS if asked else Mark.OTHERS


def read_queue(transaction: Transaction, stage: Stage, reviewer: str) -> Queue:
    """The queue of a reviewer at a stage, in the order in which the reports arrived."""
    own = queues.own_verdicts(transaction, stage, reviewer)
    states = queues.outcome_states(transaction, Stage.TITLE_ABSTRACT)
    there = queues.arrivals(transaction)
    asked = _asked(transaction, stage, reviewer)
    if stage is Stage.TITLE_ABSTRACT:
        return _of_titles(there, own, states, queues.removed(transaction, states), transaction.protocol, asked)
    sought = [key for key, left in there if not left or states.get(key) in (OutcomeState.INCLUDE, OutcomeState.MAYBE)]
    found = reports_of(transaction, sought)
    marked = {key: mark_of(report, own.get(key), stage, asked=asked(key)) for key, report in found.items()}
    kept = [key for key in sought if marked[key] is not Mark.GONE]
    return Queue(kept, [marked[key] for key in kept])


Asked = Callable[[str], bool]
"""Whether an open report of this key wants the vote of the reviewer whose queue it is."""


def _asked(transaction: Transaction, stage: Stage, reviewer: str, keys: Collection[str] | None = None) -> Asked:
    if asks_for_all(transaction, stage, reviewer):
        return lambda _key: True
    asked = duties(transaction, stage, reviewer, keys)
    return lambda key: reviewer in asked.asks(key)


def _of_titles(
    there: list[tuple[str, bool]],
    own: dict[str, str],
    states: dict[str, str],
    removed: set[str],
    protocol: Protocol,
    asked: Asked,
) -> Queue:
    """`mark_of` for all reports at once: of a title nothing but column, removal, outcome and own vote matters."""
    everyone = protocol.screening.screen_other_methods
    keys = [key for key, left in there if (left or everyone or key in states) and key not in removed]

    def mark(key: str) -> Mark:
        if (verdict := own.get(key)) is not None:
            return _OWN[verdict]
        if states.get(key, "") not in _OPEN:
            return Mark.SETTLED
        return Mark.WAITS if asked(key) else Mark.OTHERS

    return Queue(keys, map(mark, keys))


def marks_now(transaction: Transaction, stage: Stage, reviewer: str, keys: Collection[str]) -> dict[str, Mark]:
    """The marks that the reports of these keys have now, by the key that represents each; costs no more than those reports.

    A key that represents no report any more is there too, as gone.
    """
    found = {report.key: report for report in reports_of(transaction, keys).values()}
    asked = _asked(transaction, stage, reviewer, found)
    marked = {key: _queued(transaction, report, stage, reviewer, asked)[1] for key, report in found.items()}
    return dict.fromkeys(set(keys) - marked.keys(), Mark.GONE) | marked


def queued(transaction: Transaction, stage: Stage, reviewer: str, key: str) -> Queued | None:
    """The report of a key as a reviewer sees it now; None where the key is unknown."""
    report = reports_of(transaction, [key]).get(key)
    if report is None:
        return None
    return _queued(transaction, report, stage, reviewer, _asked(transaction, stage, reviewer, [report.key]))[0]


def _queued(transaction: Transaction, report: Report, stage: Stage, reviewer: str, asked: Asked) -> tuple[Queued, Mark]:
    votes = record_events.votes_on(transaction, [record.key for record in report.records])
    vote = newest(one for one in votes if one.reviewer == reviewer and one.stage == stage)
    mark = mark_of(report, vote.text("verdict") if vote else None, stage, asked=asked(report.key))
    return Queued(report, vote, waits=mark is Mark.WAITS), mark
