"""Opening the database and its transactions.

Invariants: when a write transaction returns, its work is on the disk (SQLite: WAL with synchronous FULL); write transactions run
one after the other (SQLite: BEGIN IMMEDIATE, PostgreSQL: one advisory lock), so that a projection is never computed from half of
another's work, save for those that run beside each other on PostgreSQL, which lock what they touch; no driver error leaves this module
untranslated.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event as hooks
from sqlalchemy.orm import Session

from prisma_tool.errors import StoreError
from prisma_tool.model import json_text
from prisma_tool.model.log.events import Channel, Event
from prisma_tool.model.log.run_entry import RunEntry
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.store.engine.addresses import parse_address
from prisma_tool.store.engine.archives import connect_to_read, unchanged
from prisma_tool.store.engine.compaction import PAGE_BYTES
from prisma_tool.store.engine.current_engine import CurrentEngine
from prisma_tool.store.engine.driver_errors import BUSY_SECONDS, translate_errors
from prisma_tool.store.engine.exchanges import Asked, Rows, exchange
from prisma_tool.store.engine.schema import OWN_TABLES, REVISION

_SWITCH_PAUSE = 0.01
"""Seconds between two tries of the switch to the write-ahead log, which SQLite does not wait for."""
CONNECT_SECONDS = "15"
"""How long a PostgreSQL server may take to answer, unless the address says otherwise."""

WRITE_LOCK = 7_707_601
"""The number of the advisory lock under which PostgreSQL writers take turns."""

_BEFORE_COMMIT, _LOGGED = "before_commit", "logged"
"""Under what a session remembers what is to be done just before the commit, and which events it stored."""

_REVISION = Asked(sa.text("SELECT version_num FROM alembic_version"))
_BEGIN_SHARED = (
    Asked(sa.text("BEGIN ISOLATION LEVEL READ COMMITTED")),
    Asked(sa.text(f"SELECT pg_advisory_xact_lock_shared({WRITE_LOCK})")),
)
_BY_ITSELF = {"prisma_write": "beside", "isolation_level": "AUTOCOMMIT"}
"""That a transaction on a server is begun and ended by its own statements."""


_UNCHANGING = "prisma_unchanging"
"""The option of an engine whose file may have been opened as one that never changes."""


_STREAMS = "streams"
"""In a session's `info`: what is being read in portions."""
_STREAMED = 2_000
"""Rows of a portion that is read at a time."""

_Result = TypeVar("_Result")


def random_salt() -> str:
    """A new salt for an event's private fields."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction with what writing needs.

    `now` gives aware times, `new_id` ids that sort by time; `protocol` has the rules by which votes are read, and `tool_version` and
    `via` (how events come that do not say it themselves) are stored with every event.
    """

    session: Session
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    protocol: Protocol
    tool_version: str
    via: Channel = Channel.COMMAND_LINE
    new_salt: Callable[[], str] = random_salt
    results: dict[Hashable, Any] | None = None
    """What `once` has computed; None where the database may change meanwhile."""
    own_protocol: Protocol | None = None
    """The rules that the store was opened with, where `protocol` is another reading."""

    @property
    def kept_protocol(self) -> Protocol:
        """The rules by which the outcomes that the database keeps were read."""
        return self.own_protocol or self.protocol

    def once(self, key: Hashable, compute: Callable[[], _Result]) -> _Result:
        """What `compute` gives. A transaction that only reads sees one state throughout, and computes it the first time alone.

        Args:
            key: What is computed, with all that it depends on beside the database and the protocol.
            compute: What computes it; nobody changes its result.
        """
        if self.results is None:
            return compute()
        if key not in self.results:
            self.results[key] = compute()
        result: _Result = self.results[key]
        return result

    def known(self, key: Hashable) -> Any:
        """What `once` has computed under this key; None where it has not."""
        return None if self.results is None else self.results.get(key)

    def under(self, protocol: Protocol) -> Transaction:
        """The same transaction under another reading of the protocol."""
        if protocol is self.protocol:
            return self
        results: dict[Hashable, Any] | None = None if self.results is None else {}
        return replace(self, protocol=protocol, results=results, own_protocol=self.kept_protocol)

    def rows(self, statement: Any) -> Sequence[Any]:
        """All rows of a statement over columns, at half of what the mapping of objects and asking row by row would cost."""
        return self.session.connection().execute(statement).all()

    def streamed(self, statement: Any) -> Iterator[Sequence[Any]]:
        """The same in portions, for what is not held in memory; a reader that stops early leaves no cursor open, at the transaction's end at the latest."""
        streams: set[sa.CursorResult[Any]] = self.session.info.setdefault(_STREAMS, set())
        with closing(self.session.connection().execute(statement.execution_options(yield_per=_STREAMED))) as result:
            streams.add(result)
            yield from result.partitions()
        streams.discard(result)

    def log(self, entries: Sequence[Event | RunEntry]) -> None:
        """Note that these events or states of runs were stored, for whoever keeps a second copy of them; told after the commit."""
        self.session.info.setdefault(_LOGGED, []).extend(entries)

    def before_commit(self, step: Callable[[], None]) -> None:
        """Do this just before the commit."""
        self.session.info.setdefault(_BEFORE_COMMIT, []).append(step)


