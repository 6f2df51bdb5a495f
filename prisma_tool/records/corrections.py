"""Correcting fields of a record by hand: checking, storing, listing, taking back.

Invariant: what the source delivered stays; a correction is an event on one record and stands on top of every later delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from prisma_tool.errors import DecisionError
from prisma_tool.formats.field_entry import FIELDS, name_of, named, read_field, shown_field
from prisma_tool.model.log.corrections import Edit, payload
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.store.records.records import StoredRecord


@dataclass(frozen=True, slots=True)
class Correction:
    """A field of a record as it reads now, and as its source delivers it; `by`, `at` and `origin` are empty where nobody corrected it.

    `changed` tells that the source said something else when the field was corrected.
    """

    key: str
    field: str
    value: str
    was: str
    by: str = ""
    at: str = ""
    origin: str = ""
    changed: bool = False


def edit(review: Review, key: str, field: str, text: str, reviewer: str) -> Correction:
    """Correct one field of a record.

    Args:
        review: The review.
        key: The record.
        field: The name of a field, as users type it.
        text: Its value as typed; empty empties the field.
        reviewer: Who corrects.

    Raises:
        UsageError: there is no such field, or the text is no value of it.
        DecisionError: an unknown key, the field reads like this already, or nothing would be left of the record.
    """
    return edit_all(review, key, {field: text}, reviewer)[0]


def edit_all(review: Review, key: str, texts: dict[str, str], reviewer: str) -> list[Correction]:
    """Correct several fields of a record, all or none.

    Raises:
        UsageError, DecisionError: as for `edit`.
    """
    values = {name: read_field(name, text) for field, text in texts.items() for name in [named(field)]}
    with review.store.write() as transaction:
        record = _record(transaction, key)
        _check(record, values)
        drafts = [
            event_log.Draft(EventKind.EDIT, key, reviewer=reviewer, payload=_payload(record, name, value))
            for name, value in values.items()
        ]
        event_log.append(transaction, drafts)
        return [_correction(_record(transaction, key), name) for name in values]


def _record(transaction: Transaction, key: str) -> StoredRecord:
    records.require(transaction, [key])
    return records.records_by_key(transaction, [key])[key]


def _check(record: StoredRecord, values: dict[str, Any]) -> None:
    citation = record.citation
    after = replace(citation, **{FIELDS[name].attribute: value for name, value in values.items()})
    unchanged = next((name for name, value in values.items() if getattr(citation, FIELDS[name].attribute) == value), None)
    if unchanged is not None:
        current = one_line(shown_field(unchanged, citation))
        raise DecisionError(
            f"{unchanged} of {record.key} {f'is “{current[:80]}”' if current else 'is empty'} already; nothing was changed."
        )
    if after.is_empty:
        raise DecisionError(f"Nothing would be left of {record.key}; nothing was changed. To take it out: `prisma-tool remove`.")


def _payload(record: StoredRecord, name: str, value: Any) -> dict[str, Any]:
    attribute = FIELDS[name].attribute
    return payload(attribute, value, getattr(record.original, attribute))


def take_back(review: Review, key: str, field: str, reviewer: str) -> Correction:
    """Take back the correction of a field that stands; what stood before it is shown again, at last what the source says.

    Raises:
        UsageError: there is no such field.
        DecisionError: an unknown key, or nobody corrected the field.
    """
    name = named(field)
    with review.store.write() as transaction:
        current_edits = [edit for edit in _record(transaction, key).edits if edit.field == FIELDS[name].attribute]
        if not current_edits:
            raise DecisionError(f"Nobody corrected {name} of {one_line(key)}; there is nothing to take back.")
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, current_edits[0].event, reviewer=reviewer)])
        return _correction(_record(transaction, key), name)


def fields_of(review: Review, key: str) -> list[Correction]:
    """All fields of a record that can be corrected, as they read now and as its source delivered them.

    Raises:
        DecisionError: an unknown key.
    """
    with review.store.read() as transaction:
        record = _record(transaction, key)
    return [_correction(record, name) for name in FIELDS]


def corrections_of(stored: Sequence[StoredRecord]) -> list[Correction]:
    """What was corrected on these records, for showing it beside them."""
    return [
        _correction(record, name_of(edit.field)) for record in stored for edit in record.edits if name_of(edit.field) in FIELDS
    ]


def _correction(record: StoredRecord, name: str) -> Correction:
    edit = next((candidate for candidate in record.edits if candidate.field == FIELDS[name].attribute), None)
    value, was = shown_field(name, record.citation), shown_field(name, record.original)
    return Correction(record.key, name, value, was, **_signature(edit, getattr(record.original, FIELDS[name].attribute)))


def _signature(edit: Edit | None, now: Any) -> dict[str, Any]:
    if edit is None:
        return {}
    at = edit.at.isoformat(timespec="seconds")
    return {"by": edit.by, "at": at, "origin": edit.origin, "changed": now not in (edit.was, edit.value)}
