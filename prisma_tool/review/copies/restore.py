"""Putting back a snapshot, and on top of it what the journal has seen since.

Invariants: the present state is kept aside before anything is changed; only a readable snapshot of this very review is put back; events that
are applied again are the same events, each checked against its hash.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prisma_tool.errors import PrismaError, ReviewError, StoreError
from prisma_tool.file_io import explained_errors
from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.snapshots import SnapshotKind, SnapshotName
from prisma_tool.model.text import counted
from prisma_tool.plain_files import is_plain_file
from prisma_tool.review.archive import require_changeable
from prisma_tool.review.copies.backup import back_up
from prisma_tool.review.environment import Environment
from prisma_tool.review.journal import Journal, journal_contents
from prisma_tool.review.open_review import Review, database_address, find_review, open_review, utc_now
from prisma_tool.review.protocol.file import protocol_text
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.snapshots import FOLDER
from prisma_tool.store.copies.replay import events_lacking, lacking_records, replace_all, replay_events, totals
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.opening import is_empty, open_store, review_id
from prisma_tool.store.engine.snapshots import contents_of, copy_database, free_path, take_snapshot
from prisma_tool.version import VERSION


@dataclass(frozen=True, slots=True)
class LaterEvents:
    """What the journal holds and the snapshot lacks: how many events, from when to when, and how many are about records that it lacks."""

    events: int
    first: datetime
    last: datetime
    about_lacking: int

    @property
    def sentence(self) -> str:
        """The same in words."""
        about = f", {self.about_lacking} of them about records that the snapshot lacks" if self.about_lacking else ""
        return f"{counted(self.events, 'event')} that the snapshot lacks, from {self.first:%Y-%m-%d %H:%M} to {self.last:%Y-%m-%d %H:%M} UTC{about}"


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """What was restored, read back: from which file, where the state before is kept, how much is there now, and what became of the journal."""

    snapshot: str
    kept: str
    records: int
    events: int
    later: LaterEvents | None
    applied: int
    decided: bool
    """Whether somebody said what is to become of the later events."""
    unreadable_lines: int

    def as_json(self) -> Mapping[str, Any]:
        """The object of `restore --json`."""
        later = self.later
        moments = {"first": later.first.isoformat(), "last": later.last.isoformat()} if later else {}
        return {**asdict(self), "later": {**asdict(later), **moments} if later else None}

    def journal_lines(self) -> list[str]:
        """What became of the journal's later events, in sentences."""
        lines = []
        if self.later is None:
            lines.append("The journal holds no later event.")
        elif self.applied:
            lines.append(f"Of the journal, {self.later.sentence}: {self.applied} were applied.")
            if self.later.about_lacking:
                lines.append(
                    "Votes on records that are not there count once these are: import or search again, or use `prisma-tool rescue`."
                )
        elif self.decided:
            lines.append(f"Left out, as you said: {self.later.sentence}.")
        else:
            lines.append(f"Not applied: the journal holds {self.later.sentence}. The same command with --replay applies them.")
        if self.unreadable_lines:
            lines.append(f"{self.unreadable_lines} lines of the journal are no whole, unaltered entries and were passed over.")
        return lines


def restore(
    start: Path,
    environment: Environment,
    snapshot: str,
    tell: Callable[[str], None],
    decide: Callable[[LaterEvents], bool | None],
    now: Callable[[], datetime] = utc_now,
) -> RestoreResult:
    """Put back a snapshot, named as in `backup --list` or by its path; `decide` says whether the journal's later events follow (None: not now).

    Raises:
        ReviewError: no such snapshot, or it is of another review.
        StoreError: it cannot be read, or the present database not be replaced; nothing has changed then.
    """
    folder = find_review(start.absolute())
    protocol = parse_protocol(protocol_text(folder), str(folder / FILE_NAME))
    address = environment.database or database_address(folder, protocol)
    path = _located(folder, snapshot)
    require_changeable(address)
    with ExitStack() as stack:
        prepared = _prepared(folder, path, protocol, now, stack)
        if isinstance(address, Path):
            kept = _keep(address, folder, now())
            prepared.close()
            _put(Path(str(prepared.engine.url.database)), address)
        elif is_empty(address):
            kept = ""
            _fill_server(address, folder, prepared)
        else:
            kept = _put_on_server(folder, environment, prepared, tell, now)
    with open_review(folder, environment, tell, now) as review:
        return _follow(review, path, kept, decide)


def _located(folder: Path, snapshot: str) -> Path:
    named = folder / FOLDER / snapshot
    path = named if Path(snapshot).name == snapshot and os.path.lexists(named) else Path(snapshot).absolute()
    if not os.path.lexists(path):
        raise ReviewError(
            f"There is no snapshot {snapshot} in {folder / FOLDER}; `prisma-tool backup --list` shows those that there are."
        )
    if problem := contents_of(path).problem:
        raise StoreError(
            f"{path} cannot be restored: {problem}. Nothing was changed; `prisma-tool backup --list` shows the others."
        )
    return path


