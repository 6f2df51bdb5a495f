"""Putting a review's database together again from rows of several origins, of which each may lack some.

Origins are taken one after the other, the best first: a row that is there already stays. Invariants: an event is taken only if it says what
its hash says; after `mend` every row refers to rows that are there, and whatever had to be made up for that is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.log.run_entry import RunEntry
from prisma_tool.model.protocol.live_sources import LIVE_SOURCES
from prisma_tool.model.record.codec import decode
from prisma_tool.model.record.keys import CITATION_INDEXES
from prisma_tool.model.record.keys import slug as slug_of
from prisma_tool.model.vocabulary import RecordState, RunStatus, SourceKind
from prisma_tool.store.copies.origin_rows import (
    PORTION,
    VOCABULARIES,
    complete_event,
    event_of,
    event_row,
    in_vocabulary,
    is_sound,
    portions,
    readable,
    row_of,
    table_of,
)
from prisma_tool.store.copies.replay import ABOUT_RECORDS
from prisma_tool.store.copies.salvage import DamagedDatabase, TableRow
from prisma_tool.store.engine.batches import insert_all
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import (
    EventRow,
    IdentifierRow,
    MembershipRow,
    RecordRow,
    RunRecordRow,
    RunRow,
    SearchRow,
    SourceRow,
    VersionRow,
)
from prisma_tool.store.index import record_index, text_index
from prisma_tool.store.projections import rebuild

_FACTS: tuple[type[Any], ...] = (SourceRow, SearchRow, RunRow, RecordRow, VersionRow, RunRecordRow, EventRow)
"""The tables of what happened; all others follow from them."""


class Reassembly:
    """A new database under way; `transaction` writes into it.

    `taken` counts the rows by table and origin. `altered` has the ids of events of which some origin had an altered version; `most` is the largest number
    of events and of records that any origin tells of; `made_up` counts, by what, rows that had to be made up or left out; `whole_runs`
    has the ids of those that an undamaged origin held from beginning to end.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._session = transaction.session
        # Rows may come before those to which they refer.
        self._session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        self.taken: Counter[tuple[str, str]] = Counter()
        self.altered: set[str] = set()
        self.most: Counter[str] = Counter()
        self.made_up: Counter[str] = Counter()
        self.whole_runs: set[str] = set()

    def take_database(self, database: DamagedDatabase, origin: str, *, without: Collection[str] = ()) -> None:
        """Take what a database holds and is not there yet, but for the events with the ids `without`."""
        complete_runs: set[str] = set()
        for mapped in _FACTS:
            rows: Iterable[TableRow] = database.rows(table_of(mapped))
            if mapped is EventRow:
                rows = (row for row in self._sound_events(rows) if row["id"] not in without)
            elif mapped is VersionRow:
                rows = readable(rows, database)
            elif mapped in VOCABULARIES:
                rows = in_vocabulary(mapped, rows)
            if mapped is RunRow:
                rows = list(rows)
                complete_runs = {row["id"] for row in rows if row["status"] == RunStatus.COMPLETE}
            self._take(mapped, self._measured(mapped, rows), origin)
        if not (database.problem or database.unreadable):
            self.whole_runs |= complete_runs

    def _sound_events(self, rows: Iterable[TableRow]) -> Iterator[TableRow]:
        for row in rows:
            complete = complete_event(row)
            event = event_of(complete)
            if is_sound(event):
                yield complete
            else:
                self.altered.add(event.id)

    def _measured(self, mapped: type[Any], rows: Iterable[TableRow]) -> Iterator[TableRow]:
        counted = {EventRow: "number", RecordRow: "position"}.get(mapped)
        for row in rows:
            if counted is not None:
                self.most[mapped.__tablename__] = max(self.most[mapped.__tablename__], row.get(counted, 0))
            yield row

    def take_events(self, events: Iterable[Event], origin: str) -> None:
        """Take events that a journal holds."""
        self._take(EventRow, (event_row(event) for event in events), origin)

    def take_runs(self, entries: Iterable[RunEntry], origin: str) -> None:
        """Take what a journal says of runs, and of the sources and searches that they name."""
        for entry in entries:
            run, source = row_of(RunRow, entry.run), row_of(SourceRow, entry.source)
            if run is None or source is None or run["source"] != source["slug"]:
                self.made_up["runs of the journal that cannot be understood"] += 1
                continue
            self._take(SourceRow, [source], origin)
            if run["search"]:
                self._take(SearchRow, [{"name": run["search"], "source": run["source"]}], origin)
            self._take(RunRow, [run], origin)

    def _take(self, mapped: type[Any], rows: Iterable[TableRow], origin: str) -> None:
        statement = insert(table_of(mapped)).on_conflict_do_nothing()
        for portion in portions(rows):
            before = self._changes()
            self._session.connection().execute(statement, portion)
            self.taken[mapped.__tablename__, origin] += self._changes() - before

    def _changes(self) -> int:
        changes: int = self._session.execute(sa.text("SELECT total_changes()")).scalar_one()
        return changes

    def mend(self) -> None:
        """Let every row refer to rows that are there."""
        self._mend_records()
        self._mend_runs()
        self._mend_sources()

    def _mend_records(self) -> None:
        """A record needs a content and its current version; a content, its record; and what a run delivered, both."""
        versions: dict[str, int] = dict(self._session.execute(_TOP_VERSIONS).all())
        rows = {row.key: row.version for row in self._session.execute(sa.select(RecordRow.key, RecordRow.version))}
        for key in sorted(versions.keys() - rows.keys()):
            self._make_record(key)
            self.made_up["records whose row was remade from their content"] += 1
        lost = rows.keys() - versions.keys()
        for table, column in ((RunRecordRow, RunRecordRow.record), (RecordRow, RecordRow.key)):
            for key in lost:
                self._session.execute(sa.delete(table).where(column == key))
        self._session.execute(sa.delete(RunRecordRow).where(RunRecordRow.record.not_in(sa.select(RecordRow.key))))
        present = {(key, version) for key, version in self._session.execute(sa.select(VersionRow.record, VersionRow.version))}
        for key, version in rows.items():
            if key in versions and (key, version) not in present:
                self._session.execute(sa.update(RecordRow).where(RecordRow.key == key).values(version=versions[key]))
        self._mend_deliveries()

    def _mend_deliveries(self) -> None:
        missing = sa.select(VersionRow.run, VersionRow.record, sa.func.min(VersionRow.version)).where(
            VersionRow.version > 0,
            ~sa.exists().where(RunRecordRow.run == VersionRow.run, RunRecordRow.record == VersionRow.record),
        )
        rows = self._session.execute(missing.group_by(VersionRow.run, VersionRow.record)).all()
        states = {True: RecordState.NEW, False: RecordState.CHANGED}
        insert_all(
            self._session,
            RunRecordRow,
            [{"run": run, "record": key, "state": states[version == 1]} for run, key, version in rows],
        )

    def _make_record(self, key: str) -> None:
        versions = (
            self._session.execute(sa.select(VersionRow).where(VersionRow.record == key).order_by(VersionRow.version))
            .scalars()
            .all()
        )
        source, _, accession = key.partition(":")
        last = self._session.execute(sa.select(sa.func.coalesce(sa.func.max(RecordRow.position), 0))).scalar_one()
        row = {
            "key": key,
            "source": source,
            "accession": accession.partition("~")[0],
            "run": versions[0].run,
            "position": last + 1,
            "added": versions[0].stored,
            "version": versions[-1].version,
            **record_index.facts_of(decode(versions[-1].content)),
        }
        insert_all(self._session, RecordRow, [row])

    def _mend_runs(self) -> None:
        known = set(self._session.execute(sa.select(RunRow.id)).scalars())
        named = {
            run: source
            for column in (RecordRow.run, VersionRow.run, RunRecordRow.run)
            for run, source in self._session.execute(_sources_of_runs(column))
        }
        now = self._transaction.now()
        for run, source in named.items():
            if run not in known:
                self.made_up["runs of which only the records are left"] += 1
                self._take(RunRow, [_made_up_run(run, source, now)], "")

    def _mend_sources(self) -> None:
        known = set(self._session.execute(sa.select(SourceRow.slug)).scalars())
        named = {
            slug
            for column in (RecordRow.source, RunRow.source, SearchRow.source)
            for slug in self._session.execute(sa.select(column).distinct()).scalars()
        }
        for slug in sorted(named - known):
            self.made_up[f"the kind of the source {slug} (taken for a database)"] += 1
            position = len(known) + 1
            known.add(slug)
            row = {
                "slug": slug,
                "name": _SERVICES.get(slug, (slug,))[0],
                "kind": _SERVICES.get(slug, ("", SourceKind.DATABASE))[1],
                "platform": "",
                "position": position,
            }
            insert_all(self._session, SourceRow, [row])
        searches = set(self._session.execute(sa.select(SearchRow.name)).scalars())
        for name, source in self._session.execute(sa.select(RunRow.search, RunRow.source).distinct()).all():
            if name is not None and name not in searches:
                searches.add(name)
                insert_all(self._session, SearchRow, [{"name": name, "source": source}])

    def index(self) -> None:
        """Make what is looked up by: words, identifiers, and for now each record as a cluster of its own."""
        statement = sa.select(RecordRow.key, VersionRow.content).join(VersionRow, record_index.CURRENT)
        for rows in list(self._session.execute(statement.execution_options(yield_per=PORTION)).partitions()):
            contents = {key: decode(content) for key, content in rows}
            text_index.add(self._transaction, contents)
            insert_all(
                self._session,
                IdentifierRow,
                [row for key, one in contents.items() for row in record_index.identifier_rows(key, one)],
            )
            insert_all(self._session, MembershipRow, [{"record": key, "cluster": key} for key in contents])

    def settle(self) -> None:
        """Number events and records in their order, and make from the log what follows from it."""
        _renumber(self._session, EventRow, EventRow.id, "number", (EventRow.received, EventRow.clock, EventRow.id))
        _renumber(self._session, RecordRow, RecordRow.key, "position", (RecordRow.position, RecordRow.run, RecordRow.key))
        rebuild.rebuild(self._transaction)

    def counts(self) -> Mapping[str, int]:
        """How many records and events there are now."""
        tables = {"records": RecordRow, "events": EventRow}
        return {
            name: self._session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in tables.items()
        }

    def lost_subjects(self) -> tuple[list[str], list[str]]:
        """The keys of records, and the ids of events, that events speak of and that are not there."""
        keys = set(self._session.execute(sa.select(RecordRow.key)).scalars())
        ids = set(self._session.execute(sa.select(EventRow.id)).scalars())
        about = self._session.execute(sa.select(EventRow.kind, EventRow.subject).where(EventRow.subject != "").distinct()).all()
        lost_keys = {subject for kind, subject in about if kind in ABOUT_RECORDS and subject not in keys}
        lost_ids = {subject for kind, subject in about if kind == EventKind.UNDO and subject not in ids}
        return sorted(lost_keys), sorted(lost_ids)

    def events_since(self, clock: int) -> set[str]:
        """The ids of the events from a clock on."""
        return set(self._session.execute(sa.select(EventRow.id).where(EventRow.clock >= clock)).scalars())

    def lost_events(self, named: Collection[str]) -> list[str]:
        """Those of the events with these ids that are not there."""
        ids = set(self._session.execute(sa.select(EventRow.id)).scalars())
        return sorted(set(named) - ids)


