"""What is said to be stored is stored, whole or not at all: kills, errors, writers at once, full and read-only disks."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa

from prisma_tool.errors import StoreError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.store.engine import event_rows, health, opening
from prisma_tool.store.engine.database import Store, Transaction, make_engine
from prisma_tool.store.engine.schema import EventRow
from prisma_tool.store.projections import event_log, rebuild
from prisma_tool.store.projections.event_log import Draft

OpenStore = Callable[..., Store]

CHILD = """
import itertools, random, sys, time
from datetime import UTC, datetime
from pathlib import Path
from prisma_tool.model.log.event_ids import EventIds
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.store.projections import event_log
from prisma_tool.store.engine.opening import open_store

def now():
    return datetime.now(UTC)

store = open_store(sys.argv[1], protocol=Protocol(), now=now, new_id=EventIds(now, random.SystemRandom().getrandbits),
                   tool_version="0", backups=Path("."), tell=print, create=True)
def say(text):
    with store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.NOTE, subject=text)])
"""


def child(url: str, body: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(CHILD) + textwrap.dedent(body), url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)  # type: ignore[call-overload,no-any-return] # options vary


def note(store: Store, text: str) -> None:
    with store.write() as transaction:
        event_log.append(transaction, [Draft(EventKind.NOTE, subject=text)])


def notes(store: Store) -> list[str]:
    with store.read() as transaction:
        return [event.subject for event in event_rows.events(transaction)]


def pragma(transaction: Transaction, name: str) -> object:
    return transaction.session.execute(sa.text(f"PRAGMA {name}")).scalar()


def test_sqlite_runs_with_wal_full_synchronisation_and_foreign_keys(
    open_database: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "make_engine", make_engine)  # as the program does it
    with open_database(f"sqlite:///{tmp_path / 'review.db'}").read() as transaction:
        found = {name: pragma(transaction, name) for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}


@pytest.mark.parametrize("begins", ["read", "write"])
def test_a_reader_that_outlives_its_transaction_ends_in_silence(
    open_database: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, begins: str
) -> None:
    monkeypatch.setattr(opening, "make_engine", make_engine)  # which closes what it has opened
    store = open_database(f"sqlite:///{tmp_path / 'review.db'}")
    with getattr(store, begins)() as transaction:
        counting = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5000) SELECT x FROM n"
        reader = iter(transaction.streamed(sa.text(counting)))
        assert 0 < len(next(reader)) < 5_000
    reader.close()
    assert caplog.messages == []


def test_a_row_that_points_nowhere_is_refused(store: Store) -> None:
    with pytest.raises(StoreError), store.write() as transaction:
        transaction.session.execute(sa.text("INSERT INTO membership VALUES ('ghost:1', 'ghost:1')"))
    with store.read() as transaction:
        assert health.integrity(transaction) == []


def test_what_is_appended_is_there_for_others_at_once(store: Store, open_database: OpenStore, database_url: str) -> None:
    note(store, "said")
    assert notes(open_database(database_url)) == ["said"]


def test_an_event_survives_the_kill_of_the_process_that_reported_it(store: Store, database_url: str) -> None:
    with child(database_url, "say('kept'); print('stored', flush=True); time.sleep(60)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "stored\n"
        process.kill()
    assert notes(store) == ["kept"]


def test_a_process_killed_within_a_transaction_leaves_nothing(store: Store, database_url: str) -> None:
    body = """
    with store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.NOTE, subject="half")])
        print("inside", flush=True)
        time.sleep(60)
    """
    with child(database_url, body) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        process.kill()
    note(store, "after")
    assert notes(store) == ["after"]


def test_an_error_within_a_transaction_undoes_all_of_it(store: Store) -> None:
    def fails() -> None:
        with store.write() as transaction:
            event_log.append(transaction, [Draft(EventKind.NOTE, subject="half")])
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert notes(store) == []


def test_a_reader_computes_once_under_each_protocol_and_a_writer_anew(store: Store) -> None:
    numbers = itertools.count(1)
    with store.read() as transaction:
        assert [transaction.once("number", lambda: next(numbers)) for _ in range(3)] == [1, 1, 1]
        assert transaction.once("another", lambda: next(numbers)) == 2
        assert transaction.under(transaction.protocol).once("number", lambda: next(numbers)) == 1
        assert transaction.under(Protocol(title="Another")).once("number", lambda: next(numbers)) == 3
    with store.read() as transaction:
        assert transaction.once("number", lambda: next(numbers)) == 4
    with store.write() as transaction:
        assert [transaction.once("number", lambda: next(numbers)) for _ in range(2)] == [5, 6]


def test_a_reader_sees_one_state_throughout(store: Store) -> None:
    with store.read() as transaction:
        assert list(event_rows.events(transaction)) == []
        note(store, "meanwhile")
        transaction.session.expire_all()
        assert list(event_rows.events(transaction)) == []
    assert notes(store) == ["meanwhile"]


def test_writers_take_turns_so_that_no_update_is_lost(store: Store) -> None:
    def add_ten() -> None:
        for _ in range(10):
            with store.write() as transaction:
                count = transaction.session.execute(sa.select(sa.func.count()).select_from(EventRow)).scalar_one()
                event_log.append(transaction, [Draft(EventKind.NOTE, subject=str(count))])

    threads = [threading.Thread(target=add_ten) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(notes(store), key=int) == [str(number) for number in range(30)]


def test_two_processes_may_create_and_fill_one_database_at_once(open_database: OpenStore, database_url: str) -> None:
    processes = [child(database_url, f"[say('{name}') for _ in range(10)]") for name in "ab"]
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert sorted(notes(open_database(database_url))) == ["a"] * 10 + ["b"] * 10


def test_a_full_disk_stores_nothing_of_the_step_and_says_so(open_database: OpenStore, tmp_path: Path) -> None:
    store = open_database(f"sqlite:///{tmp_path / 'review.db'}")
    note(store, "before")
    many = [Draft(EventKind.NOTE, subject="x" * 1_000) for _ in range(500)]

    def limit(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")

    sa.event.listen(store.engine, "begin", limit)
    with (
        pytest.raises(StoreError, match=r"disk is full: nothing of this step was stored.*review\.db"),
        store.write() as transaction,
    ):
        event_log.append(transaction, many)
    sa.event.remove(store.engine, "begin", limit)
    assert notes(store) == ["before"]
    with store.read() as transaction:
        assert health.integrity(transaction) == []
        assert rebuild.differences(transaction) == []


@pytest.fixture
def others_folder() -> Iterator[Path]:
    """A folder of root's that everybody may read."""
    with tempfile.TemporaryDirectory(prefix="prisma-test-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def as_nobody(action: Callable[[], None]) -> str:
    """What `action` is refused with when an unprivileged user does it, in a process of its own; empty when it succeeds."""
    reading, writing = os.pipe()
    if (process := os.fork()) == 0:
        try:
            os.setgroups([])
            os.setgid(65_534)
            os.setuid(65_534)
            action()
        except BaseException as error:  # noqa: BLE001 - the parent judges it
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(process, 0)
    with os.fdopen(reading, encoding="utf-8") as said:
        return said.read()


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can become another user")
@pytest.mark.parametrize("closed", [True, False], ids=["by nobody else", "while its owner works"])
@pytest.mark.posix
def test_a_review_that_may_only_be_read_is_named_as_such(open_database: OpenStore, others_folder: Path, closed: bool) -> None:
    url = f"sqlite:///{others_folder / 'review.db'}"
    owner = open_database(url)
    note(owner, "mine")
    with owner.read() if not closed else nullcontext():
        said = as_nobody(lambda: note(open_database(url), "theirs"))
    assert said.startswith("StoreError: The database is read-only: allow writing to the review folder"), said
    assert notes(owner) == ["mine"]