def _prepared(folder: Path, path: Path, protocol: Protocol, now: Callable[[], datetime], stack: ExitStack) -> Store:
    """A copy of the snapshot, beside the database that it will replace, brought up to date and checked to be of this review."""
    copy = folder / f".restoring.{os.getpid()}.db"
    stack.callback(_remove, copy)
    try:
        copy_database(path, copy)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} cannot be copied to {copy}: {error}. Nothing was changed; make room and try again.") from error
    store = open_store(
        copy,
        protocol=protocol,
        now=now,
        new_id=_no_id,
        tool_version=VERSION,
        backups=folder / FOLDER / ".upgraded",
        tell=_say_nothing,
    )
    stack.callback(shutil.rmtree, folder / FOLDER / ".upgraded", ignore_errors=True)
    stack.callback(store.close)
    with store.read() as transaction:
        stored = review_id(transaction)
    if protocol.id and stored != protocol.id:
        raise ReviewError(
            f"{path} is a snapshot of another review ({stored or 'without an id'}); {folder / FILE_NAME} names {protocol.id}. Nothing was changed."
        )
    return store


def _say_nothing(text: str) -> None:
    """That a copy is brought up to date concerns nobody."""


def _no_id() -> str:
    raise AssertionError("A snapshot is only read.")


_PARTS = ("", "-wal", "-shm")


def _remove(path: Path) -> None:
    for suffix in _PARTS:
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _keep(database: Path, folder: Path, moment: datetime) -> str:
    """Keep the present state; one that SQLite cannot read is kept as the files that it is."""
    if not is_plain_file(database) or not database.stat().st_size:
        return ""
    name = SnapshotName(moment, SnapshotKind.RESTORE)
    if not contents_of(database).problem:
        return str(take_snapshot(database, folder / FOLDER, name))
    target = free_path(folder / FOLDER, name)
    with explained_errors(target):
        target.parent.mkdir(exist_ok=True)
        for suffix in _PARTS[:2]:
            part = database.with_name(database.name + suffix)
            if is_plain_file(part):
                shutil.copyfile(part, target.with_name(target.name + suffix))
    return str(target)


def _put(copy: Path, database: Path) -> None:
    """Into the database that is there, so that a program which has it open sees the change; in its place where that is damaged."""
    if is_plain_file(database) and not contents_of(database).problem:
        try:
            with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(database, timeout=20)) as target:
                source.backup(target)
        except sqlite3.Error as error:
            raise StoreError(
                f"{database} cannot be replaced: {error}. Nothing was changed; close other programs that use it."
            ) from error
        return
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    with explained_errors(database):
        _remove(database)
        copy.replace(database)


def _put_on_server(
    folder: Path, environment: Environment, prepared: Store, tell: Callable[[str], None], now: Callable[[], datetime]
) -> str:
    with open_review(folder, environment, tell, now) as review:
        kept = back_up(review, kind=SnapshotKind.RESTORE)
        with prepared.read() as there, review.store.write() as here:
            replace_all(there, here)
    return str(kept)


def _fill_server(address: str, folder: Path, prepared: Store) -> None:
    """Into an empty database, as where a server was set up anew."""
    store = open_store(
        address,
        protocol=prepared.protocol,
        now=prepared.now,
        new_id=_no_id,
        tool_version=VERSION,
        backups=folder / FOLDER,
        tell=_say_nothing,
        create=True,
    )
    with closing(store), prepared.read() as there, store.write() as here:
        replace_all(there, here)


def _follow(review: Review, path: Path, kept: str, decide: Callable[[LaterEvents], bool | None]) -> RestoreResult:
    journal = journal_contents(review.folder)
    with review.store.read() as transaction:
        lacking = events_lacking(transaction, journal.events.values())
        wanted_again = event_rows.with_ids(transaction, journal.left_out)
        later = _later(lacking, lacking_records(transaction, lacking)) if lacking else None
    if wanted_again:
        Journal(review.folder, _fail).append(wanted_again)
    decision = decide(later) if later is not None else None
    applied = 0
    if decision:
        with review.store.write() as transaction:
            applied = replay_events(transaction, lacking)
    elif decision is False:
        Journal(review.folder, _fail).leave_out([event.id for event in lacking], review.store.now())
    with review.store.read() as transaction:
        records, events = totals(transaction)
    return RestoreResult(path.name, kept, records, events, later, applied, decision is not None, journal.unreadable)


def _fail(text: str) -> None:
    raise PrismaError(f"The snapshot was restored, but which later events are wanted could not be noted. {text}")


def _later(lacking: list[Event], about_lacking: int) -> LaterEvents:
    moments = [event.at for event in lacking]
    return LaterEvents(len(lacking), min(moments), max(moments), about_lacking)
