"""The rows of what happened as origins give them that may be damaged, altered, or of an older schema.

Invariant: what is given from here on is complete in the columns of the present schema, and an event that counts as sound says what its hash
says; what is no row of its table is left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.clock import microseconds
from prisma_tool.model.log.contents import content_hash, derived_review_id, derived_salt
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.record.codec import decode
from prisma_tool.model.vocabulary import RecordState, RunStatus, SourceKind
from prisma_tool.store.copies.salvage import DamagedDatabase, TableRow, json_value
from prisma_tool.store.engine.packed_texts import UnreadableText, unpacked
from prisma_tool.store.engine.schema import EventRow, ReviewRow, RunRecordRow, RunRow, SourceRow, VersionRow

PORTION = 1_000


def table_of(mapped: type[Any]) -> sa.Table:
    """The table behind a mapped class."""
    table: sa.Table = sa.inspect(mapped).local_table
    return table


def review_in(database: DamagedDatabase) -> str:
    """The id of the review that a database holds, by its own row or, in an older schema, as its upgrade derives it; empty where it does not say."""
    named = next((str(row["id"]) for row in database.rows(table_of(ReviewRow))), "")
    if named or database.has_table(ReviewRow.__tablename__):
        return named
    events = (complete_event(row) for row in database.rows(table_of(EventRow)))
    oldest = min(((row["clock"], row["id"]) for row in events), default=None)
    return derived_review_id(oldest[1]) if oldest else ""


def logged_protocols(database: DamagedDatabase) -> list[Event]:
    """The sound events of a database that hold the text of a protocol."""
    rows = (row for row in database.rows(table_of(EventRow)) if row["kind"] == EventKind.PROTOCOL)
    return [event for row in rows if is_sound(event := event_of(complete_event(row)))]


def event_of(row: TableRow) -> Event:
    """The event that a complete row holds."""
    return Event(**{name: row[name] for name in Event.__struct_fields__})


def is_sound(event: Event) -> bool:
    """Whether an event says what its hash says."""
    return content_hash(event) == event.sha256


def portions(rows: Iterable[TableRow]) -> Iterator[list[TableRow]]:
    """Portions of rows with the same columns."""
    portion: list[TableRow] = []
    for row in rows:
        if portion and (len(portion) == PORTION or portion[0].keys() != row.keys()):
            yield portion
            portion = []
        portion.append(row)
    if portion:
        yield portion


def readable(rows: Iterable[TableRow], database: DamagedDatabase) -> Iterator[TableRow]:
    """Contents of records that can be read as such; without its original where only that cannot be read."""
    for row in rows:
        try:
            decode(row["content"])
        except (ValueError, KeyError, TypeError, AttributeError):
            database.count(VersionRow.__tablename__)
        else:
            yield _with_readable_original(row, database)


def _with_readable_original(row: TableRow, database: DamagedDatabase) -> TableRow:
    try:
        unpacked(row["raw"], row["content"])
    except UnreadableText:
        database.count(VersionRow.__tablename__)
        return {**row, "raw": b""}
    return row


def complete_event(row: TableRow) -> TableRow:
    """A row with what an older schema did not keep, as its upgrade derives it."""
    if "sha256" in row:
        return row
    row = {
        "number": 0,
        **row,
        "clock": microseconds(row["at"]),
        "via": "unknown",
        "salt": derived_salt(row["id"]),
        "merged": False,
    }
    return {**row, "sha256": content_hash(event_of({**row, "sha256": ""}))}


def event_row(event: Event) -> TableRow:
    """The row of an event, its number still to be given."""
    return {**{name: getattr(event, name) for name in Event.__struct_fields__}, "number": 0, "merged": False}


def row_of(mapped: type[Any], values: Mapping[str, Any]) -> TableRow | None:
    """A row from a journal's JSON values; None where they are not of the table's types, or a word is not a known one."""
    defaults: TableRow = {"checkpoint": {}} if mapped is RunRow else {}
    columns = table_of(mapped).columns
    try:
        row = {column.name: json_value(column, values.get(column.name, defaults.get(column.name))) for column in columns}
    except (ValueError, TypeError):
        return None
    return next(in_vocabulary(mapped, [row]), None)


VOCABULARIES: Mapping[type[Any], tuple[str, type[StrEnum]]] = {
    SourceRow: ("kind", SourceKind),
    RunRow: ("status", RunStatus),
    RunRecordRow: ("state", RecordState),
}


def in_vocabulary(mapped: type[Any], rows: Iterable[TableRow]) -> Iterator[TableRow]:
    """Rows whose words are known ones."""
    name, vocabulary = VOCABULARIES[mapped]
    known = {word.value for word in vocabulary}
    return (row for row in rows if row[name] in known)
