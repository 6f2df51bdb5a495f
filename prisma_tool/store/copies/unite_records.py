"""Uniting the records of two databases: by key, with every content that any run delivered.

Invariant: no content is dropped. Those that changed nothing when they came are kept aside, with numbers from 0 downward; the versions that
people see are numbered from 1, as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from prisma_tool.errors import ReviewError
from prisma_tool.model.record.changes import same_record
from prisma_tool.model.record.codec import decode
from prisma_tool.model.record.record_versions import Delivered, Versions, versions
from prisma_tool.model.record.well_typed import is_well_typed
from prisma_tool.model.text import one_line
from prisma_tool.store.copies.sound_rows import UNREADABLE
from prisma_tool.store.engine.arrival import arrival_time
from prisma_tool.store.engine.batches import delete_in, insert_all, select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import IdentifierRow, MembershipRow, RecordRow, RunRecordRow, VersionRow
from prisma_tool.store.index import record_index

PORTION = 500
TableRow = Mapping[str, Any]


@dataclass(slots=True)
class _RecordContents:
    """What one database holds of a record: its row, contents, and which runs delivered it."""

    record: TableRow | None = None
    contents: list[TableRow] = field(default_factory=list)
    runs: dict[str, str] = field(default_factory=dict)


def unite_records(here: Transaction, there: Transaction) -> tuple[int, int]:
    """Add the records of `there`; returns how many were not here, and of how many further contents or deliveries came.

    Raises:
        ReviewError: a key names plainly different records in the two.
    """
    keys = sorted(there.session.execute(sa.select(RecordRow.key)).scalars())
    added = extended = 0
    for start in range(0, len(keys), PORTION):
        portion = keys[start : start + PORTION]
        mine, theirs = _contents_of(here, portion), _contents_of(there, portion)
        batch = _UnionBatch(here)
        for key in portion:
            batch.unite(key, mine[key], theirs[key])
        batch.write()
        added += len(batch.new_records)
        extended += len(batch.united) - len(batch.new_records)
    return added, extended


def _contents_of(transaction: Transaction, keys: Collection[str]) -> dict[str, _RecordContents]:
    contents = {key: _RecordContents() for key in keys}
    for row in _rows(transaction, RecordRow, RecordRow.key, keys):
        contents[row["key"]].record = row
    for row in _rows(transaction, VersionRow, VersionRow.record, keys):
        contents[row["record"]].contents.append(row)
    for row in _rows(transaction, RunRecordRow, RunRecordRow.record, keys):
        contents[row["record"]].runs[row["run"]] = row["state"]
    return contents


def _rows(transaction: Transaction, table: type[Any], column: Any, keys: Collection[str]) -> Iterable[TableRow]:
    columns = sa.inspect(table).local_table.columns
    return (row._mapping for row in select_in(transaction.session, sa.select(*columns), column, keys))  # noqa: SLF001 - a row as a mapping


def _content_name(row: TableRow) -> tuple[str, str]:
    return row["run"], row["content"]


class _UnionBatch:
    """Collects what a portion of records comes to, so that it is written in a handful of statements."""

    def __init__(self, here: Transaction) -> None:
        self.here, self.now = here, arrival_time(here, here.now())
        self.new_records: list[dict[str, Any]] = []
        self.united: dict[str, Versions] = {}
        self.contents: list[dict[str, Any]] = []
        self.deliveries: list[dict[str, Any]] = []

    def unite(self, key: str, mine: _RecordContents, theirs: _RecordContents) -> None:
        own_names = {_content_name(row) for row in mine.contents}
        further = [row for row in theirs.contents if _content_name(row) not in own_names]
        if not further and theirs.runs.keys() <= mine.runs.keys():
            return
        for row in further:
            _require_citation(key, row["content"])
        _require_same(key, mine, theirs)
        by_name = {_content_name(row): row for row in (*further, *mine.contents)}
        delivered = [
            Delivered(row["run"], row["content"], decode(row["content"]), tuple(row["changes"])) for row in by_name.values()
        ]
        self.united[key] = versions(delivered)
        self._put_contents(key, self.united[key], by_name, own_names)
        self._put_deliveries(key, self.united[key], mine.runs.keys() | theirs.runs.keys())
        if mine.record is None and theirs.record is not None:
            self.new_records.append({**theirs.record, "added": self.now, **self._facts(self.united[key])})

    def _put_contents(
        self, key: str, united: Versions, by_name: Mapping[tuple[str, str], TableRow], own_names: Collection[tuple[str, str]]
    ) -> None:
        numbered = [(number, delivered, kinds) for number, (delivered, kinds) in enumerate(united.visible, 1)]
        numbered += [(-number, delivered, delivered.forced) for number, delivered in enumerate(united.aside)]
        for number, delivered, kinds in numbered:
            name = (delivered.run, delivered.content)
            stored = by_name[name]["stored"] if name in own_names else self.now
            row = {**by_name[name], "record": key, "version": number, "changes": list(kinds), "stored": stored}
            self.contents.append(row)

    def _put_deliveries(self, key: str, united: Versions, runs: Iterable[str]) -> None:
        self.deliveries += [{"run": run, "record": key, "state": united.state_of(run)} for run in sorted(runs)]

    def _facts(self, united: Versions) -> dict[str, Any]:
        current = united.visible[-1][0].citation
        return {"run": united.visible[0][0].run, "version": len(united.visible), **record_index.facts_of(current)}

    def write(self) -> None:
        session, known_keys = self.here.session, self.united.keys() - {row["key"] for row in self.new_records}
        insert_all(session, RecordRow, self.new_records)
        insert_all(session, MembershipRow, [{"record": row["key"], "cluster": row["key"]} for row in self.new_records])
        delete_in(session, VersionRow, VersionRow.record, self.united)
        insert_all(session, VersionRow, self.contents)
        delete_in(session, RunRecordRow, RunRecordRow.record, self.united)
        insert_all(session, RunRecordRow, self.deliveries)
        for key in sorted(known_keys):
            session.execute(sa.update(RecordRow).where(RecordRow.key == key).values(self._facts(self.united[key])))
        citations = {key: united.visible[-1][0].citation for key, united in self.united.items()}
        delete_in(session, IdentifierRow, IdentifierRow.record, citations)
        insert_all(
            session,
            IdentifierRow,
            [row for key, citation in citations.items() for row in record_index.identifier_rows(key, citation)],
        )
        record_index.index_again(self.here, citations)


def _require_citation(key: str, content: str) -> None:
    """What a copy says of a record must be a citation, field by field, or every place that reads it would have to ask."""
    try:
        is_citation = is_well_typed(decode(content))
    except UNREADABLE:
        is_citation = False
    if not is_citation:
        raise ReviewError(f"The record {one_line(key)[:80]} of the copy has a content that is no citation; nothing was merged.")


def _require_same(key: str, mine: _RecordContents, theirs: _RecordContents) -> None:
    """One key must not come to name two records: a person has to say which is which."""
    if not mine.contents or {_content_name(row) for row in mine.contents} & {_content_name(row) for row in theirs.contents}:
        return
    here, there = (decode(min(record.contents, key=lambda row: str(row["run"]))["content"]) for record in (mine, theirs))
    if not same_record(here, there):
        raise ReviewError(
            f"{one_line(key)} names “{one_line(here.title)}” here and “{one_line(there.title)}” in the copy, which share no identifier. "
            "Nothing was merged: import one of the two files under another --source."
        )
