"""Uniting two logs: events go by id, and two with one id must be the same event.

Invariant: what is taken in is what this program could have written, its hash is that of its content, and no event here is another's under
its id; or the whole union is refused, and the event is named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from prisma_tool.errors import ReviewError
from prisma_tool.model.log.admission import ahead_problem, differing, hash_problem, named, problem
from prisma_tool.model.log.events import Event
from prisma_tool.store.engine.arrival import arrival_time
from prisma_tool.store.engine.batches import PORTION, insert_all, select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow
from prisma_tool.store.projections import log_head

_Row = Mapping[str, Any]


def unite_events(here: Transaction, there: Transaction) -> int:
    """Add the events of `there` that are not here, in the order in which they happened; returns how many.

    Raises:
        ReviewError: an event is none that may be taken in, or differs from the one here; nothing may be committed then.
    """
    ids = list(there.session.execute(sa.select(EventRow.id).order_by(EventRow.clock, EventRow.id)).scalars())
    if len(set(ids)) < len(ids):
        raise ReviewError("The copy's log holds two events under one id; nothing was merged. Merge an earlier copy.")
    (last, summed), received = log_head.newest_numbers(here), arrival_time(here, here.now())
    added = 0
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        mine, theirs = _rows(here, portion), _rows(there, portion)
        for event_id, row in theirs.items():
            _require_sound(mine.get(event_id), row, here.now())
        new_rows = [
            {**theirs[event_id], "received": received, "number": last + added + offset, "merged": True}
            for offset, event_id in enumerate((event_id for event_id in portion if event_id not in mine), 1)
        ]
        insert_all(here.session, EventRow, new_rows)
        here.log([_event(row) for row in new_rows])
        added += len(new_rows)
    log_head.keep_sums(here, summed, last + added, added)
    return added


def _rows(transaction: Transaction, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    columns = sa.inspect(EventRow).local_table.columns
    selected = select_in(transaction.session, sa.select(*columns), EventRow.id, ids)
    return {row.id: dict(row._mapping) for row in selected}  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def _event(row: _Row) -> Event:
    return Event(**{name: row[name] for name in Event.__struct_fields__})


def _content(row: _Row) -> str:
    """What a row says, for a first comparison that is cheap and takes nothing for another thing that is like it, such as 1 for true."""
    return repr([row[name] for name in Event.__struct_fields__ if name != "received"])


def _require_sound(mine: _Row | None, theirs: _Row, now: datetime) -> None:
    event = _event(theirs)
    if mine is None:
        if reason := problem(event) or ahead_problem(event, now):
            raise ReviewError(f"Nothing was merged: {named(event)} of the copy cannot be taken in, because {reason}.")
    elif _content(mine) != _content(theirs):
        _require_same(_event(mine), event)
    if reason := hash_problem(event):
        raise _damaged(event, "the copy", reason)


def _require_same(mine: Event, theirs: Event) -> None:
    fields = differing(mine, theirs)
    if not fields:
        return
    changed = [place for place, event in (("here", mine), ("in the copy", theirs)) if hash_problem(event)]
    which = (
        f"it was changed {' and '.join(changed)} after it was stored"
        if changed
        else "each fits its own SHA-256, so one was made up"
    )
    raise ReviewError(
        f"Nothing was merged: {named(theirs)} is not the same here and in the copy ({', '.join(fields)} differ), and {which}. "
        "`prisma-tool doctor` in both folders tells more; merge a copy, or restore a snapshot, from before the change."
    )


def _damaged(event: Event, place: str, reason: str) -> ReviewError:
    return ReviewError(
        f"Nothing was merged: {named(event)} of {place} was changed after it was stored: {reason}. Merge a copy from before the change."
    )
