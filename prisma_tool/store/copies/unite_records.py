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
from prisma_tool.model.text import one_line
from prisma_tool.store.engine.batches import delete_in, insert_all, select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import IdentifierRow, MembershipRow, RecordRow, RunRecordRow, VersionRow
from prisma_tool.store.index import record_index, text_index

PORTION = 500
Row = Mapping[str, Any]


@dataclass(slots=True)
class _Held:
    """What one database holds of a record: its row, contents, and which runs delivered it."""

    record: Row | None = None
    contents: list[Row] = field(default_factory=list)
    runs: dict[str, str] = field(default_factory=dict)


def unite_records(here: Transaction, there: Transaction) -> tuple[int, int]:
    """Add the records of `there`; returns how many were not here, and of how many further contents or deliveries came.

    Raises:
        ReviewError: a key names plainly different records in the two.
    """
    keys = sorted(there.session.execute(sa.select(RecordRow.key)).scalars())
    fresh = more = 0
    for start in range(0, len(keys), PORTION):
        portion = keys[start : start + PORTION]
        mine, theirs = _held(here, portion), _held(there, portion)
        writing = _Writing(here)
        for key in portion:
            writing.unite(key, mine[key], theirs[key])
        writing.write()
        fresh += len(writing.fresh)
        more += len(writing.touched) - len(writing.fresh)
    return fresh, more


def _held(transaction: Transaction, keys: Collection[str]) -> dict[str, _Held]:
    held = {key: _Held() for key in keys}
    for row in _rows(transaction, RecordRow, RecordRow.key, keys):
        held[row["key"]].record = row
    for row in _rows(transaction, VersionRow, VersionRow.record, keys):
        held[row["record"]].contents.append(row)
    for row in _rows(transaction, RunRecordRow, RunRecordRow.record, keys):
        held[row["record"]].runs[row["run"]] = row["state"]
    return held


def _rows(transaction: Transaction, table: type[Any], column: Any, keys: Collection[str]) -> Iterable[Row]:
    columns = sa.inspect(table).local_table.columns
    return (row._mapping for row in select_in(transaction.session, sa.select(*columns), column, keys))  # noqa: SLF001 - a row as a mapping


def _name(row: Row) -> tuple[str, str]:
    return row["run"], row["content"]


class _Writing:
    """Collects what a portion of records comes to, so that it is written in a handful of statements."""

    def __init__(self, here: Transaction) -> None:
        self.here, self.now = here, here.now()
        self.fresh: list[dict[str, Any]] = []
        self.touched: dict[str, Versions] = {}
        self.contents: list[dict[str, Any]] = []
        self.deliveries: list[dict[str, Any]] = []

    def unite(self, key: str, mine: _Held, theirs: _Held) -> None:
        own = {_name(row) for row in mine.contents}
        came = [row for row in theirs.contents if _name(row) not in own]
        if not came and theirs.runs.keys() <= mine.runs.keys():
            return
        _require_same(key, mine, theirs)
        found = {_name(row): row for row in (*came, *mine.contents)}
        delivered = [
            Delivered(row["run"], row["content"], decode(row["content"]), tuple(row["changes"])) for row in found.values()
        ]
        self.touched[key] = versions(delivered)
        self._put_contents(key, self.touched[key], found, own)
        self._put_deliveries(key, self.touched[key], mine.runs.keys() | theirs.runs.keys())
        if mine.record is None and theirs.record is not None:
            self.fresh.append({**theirs.record, "added": self.now, **self._facts(self.touched[key])})

    def _put_contents(
        self, key: str, united: Versions, found: Mapping[tuple[str, str], Row], own: Collection[tuple[str, str]]
    ) -> None:
        numbered = [(number, one, kinds) for number, (one, kinds) in enumerate(united.visible, 1)]
        numbered += [(-number, one, one.forced) for number, one in enumerate(united.aside)]
        for number, one, kinds in numbered:
            name = (one.run, one.content)
            stored = found[name]["stored"] if name in own else self.now
            row = {**found[name], "record": key, "version": number, "changes": list(kinds), "stored": stored}
            self.contents.append(row)

    def _put_deliveries(self, key: str, united: Versions, runs: Iterable[str]) -> None:
        self.deliveries += [{"run": run, "record": key, "state": united.state_of(run)} for run in sorted(runs)]

    def _facts(self, united: Versions) -> dict[str, Any]:
        current = united.visible[-1][0].citation
        return {"run": united.visible[0][0].run, "version": len(united.visible), **record_index.facts_of(current)}

    def write(self) -> None:
        session, known = self.here.session, self.touched.keys() - {row["key"] for row in self.fresh}
        insert_all(session, RecordRow, self.fresh)
        insert_all(session, MembershipRow, [{"record": row["key"], "cluster": row["key"]} for row in self.fresh])
        delete_in(session, VersionRow, VersionRow.record, self.touched)
        insert_all(session, VersionRow, self.contents)
        delete_in(session, RunRecordRow, RunRecordRow.record, self.touched)
        insert_all(session, RunRecordRow, self.deliveries)
        for key in sorted(known):
            session.execute(sa.update(RecordRow).where(RecordRow.key == key).values(self._facts(self.touched[key])))
        current = {key: united.visible[-1][0].citation for key, united in self.touched.items()}
        delete_in(session, IdentifierRow, IdentifierRow.record, current)
        insert_all(
            session, IdentifierRow, [row for key, one in current.items() for row in record_index.identifier_rows(key, one)]
        )
        text_index.index(self.here, current)


def _require_same(key: str, mine: _Held, theirs: _Held) -> None:
    """One key must not come to name two records: a person has to say which is which."""
    if not mine.contents or {_name(row) for row in mine.contents} & {_name(row) for row in theirs.contents}:
        return
    one, other = (decode(min(held.contents, key=lambda row: str(row["run"]))["content"]) for held in (mine, theirs))
    if not same_record(one, other):
        raise ReviewError(
            f"{one_line(key)} names “{one_line(one.title)}” here and “{one_line(other.title)}” in the copy, which share no identifier. "
            "Nothing was merged: import one of the two files under another --source."
        )
