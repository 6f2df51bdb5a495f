"""Reading a SQLite file that may not be written: on read-only media, in an archived folder, in somebody else's folder.

Invariants: nothing is written to the file or beside it; what its write-ahead log or its rollback journal holds is never passed over.
SQLite passes both over where it is told that a file never changes ("immutable"), which alone needs no files beside it; so that is said
only of a file without either. A log that another program keeps open is read through its index (`-shm`); anything else is read from a copy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prisma_tool.errors import StoreError
from prisma_tool.file_io import explained_errors

_TRIES = 3
_BESIDE = ("-wal", "-journal")
"""What SQLite keeps beside a file and would put into it on the next opening."""


def may_only_be_read(database: Path) -> bool:
    """Whether a file with contents may be read here, but it or its folder not be written."""
    with explained_errors(database):
        has_contents = database.is_file() and database.stat().st_size > 0
    return has_contents and not (is_writable(database) and is_writable(database.parent))


def is_writable(path: Path) -> bool:
    """Whether the system lets this user write there.

    Asked and not tried: closing a file that this program has open elsewhere would let go of SQLite's locks on it.
    """
    return os.access(path, os.W_OK)


def needs_copy(database: Path) -> bool:
    """Whether beside the file lies what SQLite can read only by writing."""
    return _has_content(_beside(database, "-journal")) or (_has_content(_beside(database, "-wal")) and not _is_followed(database))


def _is_followed(database: Path) -> bool:
    """Whether the log has its index: another program has the file open, or was stopped in the middle."""
    return _beside(database, "-wal").exists() and _beside(database, "-shm").exists()


def connect_to_read(database: Path) -> sqlite3.Connection:
    """A connection that reads all that was committed and writes nothing.

    Raises:
        StoreError: since the review was opened, something came beside the file that can only be read from a copy.
        sqlite3.Error: it cannot be read.
    """
    if needs_copy(database):
        raise _changed(database)
    how = "mode=ro&readonly_shm=1" if _is_followed(database) else "mode=ro&immutable=1"
    return sqlite3.connect(f"{database.absolute().as_uri()}?{how}", uri=True, check_same_thread=False)


@contextmanager
def unchanged(database: Path) -> Iterator[None]:
    """Make sure that a file of which SQLite was told that it never changes did not change meanwhile.

    Raises:
        StoreError: it did, so that what was read may be half of one state and half of another.
    """
    before = None if _is_followed(database) else _stamp(database)
    yield
    if before is not None and _stamp(database) != before:
        raise _changed(database)


def copy_to_read(database: Path, folder: Path) -> Path:
    """A writable copy of the file and of what lies beside it, all of one moment.

    Raises:
        StoreError: it goes on changing.
        PrismaError: it cannot be read, or there is no room for a copy.
    """
    for _ in range(_TRIES):
        before = _stamp(database)
        with explained_errors(folder / database.name):
            copied = [_copied(_beside(database, suffix), folder) for suffix in ("", *_BESIDE)]
        if _stamp(database) == before:
            assert copied[0] is not None
            return copied[0]
    raise _changed(database)


def _copied(path: Path, folder: Path) -> Path | None:
    """The copy of a file; None, and no older copy of it either, where there is none."""
    target = folder / path.name
    target.unlink(missing_ok=True)
    return Path(shutil.copyfile(path, target)) if path.exists() else None


def _beside(database: Path, suffix: str) -> Path:
    return database.with_name(f"{database.name}{suffix}")


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _stamp(database: Path) -> list[tuple[int, int] | None]:
    """When the file and what belongs to it were changed, and how large they are."""
    paths = [_beside(database, suffix) for suffix in ("", *_BESIDE)]
    return [((status := path.stat()).st_mtime_ns, status.st_size) if path.exists() else None for path in paths]


def _changed(database: Path) -> StoreError:
    return StoreError(f"{database} was changed by another program while it was read here. Run the same command again.")
