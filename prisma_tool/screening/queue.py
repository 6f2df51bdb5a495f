"""The order in which a reviewer meets reports at a stage, and what still waits.

A queue holds one key and one mark a report, so that a hundred thousand of them are read in a fraction of a second; the report itself is
read when it is shown. Invariant: a mark is what `mark_of` says of the report, whichever way it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from prisma_tool.model.log.events import Event
from prisma_tool.model.log.fold import newest
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage, Verdict
from prisma_tool.reports.owed_votes import is_owed_everything, owed_votes
from prisma_tool.reports.state import Phase, Report, at_stage, reports_of
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import queues
from prisma_tool.store.records import record_events


class QueueMark(IntEnum):
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
    NOT_AT_STAGE = 8
    """Not at this stage any more: joined with another report, or taken out."""
    OTHERS = 9
    """Waits for others: it is not in this reviewer's share, or a pilot round comes first."""


MARK_OF_VERDICT = {
    Verdict.INCLUDE: QueueMark.INCLUDED,
    Verdict.EXCLUDE: QueueMark.EXCLUDED,
    Verdict.MAYBE: QueueMark.MAYBE,
    Verdict.ONGOING: QueueMark.ONGOING,
    Verdict.AWAITING: QueueMark.AWAITING,
}
_MARK_OF_VALUE: dict[str, QueueMark] = {verdict.value: mark for verdict, mark in MARK_OF_VERDICT.items()}
_OPEN_STATES = frozenset({OutcomeState.PENDING.value, ""})


class Queue:
    """All reports of a stage, decided ones included so that one can go back, in the order of arrival.

    `keys` has the key of each report's representative, `marks` its `QueueMark` as a byte; both have one item a report, at its place (from 0).
    """

    def __init__(self, keys: list[str], marks: Iterable[QueueMark]) -> None:
        self.keys, self.marks = keys, bytearray(marks)
        self._counts = [self.marks.count(mark) for mark in QueueMark]
        self._positions: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def place(self, key: str) -> int | None:
        """The place (from 0) of the report that this key represents; None where it represents none here."""
        return self._position_of().get(key)

    def places(self, keys: Iterable[str]) -> list[int]:
        """The places of those of these keys that represent a report here, in their order."""
        return [place for place in map(self._position_of().get, keys) if place is not None]

    def _position_of(self) -> dict[str, int]:
        if self._positions is None:
            self._positions = dict(zip(self.keys, range(len(self.keys)), strict=True))
        return self._positions

    def count(self, mark: QueueMark) -> int:
        """How many reports have this mark."""
        return self._counts[mark]

    def put(self, position: int, mark: QueueMark) -> None:
        """Set the mark of one report."""
        self._counts[self.marks[position]] -= 1
        self._counts[mark] += 1
        self.marks[position] = mark

    def waiting(self, positions: Sequence[int], start: int) -> int | None:
        """The first index, from `start` on, into `positions` (places of reports in this queue) whose report waits; else None."""
        if isinstance(positions, range):
            position = self.marks.find(QueueMark.WAITS, start)
            return None if position < 0 else position
        return next((index for index in range(start, len(positions)) if self.marks[positions[index]] == QueueMark.WAITS), None)


@dataclass(frozen=True, slots=True)
class QueuedReport:
    """A report at a stage, as one reviewer sees it: the reviewer's own vote, if any, and whether it still wants one."""

    report: Report
    vote: Event | None
    waits: bool

    @property
    def key(self) -> str:
        """The representative's key, under which the report is shown."""
        return self.report.key


def mark_of(report: Report, verdict: str | None, stage: Stage, *, asked: bool = True) -> QueueMark:
    """What a report is to a reviewer.

    Args:
        report: The report.
        verdict: The value of the reviewer's own verdict at the stage; None where there is none.
        stage: The stage.
        asked: Whether the report, where it is open, wants this reviewer's vote.
    """
    if not at_stage(report, stage):
        return QueueMark.NOT_AT_STAGE
    if verdict is not None:
        return _MARK_OF_VALUE[verdict]
    if stage is Stage.FULL_TEXT and report.phase is Phase.NOT_RETRIEVED:
        return QueueMark.NOT_RETRIEVED
    if report.at(stage) not in (None, OutcomeState.PENDING):
        return QueueMark.SETTLED
    return QueueMark.WAITS if asked else QueueMark.OTHERS