_SERVICES: Mapping[str, Any] = {
    **{source.slug: (source.label, source.kind) for source in LIVE_SOURCES},
    slug_of(CITATION_INDEXES): (CITATION_INDEXES, SourceKind.CITATION),
}

_TOP_VERSIONS = (
    sa.select(VersionRow.record, sa.func.max(VersionRow.version))
    .group_by(VersionRow.record)
    .having(sa.func.max(VersionRow.version) > 0)
)


def _sources_of_runs(column: Any) -> sa.Select[Any]:
    """The runs that a column names, each with the source of a record that it delivered."""
    if column.class_ is RecordRow:
        return sa.select(column, RecordRow.source).distinct()
    return sa.select(column, RecordRow.source).join(RecordRow, RecordRow.key == column.class_.record).distinct()


def _made_up_run(run: str, source: str, now: datetime) -> TableRow:
    warning = "What this run said of itself was lost with a damaged database; its records were rescued."
    lists: TableRow = {name: [] for name in ("undelivered", "vanished", "raw", "rejected")}
    texts = dict.fromkeys(("operator", "query", "translation", "file_name", "file_sha256", "format", "encoding"), "")
    nothing = dict.fromkeys(("search", "finished", "reported", "declared"))
    return {
        **lists, **texts, **nothing, "id": run, "source": source, "status": RunStatus.COMPLETE, "started": _begun(run) or now, "tool_version": "",
        "warnings": [warning], "requests": 0, "seconds": 0.0, "service": {}, "checkpoint": {},
    }  # fmt: skip


def _begun(run: str) -> datetime | None:
    """When a run began, by its id, a UUIDv7."""
    try:
        return datetime.fromtimestamp(int(run.replace("-", "")[:12], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _renumber(session: Any, mapped: type[Any], key: Any, name: str, order: Iterable[Any]) -> None:
    column = getattr(mapped, name)
    rows = session.execute(sa.select(key, column).order_by(*order)).all()
    changed = [{"named": one, "place": place} for place, (one, number) in enumerate(rows, 1) if number != place]
    if changed:
        statement = sa.update(mapped.__table__).where(key == sa.bindparam("named")).values({name: sa.bindparam("place")})
        session.connection().execute(statement, changed)
