"""Snapshots of a SQLite database: one whole file each, taken while others may write, and what such a file holds.

Invariant: a snapshot is complete under its name or not there at all; the file that it is taken of, and a snapshot that is looked at,
are never changed.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from prisma_tool.errors import StoreError
from prisma_tool.model.snapshots import SnapshotName
from prisma_tool.plain_files import is_plain_file
from prisma_tool.store.engine.archives import connect_to_read, may_only_be_read, unchanged
from prisma_tool.store.engine.schema import REVISION


def take_snapshot(database: Path, folder: Path, name: SnapshotName) -> Path:
    """Copy a database into `folder` by SQLite's online backup, under this name or, where that is taken, one like it.

    Raises:
        StoreError: the database cannot be read, or the folder not be written; nothing is left behind.
    """
    target = free_path(folder, name)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copy_database(database, temporary)
        temporary.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{database} cannot be copied to {target}: {error}. Make room, or allow reading and writing there."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return target


def free_path(folder: Path, name: SnapshotName) -> Path:
    """Where a snapshot of this name may be put without overwriting another of the same second."""
    while (path := folder / name.file_name).exists():
        name = replace(name, copy=name.copy + 1)
    return path


def copy_database(database: Path, target: Path) -> None:
    """One state of a database as a file that is whole by itself and safe on the disk.

    Raises:
        OSError, sqlite3.Error: it cannot be read or written.
        StoreError: it changes all the time.
    """
    archived = may_only_be_read(database)
    with (
        unchanged(database) if archived else nullcontext(),
        closing(connect_to_read(database) if archived else _read_beside_others(database)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        copy.execute("PRAGMA synchronous=OFF")
        # In one step: a writer beside it would make one of several steps begin anew.
        original.backup(copy)
        # Without side files, so that it can be read where nothing may be written.
        copy.execute("PRAGMA journal_mode=DELETE").fetchone()
    with target.open("rb+") as stream:
        os.fsync(stream.fileno())


def _read_beside_others(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)


@dataclass(frozen=True, slots=True)
class SnapshotContents:
    """What a database file holds: the review's id (empty before schema 0003), how many events; or why it cannot be read."""

    review: str = ""
    events: int = 0
    problem: str = ""


_OTHER_FILE = "it is not the database of a review"


def contents_of(path: Path) -> SnapshotContents:
    """What a file that may be anything holds, examined page by page."""
    if not is_plain_file(path):
        return SnapshotContents(problem="it is a link, a folder or a device, which is not opened")
    side_files = path.with_name(f"{path.name}-wal").exists()
    # A file without a log beside it is read as it is, also where its folder may not be written.
    mode = "ro" if side_files else "ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            return _examined(connection)
    except sqlite3.Error as error:
        return SnapshotContents(problem=f"it cannot be read ({error})")


def _examined(connection: sqlite3.Connection) -> SnapshotContents:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables >= {"alembic_version", "event", "record"}:
        return SnapshotContents(problem=_OTHER_FILE)
    ((damage,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
    if damage != "ok":
        return SnapshotContents(problem=f"it is damaged ({damage})")
    ((revision,),) = connection.execute("SELECT version_num FROM alembic_version").fetchall() or [("",)]
    if str(revision) > REVISION:
        return SnapshotContents(problem=f"a newer prisma-tool wrote it (schema {revision}); update this one")
    ((events,),) = connection.execute("SELECT count(*) FROM event").fetchall()
    ids = connection.execute("SELECT id FROM review").fetchall() if "review" in tables else []
    return SnapshotContents(str(ids[0][0]) if ids else "", events)
