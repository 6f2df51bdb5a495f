"""The corrections that stand on records, read for laying them over contents.

Invariant: where nothing was ever corrected, reading costs one look into an index, however many records are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.corrections import Edit, edit_of
from prisma_tool.model.log.events import Event, EventKind, by_order, standing
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, OutcomeRow, RecordRow, StandingRow

Edits = dict[str, tuple[Edit, ...]]
"""The standing corrections of each record that has some, by key."""

_STANDING_EDITS = event_rows.STANDING.where(StandingRow.kind == EventKind.EDIT)


def standing_edits(transaction: Transaction, keys: Collection[str] | None = None) -> Edits:
    """The corrections that stand on these records, or on all."""
    if not _any_edit(transaction):
        return {}
    session = transaction.session
    rows: Iterable[Any] = (
        session.execute(_STANDING_EDITS) if keys is None else select_in(session, _STANDING_EDITS, StandingRow.subject, set(keys))
    )
    return _edits_by_record(event_rows.event_of(row) for row in rows)


def _any_edit(transaction: Transaction) -> bool:
    first = sa.select(StandingRow.subject).where(StandingRow.kind == EventKind.EDIT).limit(1)
    return transaction.once(_any_edit, lambda: transaction.session.execute(first).first() is not None)


def edits_in_log(transaction: Transaction, at: datetime | None = None) -> Edits:
    """The corrections that stand, or stood at a moment, by the log alone, whether or not the projections follow it already."""
    events = event_rows.events(transaction, kinds=[EventKind.EDIT, EventKind.UNDO], received_by=at)
    counted = standing(events, event_rows.contributors(transaction).include)
    return _edits_by_record(event for event in counted.values() if event.kind == EventKind.EDIT)


def edited_though_decided(transaction: Transaction, fields: Collection[str]) -> set[str]:
    """The records with a correction of one of these fields on whose reports somebody has decided."""
    statement = (
        sa.select(StandingRow.subject)
        .join(MembershipRow, MembershipRow.record == StandingRow.subject)
        .join(OutcomeRow, OutcomeRow.cluster == MembershipRow.cluster)
        .where(StandingRow.kind == EventKind.EDIT, StandingRow.object.in_(sorted(fields)))
    )
    return set(transaction.session.execute(statement.distinct()).scalars())


def edited_and_changed(transaction: Transaction) -> set[str]:
    """The records with a correction of which their source has delivered more than one content, before it or after."""
    statement = (
        sa.select(StandingRow.subject)
        .join(RecordRow, RecordRow.key == StandingRow.subject)
        .where(StandingRow.kind == EventKind.EDIT, RecordRow.version > 1)
    )
    return set(transaction.session.execute(statement.distinct()).scalars())


def ever_edited(transaction: Transaction) -> set[str]:
    """The records of which somebody ever corrected a field, also where that was taken back."""
    statement = sa.select(EventRow.subject).where(EventRow.kind == EventKind.EDIT).distinct()
    return set(transaction.session.execute(statement).scalars())


def _edits_by_record(events: Iterable[Event]) -> Edits:
    edits: Edits = {}
    for event in sorted(events, key=by_order):
        edit = edit_of(event)
        if edit is not None:
            edits[event.subject] = (*edits.get(event.subject, ()), edit)
    return edits
