"""Moving a review to another database, from SQLite to PostgreSQL or back, with nothing lost.

Invariants: nobody writes to the old database while it is copied; review.toml names the new one only when everything has arrived there; the
old one is kept, a file under backups/. A password never reaches review.toml.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from prisma_tool.errors import PrismaError, StoreError, UsageError
from prisma_tool.model.snapshots import SnapshotKind, SnapshotName, detail_of
from prisma_tool.review.journal_completion import complete_journal
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.edit import set_database
from prisma_tool.store.copies.transfer import Fingerprint, transfer
from prisma_tool.store.engine.addresses import format_address, without_secrets
from prisma_tool.store.engine.database import Store, Transaction, make_engine
from prisma_tool.store.engine.opening import open_store
from prisma_tool.store.engine.snapshots import free_path

OWN_FILE = "review.db"


@dataclass(frozen=True, slots=True)
class MoveResult:
    """From where to where (without passwords), what was counted and hashed on both sides, and where the old file is kept."""

    source: str
    target: str
    tables: Mapping[str, Fingerprint]
    kept: str
    needs_password: bool


@dataclass(frozen=True, slots=True)
class _Target:
    """Where to move to: the address to open now, and what review.toml will say (nothing for review.db)."""

    address: str | Path
    written: str
    needs_password: bool = False


def move(review: Review, address: str, tell: Callable[[str], None]) -> MoveResult:
    """Move the review to the database at `address`: a postgresql:// address, or a file for SQLite ("sqlite" is review.db).

    Raises:
        UsageError: the address is none, or that of the present database.
        StoreError: the target cannot be reached, holds something already, or something did not arrive.
    """
    target = _target(review, address)
    source = review.store.engine.url
    with ExitStack() as stack:
        store = _opened(review, target, tell)
        stack.callback(store.close)
        with review.store.write() as here:
            tables = _transferred(here, store, target)
            set_database(review.folder, target.written)
            kept = _put_away(review)
        if store.file is not None:
            # Of what colleagues did on a server this folder has no second copy yet.
            complete_journal(store, review.folder)
    _tidy(kept)
    return MoveResult(format_address(source), format_address(store.engine.url), tables, kept, target.needs_password)


def _transferred(here: Transaction, store: Store, target: _Target) -> Mapping[str, Fingerprint]:
    try:
        with store.write() as there:
            return transfer(here, there)
    except PrismaError:
        if isinstance(target.address, Path):
            store.close()
            _remove(target.address)
        raise


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink()


def _target(review: Review, address: str) -> _Target:
    if "://" in address and not address.startswith("sqlite:"):
        return _server(review, address)
    name = address.partition("sqlite:///")[2] if address.startswith("sqlite:") else address
    path = (review.folder / (OWN_FILE if name in ("", "sqlite", OWN_FILE) else name)).resolve()
    if str(path) == review.store.engine.url.database:
        raise UsageError(f"The review is in {path} already.")
    if path.exists():
        raise StoreError(f"{path} exists already and is not overwritten; move it away, or name another file.")
    inside = path.relative_to(review.folder).as_posix() if path.is_relative_to(review.folder) else path.as_posix()
    return _Target(path, "" if inside == OWN_FILE else f"sqlite:///{inside}")


def _server(review: Review, address: str) -> _Target:
    engine = make_engine(address)
    if engine.url == review.store.engine.url:
        raise UsageError("The review is in this database already.")
    return _Target(address, *without_secrets(address))


def _opened(review: Review, target: _Target, tell: Callable[[str], None]) -> Store:
    own = review.store
    return open_store(
        target.address,
        protocol=own.protocol,
        now=own.now,
        new_id=own.new_id,
        tool_version=own.tool_version,
        backups=review.folder / "backups",
        tell=tell,
        create=True,
    )


def _put_away(review: Review) -> str:
    """Keep an old SQLite file under backups/, where no program takes it for the review; a server's database stays where it is."""
    old = review.store.file
    if old is None:
        return ""
    folder = review.folder / "backups"
    try:
        folder.mkdir(exist_ok=True)
        target = free_path(
            folder, SnapshotName(review.store.now(), SnapshotKind.MOVED, "" if old.name == OWN_FILE else detail_of(old.stem))
        )
        for suffix in ("", "-wal", "-shm"):
            part = old.with_name(old.name + suffix)
            if part.exists():
                part.rename(target.with_name(target.name + suffix))
    except OSError:
        # Some systems do not rename an open file. It may stay where it is: review.toml names the new database.
        return str(old)
    return str(target)


def _tidy(kept: str) -> None:
    """Write what stands beside the old file back into it, so that it is whole by itself."""
    if kept:
        with suppress(sqlite3.Error), closing(sqlite3.connect(kept)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
