"""Corrections and what came after them: what they mean for those who had decided, and where the source now says something else.

Invariant: a correction is never dropped by a later delivery; that the source has changed beneath it is told until somebody corrects
anew, takes the correction back, or acknowledges it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace

from prisma_tool.model.log.corrections import Edit
from prisma_tool.model.log.events import Event
from prisma_tool.model.record.changes import changes
from prisma_tool.model.text import one_line
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.index import corrections
from prisma_tool.store.records import records
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.updates.changes_since_decision import CHANGE_KINDS, RecordChange, SupersededCorrection, before_and_after

_KINDS_OF = {"title": frozenset({"title changed"}), "abstract": frozenset({"abstract arrived"})}
"""What a correction of a field may mean for those who had decided."""


def edit_changes(transaction: Transaction, keys: Collection[str] | None) -> list[RecordChange]:
    """The corrections of title and abstract as changes to those who had decided before them; not to who made them."""
    edited_records = _edited_records(
        transaction, corrections.edited_though_decided(transaction, _KINDS_OF) if keys is None else keys
    )
    return [change for record in edited_records for edit in record.edits for change in _change(record, edit)]


def _edited_records(transaction: Transaction, keys: Collection[str]) -> list[StoredRecord]:
    edits = corrections.standing_edits(transaction, keys)
    return [record for _, record in sorted(records.records_by_key(transaction, edits).items())]


def _change(record: StoredRecord, edit: Edit) -> Iterator[RecordChange]:
    for kind in changes(record.original, record.citation):
        if kind in _KINDS_OF.get(edit.field, ()) and kind in CHANGE_KINDS:
            before, after = before_and_after(kind, record.original, record.citation)
            origin = f" ({one_line(edit.origin)})" if edit.origin else f" (edited by {one_line(edit.by)})"
            yield RecordChange(record.key, kind, before, f"{after}{origin}", edit.done, by="" if edit.origin else edit.by)


def superseded_corrections(
    transaction: Transaction, acknowledgements: Mapping[str, Iterable[Event]], keys: Collection[str] | None = None
) -> list[SupersededCorrection]:
    """The corrections beneath which the source has changed since; `acknowledgements` are the acknowledgements by record key."""
    edited_records = _edited_records(transaction, corrections.edited_and_changed(transaction) if keys is None else keys)
    since = records.current_since(transaction, [record.key for record in edited_records])
    return [
        _superseded(record, edit, since[record.key])
        for record in edited_records
        for edit in record.edits
        if _differs(record, edit) and not any(event.done > since[record.key] for event in acknowledgements.get(record.key, ()))
    ]


def _differs(record: StoredRecord, edit: Edit) -> bool:
    # Imported where something was corrected: it knows all columns of all tables.
    from prisma_tool.formats.field_entry import FIELDS, name_of

    now = getattr(record.original, edit.field)
    return now not in (edit.was, edit.value) and name_of(edit.field) in FIELDS


def _superseded(record: StoredRecord, edit: Edit, since: datetime) -> SupersededCorrection:
    from prisma_tool.formats.field_entry import name_of, shown_field

    name = name_of(edit.field)
    before = shown_field(name, replace(record.original, **{edit.field: edit.was}))
    texts = (shown_field(name, record.citation), before, shown_field(name, record.original))
    return SupersededCorrection(record.key, name, *texts, edit.by, since)
