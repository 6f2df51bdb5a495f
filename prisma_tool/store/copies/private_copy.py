"""A private copy of a SQLite file that came from elsewhere: made and looked at before anything trusts it.

Invariants: of the original only plain files are read, as bytes, and nothing is written beside it; what stands in the copy is the schema of
a review and nothing else that could act by itself, such as a trigger or a view; its pages are sound.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import event as hooks

from prisma_tool.errors import ReviewError, StoreError
from prisma_tool.file_io import explained_errors
from prisma_tool.model.text import one_line
from prisma_tool.plain_files import open_plain
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.schema import Base

_PIECE = 1 << 20
_TRIES = 5
"""How often a file that is being written to meanwhile is copied anew."""

_WRITE_AHEAD = "-wal"
"""The ending of the file beside a database that holds its newest changes. A rollback journal is left alone: it may name other files."""

_OWN_TABLES = {
    "alembic_version",
    *Base.metadata.tables,
    *(f"word_index{part}" for part in ("", "_data", "_idx", "_docsize", "_config", "_content")),
}
_OWN_STATEMENTS = {
    "word_index": {
        "CREATE VIRTUAL TABLE word_index USING fts5(text, content='words', content_rowid='id', detail='full')",
        "CREATE VIRTUAL TABLE word_index USING fts5(text, content='', detail='full')",
    },
    "words_added": {
        "CREATE TRIGGER words_added AFTER INSERT ON words BEGIN INSERT INTO word_index(rowid, text) VALUES (new.id, new.text); END"
    },
    "words_gone": {
        (
            "CREATE TRIGGER words_gone AFTER DELETE ON words BEGIN INSERT INTO word_index(word_index, rowid, text) "
            "VALUES ('delete', old.id, old.text); END"
        )
    },
}
"""What acts by itself in a review's database, exactly as the migrations write it or, up to schema 0003, wrote it."""


def copy_database(address: Path, inside: Path, target: Path) -> None:
    """Copy the database at `address`, a file below the folder `inside`, to `target`.

    Raises:
        PrismaError: it is no plain file, or a link leads to it.
        ReviewError: it holds what no review's database does.
        StoreError: it is no database, or damaged.
    """
    with explained_errors(address):
        _copy_files(address, inside, target)
    try:
        with closing(sqlite3.connect(target)) as connection:
            _distrust(connection)
            _require_own_schema(connection, address)
            _require_sound(connection, address)
    except sqlite3.Error as error:
        raise StoreError(
            f"{address} cannot be read as a review's database: {one_line(str(error))}. Name the folder of a copy, or its review.db."
        ) from error


def _copy_files(address: Path, inside: Path, target: Path) -> None:
    """Copy the file and what stands beside it as they were at one moment, also while somebody works with them."""
    names = ("", _WRITE_AHEAD)
    for _ in range(_TRIES):
        before = [_stamp(address.with_name(address.name + name), inside) for name in names]
        for name in names:
            _copy_file(address.with_name(address.name + name), inside, target.with_name(target.name + name))
        if [_stamp(address.with_name(address.name + name), inside) for name in names] == before:
            return
    raise StoreError(f"{address} is being written to at this moment; close what works with it, and merge again.")


def _stamp(path: Path, inside: Path) -> tuple[int, int, int] | None:
    try:
        with open_plain(path, inside=inside) as stream:
            status = os.fstat(stream.fileno())
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _copy_file(path: Path, inside: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        stream = open_plain(path, inside=inside)
    except FileNotFoundError:
        if path.name.endswith(_WRITE_AHEAD):
            return
        raise
    with stream, target.open("wb") as copy:
        while piece := stream.read(_PIECE):
            copy.write(piece)


def distrust(store: Store) -> None:
    """Let every further connection to a private copy, which is only read from now on, take its schema for what a stranger wrote."""
    hooks.listen(store.engine, "connect", lambda connection, _record: _distrust(connection))


def _distrust(connection: Any) -> None:
    """What SQLite's own documentation advises for files that come from elsewhere."""
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0"):
        connection.execute(f"PRAGMA {pragma}").close()


def _require_own_schema(connection: sqlite3.Connection, address: Path) -> None:
    for kind, name, statement in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        if not _is_own(str(kind), str(name), str(statement or "")):
            raise ReviewError(
                f"{address} holds the {one_line(str(kind))[:20]} {one_line(str(name))[:80]}, which no review's database has as this program "
                "knows it: it belongs to another program, was tampered with, or a newer prisma-tool wrote it. Nothing was merged."
            )


def _is_own(kind: str, name: str, statement: str) -> bool:
    if kind == "index":
        return True
    if kind == "trigger" or name in _OWN_STATEMENTS:
        return statement in _OWN_STATEMENTS.get(name, ())
    # A name of SQLite's own can be given to nothing else.
    is_plain = statement.upper().startswith("CREATE TABLE") or name.startswith("word_index_")
    return kind == "table" and is_plain and (name in _OWN_TABLES or name.startswith("sqlite_"))


def _require_sound(connection: sqlite3.Connection, address: Path) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise StoreError(f"{address} is damaged ({one_line(str(verdict))[:80]}); nothing was merged. Merge another copy.")
    stray = connection.execute("PRAGMA foreign_key_check").fetchone()
    if stray is not None:
        raise ReviewError(
            f"{address}: a row of {one_line(str(stray[0]))[:80]} names one of {one_line(str(stray[2]))[:80]} that is not there; nothing was "
            "merged. Merge another copy."
        )
