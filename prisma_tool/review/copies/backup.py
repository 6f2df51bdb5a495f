"""Backups that are asked for: a snapshot of the whole review, also of one whose database is on a server."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import explained_errors
from prisma_tool.model.snapshots import SnapshotKind, SnapshotName, detail_of
from prisma_tool.review.open_review import Review
from prisma_tool.review.snapshots import FOLDER, require_room
from prisma_tool.store.copies.transfer import transfer
from prisma_tool.store.engine.opening import open_store
from prisma_tool.store.engine.snapshots import free_path, take_snapshot


def back_up(review: Review, to: Path | None = None, kind: SnapshotKind = SnapshotKind.REQUESTED, detail: str = "") -> Path:
    """Take a snapshot of the review's database into `to`, else into its `backups/`; a SQLite file also where the database is on a server.

    Raises:
        PrismaError: it cannot be written; nothing is left behind.
    """
    if to is None:
        review.store.require_writable()
    folder = to or review.folder / FOLDER
    name = SnapshotName(review.store.now(), kind, detail_of(detail))
    if review.store.file is not None:
        return take_snapshot(review.store.file, folder, name)
    return _from_server(review, folder, name)


def back_up_version(review: Review, label: str, tell: Callable[[str], None]) -> None:
    """Take the snapshot of a version that was closed just now; where that fails, the version is closed all the same, and it is said."""
    try:
        if review.store.file is not None:
            require_room(review.store.file, review.folder / FOLDER)
        path = back_up(review, kind=SnapshotKind.VERSION, detail=label)
    except (PrismaError, OSError) as error:
        tell(f"The version is closed, but its snapshot could not be taken: {error} Take it with `prisma-tool backup`.")
    else:
        tell(f"Its snapshot is kept as {path}.")


def _from_server(review: Review, folder: Path, name: SnapshotName) -> Path:
    target = free_path(folder, name)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    with explained_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        _transfer(review, temporary)
        with explained_errors(target):
            temporary.replace(target)
    finally:
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                temporary.with_name(temporary.name + suffix).unlink(missing_ok=True)
    return target


def _transfer(review: Review, temporary: Path) -> None:
    own = review.store
    store = open_store(
        temporary,
        protocol=own.protocol,
        now=own.now,
        new_id=own.new_id,
        tool_version=own.tool_version,
        backups=temporary.parent,
        tell=_silent,
        create=True,
    )
    try:
        with own.read() as here, store.write() as there:
            transfer(here, there)
    finally:
        store.close()
    with closing(sqlite3.connect(temporary)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()


def _silent(text: str) -> None:
    """What is done to a new file concerns nobody."""