@dataclass(frozen=True, slots=True)
class ShortWrite:
    """A transaction of two exchanges with the database: `answers` came with its beginning, and `finish` ends it."""

    transaction: Transaction
    answers: list[Rows]

    def finish(self, changes: Sequence[Asked], lock: Asked, log: Sequence[Asked]) -> None:
        """Make changes, then take a lock (needed on a server only) for what enters the log, and commit.

        On a server all of it comes in one exchange, so that the lock is never held across the line.

        Raises:
            Disproved: one of them proves what does not hold; nothing is stored.
        """
        connection = self.transaction.session.connection()
        locks = [] if connection.dialect.name == "sqlite" else [lock]
        exchange(connection, [*changes, *locks, *log], commit=True)


@dataclass(frozen=True, slots=True)
class Store:
    """A review's database. Make one with `open_store`.

    `revision` is the schema that this program writes; `after_commit` receives the events and the states of runs that a
    transaction stored once they are on the disk.
    `current` knows where the review is, if it may move while it is open.
    """

    opened: sa.Engine
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    protocol: Protocol
    tool_version: str
    revision: str = REVISION
    via: Channel = Channel.COMMAND_LINE
    new_salt: Callable[[], str] = random_salt
    after_commit: Callable[[Sequence[Event | RunEntry]], None] | None = None
    current: CurrentEngine | None = None
    only_read: str = ""
    """Why nothing can be stored, as a sentence with what to do; empty where something can."""

    @property
    def engine(self) -> sa.Engine:
        """The database in which the review is now."""
        return self.current.engine if self.current else self.opened

    def follow(self) -> bool:
        """Go on in the database where the review is now, as `CurrentEngine.follow` does; says whether that is another than before."""
        return self.current is not None and self.current.follow()

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a database on a server."""
        return Path(str(self.engine.url.database)) if self.engine.dialect.name == "sqlite" else None

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that commits at the end and leaves nothing behind if anything fails.

        Raises:
            StoreError: the database is full, locked, read-only or out of reach.
        """
        self.require_writable()
        self.follow()
        with translate_errors(self.engine.url), self._begun({"prisma_write": "alone"}, [_REVISION]) as (session, [revision]):
            self._require_own_revision(revision)
            yield self._transaction(session)
            session.flush()
            for step in session.info.get(_BEFORE_COMMIT, ()):
                step()
        self._tell(session)

    @contextmanager
    def write_beside(self, lock: Sequence[Asked], asked: Sequence[Asked]) -> Iterator[ShortWrite]:
        """A transaction that stores what `ShortWrite.finish` is given, or nothing, in two exchanges.

        A team on a distant server would otherwise wait for each other's every question.
        On PostgreSQL it runs at the same time as others of its kind; `write` waits until they are done, and they for it.

        Args:
            lock: What keeps others of its kind away from what this one touches; needed on a server only.
            asked: What to ask once nobody else can change it.

        Raises:
            StoreError: the database is full, locked, read-only or out of reach.
        """
        self.require_writable()
        self.follow()
        first = [*_BEGIN_SHARED, *lock] if self.file is None else []
        way = _BY_ITSELF if first else {"prisma_write": "alone"}
        with translate_errors(self.engine.url), self._begun(way, [*first, _REVISION, *asked]) as (session, answers):
            revision, *others = answers[len(first) :]
            self._require_own_revision(revision)
            yield ShortWrite(self._transaction(session), others)
        self._tell(session)

    def _tell(self, session: Session) -> None:
        if self.after_commit is not None and (logged := session.info.get(_LOGGED)):
            self.after_commit(logged)

    def require_writable(self) -> None:
        """Refuse to go on where nothing can be stored.

        Raises:
            StoreError: it is so.
        """
        if self.only_read:
            raise StoreError(self.only_read)

    @contextmanager
    def _begun(self, way: Mapping[str, Any], asked: Sequence[Asked]) -> Iterator[tuple[Session, list[Rows]]]:
        """A session in a writing transaction, which has begun in the database where the review is by then, and the first answers.

        Whoever waited while the review moved meets the old database, and begins again in the new one.
        """
        while True:
            with self.engine.connect().execution_options(**way) as connection, connection.begin():
                answers = exchange(connection, asked)
                if self.follow():
                    continue
                with _session(connection, autoflush=False) as session:
                    yield session, answers
                return

    def _require_own_revision(self, stored: Rows) -> None:
        """A program that was open while a newer one upgraded the database would leave out what that one expects.

        Raises:
            StoreError: the database has another schema than when it was opened.
        """
        if stored != [(self.revision,)]:
            raise StoreError(
                f"The database was changed to schema {stored[0][0]} while this program, which writes {self.revision}, was open; nothing was "
                "stored. Close it, update prisma-tool here, and open the review again."
            )

    def _transaction(self, session: Session) -> Transaction:
        return Transaction(session, self.now, self.new_id, self.protocol, self.tool_version, self.via, self.new_salt)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the database throughout and changes nothing.

        Raises:
            StoreError: the database is damaged or out of reach.
        """
        self.follow()
        with (
            translate_errors(self.engine.url),
            unchanged(self.file) if self.file and self.engine.get_execution_options().get(_UNCHANGING) else nullcontext(),
            self.engine.connect() as connection,
            _session(connection) as session,
        ):
            yield replace(self._transaction(session), results={})

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the database's files open meanwhile: closing the last connection writes SQLite's log back, which costs milliseconds.

        Raises:
            StoreError: the database cannot be opened.
        """
        with translate_errors(self.engine.url), self.engine.connect():
            yield

    def under(self, protocol: Protocol) -> Store:
        """The same database under another reading of the protocol."""
        return replace(self, protocol=protocol)

    def through(self, channel: Channel) -> Store:
        """The same database, whose events say that they came by this channel."""
        return replace(self, via=channel)

    def close(self) -> None:
        """Give back connections and files."""
        (self.current or self.opened).dispose()


