"""The head of the log, and the sums of hashes that are kept so that it need not be summed from the beginning.

Invariants: a kept sum is believed only where it was sealed for this review and the events that it covers are as many as then and end with the
same one; whatever else is asked for, as by `doctor` and by all that notes or publishes a head, is summed from the beginning. Only
writers keep sums, a bounded number at a time, and single votes never do, so that they cost no vote anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any

import sqlalchemy as sa

from prisma_tool.errors import StoreError
from prisma_tool.model.json_text import canonical
from prisma_tool.model.log.contents import Head
from prisma_tool.model.text import counted
from prisma_tool.model.utc import utc_text
from prisma_tool.store.engine.batches import insert_all
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, HeadSumRow, ReviewRow

STEP = 5_000
"""Events between two kept sums: adding so many takes a reader a hundredth of a second, and a writer no more."""


@dataclass(frozen=True, slots=True)
class LogHead:
    """One hash over a log, and over how many events."""

    head: str
    events: int


@dataclass(frozen=True, slots=True)
class HeadSum:
    """A kept sum, see `HeadSumRow`."""

    number: int
    event: str
    received: str
    total: bytes
    seal: str


_KEPT = tuple(getattr(HeadSumRow, name) for name in HeadSum.__dataclass_fields__)


def log_head(
    transaction: Transaction, *, received_by: datetime | None = None, but: str = "", from_beginning: bool = False
) -> LogHead:
    """The head of the log; with `received_by` as it was at that moment of this database's own past.

    Args:
        transaction: The transaction to read in.
        received_by: Only what this database had stored by then.
        but: The id of an event that is left out.
        from_beginning: Whether every hash is added anew, as what is noted in the log or published demands.
    """
    kept = None if from_beginning else _believed(transaction, received_by, but)
    statement = sa.select(EventRow.sha256)
    if kept is not None:
        # Events without a number, which an older program stored, are in no sum.
        statement = statement.where(sa.or_(EventRow.number > kept.number, EventRow.number <= 0))
    if received_by is not None:
        statement = statement.where(EventRow.received <= received_by)
    if but:
        statement = statement.where(EventRow.id != but)
    total, events = (Head(kept.total), kept.number) if kept else (Head(), 0)
    for rows in transaction.streamed(statement):
        if not _are_texts(rows):
            raise StoreError(
                "The SHA-256 of an event is no text: the log was damaged or changed. `prisma-tool doctor` names the event."
            )
        total.add_all(hashed for (hashed,) in rows)
        events += len(rows)
    return LogHead(total.text(), events)


def _are_texts(rows: Iterable[Sequence[Any]]) -> bool:
    """SQLite keeps any value in any column."""
    return all(isinstance(value, str) for row in rows for value in row)


def _believed(transaction: Transaction, received_by: datetime | None, but: str) -> HeadSum | None:
    """The newest kept sum over events of which all are asked for; None for none, or where it cannot be believed."""
    statement = sa.select(*_KEPT).order_by(HeadSumRow.number.desc()).limit(1)
    if received_by is not None:
        statement = statement.where(HeadSumRow.received <= utc_text(received_by))
    if but:
        statement = statement.where(HeadSumRow.number < sa.select(EventRow.number).where(EventRow.id == but).scalar_subquery())
    return next((kept for kept in _kept(transaction, statement) if _is_of_this_log(transaction, kept)), None)


def _kept(transaction: Transaction, statement: sa.Select[Any]) -> list[HeadSum]:
    return [HeadSum(*row) for row in transaction.rows(statement)]


def _is_of_this_log(transaction: Transaction, kept: HeadSum) -> bool:
    """Whether this database may have kept this sum of events that it still holds; only summing them says whether it is right."""
    if not _is_sealed(_review(transaction), kept):
        return False
    covered = sa.select(sa.func.count()).where(EventRow.number.between(1, kept.number)).scalar_subquery()
    last = sa.select(sa.func.min(EventRow.id)).where(EventRow.number == kept.number).scalar_subquery()
    return bool(transaction.rows(sa.select(covered, last)) == [(kept.number, kept.event)])


def _is_sealed(review: str, kept: HeadSum) -> bool:
    typed = isinstance(kept.total, bytes) and _are_texts([(kept.event, kept.received)])
    return typed and kept.seal == sealed(review, kept.number, kept.event, kept.received, kept.total)


def _review(transaction: Transaction) -> str:
    return transaction.session.execute(sa.select(ReviewRow.id)).scalar() or ""


def sealed(review: str, number: int, event: str, received: str, total: bytes) -> str:
    """The hash that ties a kept sum to a review."""
    return sha256(canonical([review, number, event, received, total.hex()])).hexdigest()


def newest_numbers(transaction: Transaction) -> tuple[int, int]:
    """The numbers of the newest event and of the newest kept sum; 0 for none."""
    columns = (EventRow.number, HeadSumRow.number)
    asked = sa.select(*(sa.select(sa.func.coalesce(sa.func.max(column), 0)).scalar_subquery() for column in columns))
    newest, summed = transaction.rows(asked)[0]
    return newest, summed


def keep_sums(transaction: Transaction, summed: int, newest: int, stored: int) -> None:
    """Keep the sums that are due after events were stored: what these amount to, and one more where others left some undone.

    Args:
        transaction: The transaction that stored them.
        summed: The number of the newest kept sum.
        newest: The number of the newest event.
        stored: How many were stored.
    """
    if newest - summed >= STEP:
        _keep(transaction, _last_of_this_log(transaction), 1 + stored // STEP)


def _last_of_this_log(transaction: Transaction) -> HeadSum | None:
    """The newest kept sum; where it cannot be believed, all are forgotten."""
    last = next(iter(_kept(transaction, sa.select(*_KEPT).order_by(HeadSumRow.number.desc()).limit(1))), None)
    if last is None or _is_of_this_log(transaction, last):
        return last
    transaction.session.execute(sa.delete(HeadSumRow))
    return None


def _keep(transaction: Transaction, last: HeadSum | None, steps: int | None) -> None:
    """Keep so many further sums, or all that there are events for; none beyond a gap in the numbers or what is no text."""
    review, begin = _review(transaction), last.number if last else 0
    due = _due(transaction, begin, None if steps is None else begin + steps * STEP)
    sums = list(_sums(review, last, due))
    insert_all(
        transaction.session, HeadSumRow, [{name: getattr(one, name) for name in HeadSum.__dataclass_fields__} for one in sums]
    )


def _due(transaction: Transaction, after: int, until: int | None) -> Iterator[Sequence[Any]]:
    """The events after a number in the order of theirs, a step at a time; what is no whole step is left."""
    received = sa.type_coerce(EventRow.received, sa.String)
    columns = sa.select(EventRow.number, EventRow.id, received, EventRow.sha256).order_by(EventRow.number)
    while until is None or after < until:
        rows = transaction.rows(columns.where(EventRow.number > after, EventRow.number <= after + STEP))
        numbered = [number for number, *_ in rows] == list(range(after + 1, after + STEP + 1))
        if not numbered or not _are_texts(texts for _, *texts in rows):
            return
        yield rows
        after += STEP


def _sums(review: str, last: HeadSum | None, steps: Iterator[Sequence[Any]]) -> Iterator[HeadSum]:
    total, moments = (Head(last.total), [last.received]) if last else (Head(), [])
    for rows in steps:
        total.add_all(hashed for *_, hashed in rows)
        moments = [max(chain(moments, (received for _, _, received, _ in rows)))]
        number, event, *_ = rows[-1]
        yield HeadSum(number, event, moments[0], total.total(), sealed(review, number, event, moments[0], total.total()))


def keep_anew(transaction: Transaction) -> None:
    """Forget all kept sums and make them from all stored hashes, as where rows of the log were changed."""
    transaction.session.execute(sa.delete(HeadSumRow))
    _keep(transaction, None, None)


def wrong_sums(transaction: Transaction) -> tuple[int, list[str]]:
    """How many sums are kept, and what is wrong with them: each is held to all events that it covers, their hashes added up anew."""
    kept = _kept(transaction, sa.select(*_KEPT).order_by(HeadSumRow.number))
    if not kept:
        return 0, []
    review, covered = _review(transaction), dict(_covered(transaction, [one.number for one in kept]))
    own = [
        (one, anew)
        for one in kept
        if _is_sealed(review, one) and (anew := covered.get(one.number)) and (anew.events, anew.last) == (one.number, one.event)
    ]
    strange = sorted({one.number for one in kept} - {one.number for one, _ in own})
    differing = [one.number for one, anew in own if one.total != anew.total]
    # Of a moment before this one, no such sum is asked for.
    misdated = [one.number for one, anew in own if one.total == anew.total and one.received != anew.received]
    problems = [
        *([f"{_named(strange)} of another database, or of events that are not all here"] if strange else []),
        *([f"{_named(differing)} not what the hashes of these events add up to"] if differing else []),
        *([f"{_named(misdated)} not dated as these events are"] if misdated else []),
    ]
    return len(kept), problems


def _named(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"the sum kept of the first {counted(numbers[0], 'event')} is"
    return f"{counted(len(numbers), 'kept sum')}, the shortest of {counted(numbers[0], 'event')}, are"


@dataclass(frozen=True, slots=True)
class _Covered:
    """What a kept sum covers, read anew: how many events, the id of the last, what their hashes add up to, and when the newest came."""

    events: int
    last: str
    total: bytes
    received: str


def _covered(transaction: Transaction, numbers: Sequence[int]) -> Iterator[tuple[int, _Covered]]:
    """All events up to each of these numbers, which ascend; hashes and moments that are no text are in no sum."""
    received = sa.type_coerce(EventRow.received, sa.String)
    columns = sa.select(EventRow.number, EventRow.id, received, EventRow.sha256)
    statement = columns.where(EventRow.number > 0).order_by(EventRow.number, EventRow.id.desc())
    total, events, last, newest = Head(), 0, "", ""
    rows = chain.from_iterable(transaction.streamed(statement))
    ahead = next(rows, None)
    for until in numbers:
        hashes = []
        while ahead is not None and ahead[0] <= until:
            number, event, moment, hashed = ahead
            events, last = events + 1, event if number == until else ""
            if _are_texts([(moment, hashed)]):
                newest = max(newest, moment)
                hashes.append(hashed)
            ahead = next(rows, None)
        total.add_all(hashes)
        yield until, _Covered(events, last, total.total(), newest)