def read_queue(transaction: Transaction, stage: Stage, reviewer: str) -> Queue:
    """The queue of a reviewer at a stage, in the order in which the reports arrived."""
    own_verdicts = queues.own_verdicts(transaction, stage, reviewer)
    states = queues.outcome_states(transaction, Stage.TITLE_ABSTRACT)
    arrivals = queues.arrivals(transaction)
    is_asked = _who_is_asked(transaction, stage, reviewer)
    if stage is Stage.TITLE_ABSTRACT:
        return _title_queue(
            arrivals, own_verdicts, states, queues.removed_clusters(transaction, states), transaction.protocol, is_asked
        )
    sought = [key for key, screened in arrivals if not screened or states.get(key) in (OutcomeState.INCLUDE, OutcomeState.MAYBE)]
    reports = reports_of(transaction, sought)
    marks = {key: mark_of(report, own_verdicts.get(key), stage, asked=is_asked(key)) for key, report in reports.items()}
    keys = [key for key in sought if marks[key] is not QueueMark.NOT_AT_STAGE]
    return Queue(keys, [marks[key] for key in keys])


_AHEAD = 20
"""Among so many records that arrived first, one that waits is looked for before the whole queue is read."""


def first_waiting(transaction: Transaction, stage: Stage, reviewer: str, last: str) -> str | None:
    """The key at which a reviewer who looked at `last` (empty for nothing) begins, where it is known without the whole queue; else None.

    That is `last` itself where it still waits. Where it is not in the queue, it is the first that waits, if it is among the first to arrive.
    """
    here = current_marks(transaction, stage, reviewer, [last])[last] if last else QueueMark.NOT_AT_STAGE
    if here is not QueueMark.NOT_AT_STAGE:
        return last if here is QueueMark.WAITS else None
    keys = queues.first_arrivals(transaction, _AHEAD)
    marks = current_marks(transaction, stage, reviewer, keys)
    return next((key for key in keys if marks[key] is QueueMark.WAITS), None)


IsAsked = Callable[[str], bool]
"""Whether an open report of this key wants the vote of the reviewer whose queue it is."""


def _who_is_asked(transaction: Transaction, stage: Stage, reviewer: str, keys: Collection[str] | None = None) -> IsAsked:
    if is_owed_everything(transaction, stage, reviewer):
        return lambda _key: True
    # Asked only of open reports: where none is open, nobody needs all the votes.
    owed = cache(lambda: owed_votes(transaction, stage, reviewer, keys))
    return lambda key: reviewer in owed().reviewers_owing_by_key(key)


def _title_queue(
    arrivals: list[tuple[str, bool]],
    own_verdicts: dict[str, str],
    states: dict[str, str],
    removed: set[str],
    protocol: Protocol,
    is_asked: IsAsked,
) -> Queue:
    """`mark_of` for all reports at once: of a title nothing but column, removal, outcome and own vote matters."""
    screens_other_methods = protocol.screening.screen_other_methods
    keys = [key for key, screened in arrivals if (screened or screens_other_methods or key in states) and key not in removed]

    settled = (key for key, state in states.items() if state not in _OPEN_STATES)
    known = dict.fromkeys(settled, QueueMark.SETTLED) | {key: _MARK_OF_VALUE[verdict] for key, verdict in own_verdicts.items()}

    def mark(key: str) -> QueueMark:
        return QueueMark.WAITS if is_asked(key) else QueueMark.OTHERS

    return Queue(keys, [known[key] if key in known else mark(key) for key in keys])


def current_marks(transaction: Transaction, stage: Stage, reviewer: str, keys: Collection[str]) -> dict[str, QueueMark]:
    """The marks that the reports of these keys have now, by the key that represents each; costs no more than those reports.

    A key that represents no report any more is there too, as gone.
    """
    reports = {report.key: report for report in reports_of(transaction, keys).values()}
    is_asked = _who_is_asked(transaction, stage, reviewer, reports)
    marks = {key: _queued_and_mark(transaction, report, stage, reviewer, is_asked)[1] for key, report in reports.items()}
    return dict.fromkeys(set(keys) - marks.keys(), QueueMark.NOT_AT_STAGE) | marks


def queued_report(transaction: Transaction, stage: Stage, reviewer: str, key: str) -> QueuedReport | None:
    """The report of a key as a reviewer sees it now; None where the key is unknown."""
    report = reports_of(transaction, [key]).get(key)
    if report is None:
        return None
    return _queued_and_mark(transaction, report, stage, reviewer, _who_is_asked(transaction, stage, reviewer, [report.key]))[0]


def _queued_and_mark(
    transaction: Transaction, report: Report, stage: Stage, reviewer: str, is_asked: IsAsked
) -> tuple[QueuedReport, QueueMark]:
    votes = record_events.votes_on(transaction, [record.key for record in report.records])
    vote = newest(event for event in votes if event.reviewer == reviewer and event.stage == stage)
    mark = mark_of(report, vote.text("verdict") if vote else None, stage, asked=is_asked(report.key))
    return QueuedReport(report, vote, waits=mark is QueueMark.WAITS), mark