@contextmanager
def _session(connection: sa.Connection, *, autoflush: bool = True) -> Iterator[Session]:
    """A session that leaves nothing open that was read in portions: what is closed after its connection can only fail."""
    with Session(bind=connection, autoflush=autoflush) as session:
        try:
            yield session
        finally:
            for stream in session.info.get(_STREAMS, ()):
                stream.close()


def make_engine(address: str | Path, *, create: bool = False) -> sa.Engine:
    """An engine with the pragmas and locks that the invariants above need; a path names a SQLite file, made only with `create`.

    Raises:
        StoreError: the address means nothing, or PostgreSQL's driver is not installed.
    """
    # A path is not put into an address by hand: folders may have `?` in their names.
    url = sa.URL.create("sqlite", database=str(address)) if isinstance(address, Path) else parse_address(address)
    engine = _sqlite_engine(url, create=create) if url.drivername == "sqlite" else _postgres_engine(url)
    if engine.dialect.name == "sqlite":
        hooks.listen(engine, "connect", lambda connection, _: _prepare_sqlite(connection, create=create))
    hooks.listen(engine, "begin", _begin)
    return engine


def make_reading_engine(database: Path) -> sa.Engine:
    """An engine for a SQLite file that may not be written; each of its connections sees how the file can be read just then."""
    url = sa.URL.create("sqlite", database=str(database))
    engine = sa.create_engine(
        url,
        poolclass=sa.NullPool,
        creator=lambda: connect_to_read(database),
        execution_options={_UNCHANGING: True},
        json_deserializer=json_text.parse,
    )
    hooks.listen(engine, "connect", lambda connection, _: _prepare_connection(connection))
    hooks.listen(engine, "begin", _begin)
    return engine


def _sqlite_engine(url: sa.URL, *, create: bool) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        return sa.create_engine(url, poolclass=sa.NullPool, json_deserializer=json_text.parse)
    name = f"{Path(url.database).absolute().as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(name, uri=True, check_same_thread=False)

    return sa.create_engine(url, poolclass=sa.NullPool, creator=connect, json_deserializer=json_text.parse)


def _postgres_engine(url: sa.URL) -> sa.Engine:
    try:
        # The ping finds connections that the server or a sleeping laptop has dropped.
        return sa.create_engine(
            url.update_query_dict({"connect_timeout": CONNECT_SECONDS} | dict(url.query)),
            pool_pre_ping=True,
            json_deserializer=json_text.parse,
        )
    except ImportError as error:
        raise StoreError("PostgreSQL needs the driver psycopg: install prisma-tool with its 'postgres' extra.") from error


def _prepare_connection(connection: Any) -> None:
    # The driver must not open transactions by itself: `_begin` says which kind is wanted.
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare_sqlite(connection: Any, *, create: bool) -> None:
    _prepare_connection(connection)
    if _may_change_mode(connection, create=create):
        # Of a file that is still empty; any other keeps its own.
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}").close()
        _use_write_ahead_log(connection)


def _may_change_mode(connection: Any, *, create: bool) -> bool:
    """Whether the file is a review's, or becomes one: the mode is written into it, and another program's file is not ours to write to."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return tables >= OWN_TABLES if tables else create


def _use_write_ahead_log(connection: Any) -> None:
    """Switch to the write-ahead log, once in a file's life.

    SQLite refuses the switch at once, whatever the busy timeout, while another process makes it or reads; the mode is kept in the file,
    so whoever comes second finds it done.
    """
    patience = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > patience:
                raise
            time.sleep(_SWITCH_PAUSE)
        else:
            return


def _begin(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("prisma_write", "")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif writing == "alone":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
    elif not writing:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
