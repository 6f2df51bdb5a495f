"""Claims: what only one living program at a time may work on, such as one search of a review.

Invariant: a claim never outlives its process, however that ends, because the operating system (a lock on a file beside the SQLite
database) or the PostgreSQL server (an advisory lock of a connection) holds it. So none is ever stale, and nobody guesses from times.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from prisma_tool.errors import StoreError
from prisma_tool.store.engine.database import WRITE_LOCK, Store
from prisma_tool.store.engine.driver_errors import translate_errors


@contextmanager
def claimed(store: Store, subject: str) -> Iterator[bool]:
    """True while this caller alone works on `subject`; False, at once, where another living program does.

    Raises:
        StoreError: the lock cannot be set up (a read-only folder, a server out of reach).
    """
    store.require_writable()
    digest = hashlib.sha256(subject.encode()).digest()
    if store.engine.dialect.name == "sqlite":
        with _file_claim(Path(f"{store.engine.url.database}-{digest.hex()[:12]}.lock")) as acquired:
            yield acquired
    else:
        with _server_claim(store, int.from_bytes(digest[:4], "big", signed=True)) as acquired:
            yield acquired


@contextmanager
def _server_claim(store: Store, number: int) -> Iterator[bool]:
    keys = {"room": WRITE_LOCK, "number": number}
    with translate_errors(store.engine.url), store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Without a transaction of its own: one that stays open for the whole search would hold up the server's housekeeping.
        acquired = bool(connection.execute(sa.text("SELECT pg_try_advisory_lock(:room, :number)"), keys).scalar())
        try:
            yield acquired
        finally:
            if acquired:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:room, :number)"), keys)


@contextmanager
def _file_claim(path: Path) -> Iterator[bool]:
    handle = _open_locked(path)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            _release(path, handle)


def _open_locked(path: Path) -> int | None:
    """The open, locked file, or None where another program has it."""
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise StoreError(f"{path} cannot be written ({error.strerror}): allow writing to the review folder.") from error
        if not _try_lock(handle):
            os.close(handle)
            return None
        if _is_at(path, handle):
            return handle
        # The former holder took the file away between our opening and locking it.
        os.close(handle)


def _is_at(path: Path, handle: int) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(handle))
    return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        with suppress(OSError):
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            return True
        return False

    def _release(path: Path, handle: int) -> None:
        # The file stays, because Windows keeps what is open from being removed.
        del path
        os.close(handle)
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def _release(path: Path, handle: int) -> None:
        path.unlink(missing_ok=True)
        os.close(handle)
