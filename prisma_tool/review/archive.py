"""A review that can only be looked at: on read-only media, in an archived folder, in the folder of a colleague.

Invariants: nothing is written in the review's folder or beside its database; what is shown is what the log holds, under the protocol as it was
logged last, because a change of review.toml counts from its entry in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory

from prisma_tool.errors import StoreError
from prisma_tool.file_io import explained_errors
from prisma_tool.model.log.event_ids import EventIds
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.review.identity import name_unlisted, require_fitting
from prisma_tool.review.protocol.file import protocol_text
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.protocol_log import newest_protocol
from prisma_tool.store.engine.addresses import database_file
from prisma_tool.store.engine.archives import copy_to_read, may_only_be_read
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.opening import open_as_it_is, open_store, review_id
from prisma_tool.version import VERSION


def archived_database(address: str | Path) -> Path | None:
    """The SQLite file at this address if it may be read here, but not written; else None."""
    database = database_file(address)
    if database is None:
        return None
    with explained_errors(database):
        database = database.resolve()
    return database if may_only_be_read(database) else None


def require_changeable(address: str | Path) -> None:
    """Refuse to go on where the database that is to be replaced may only be read.

    Raises:
        StoreError: it is so.
    """
    database = archived_database(address)
    if database is not None:
        raise StoreError(_refusal(database))


def _refusal(database: Path) -> str:
    return (
        f"Nothing can be changed here, because {database} or its folder may only be read. Copy the review's folder to where you may write, "
        "and work there."
    )


@dataclass(frozen=True, slots=True)
class Archive:
    """A review that may only be read: its store under the protocol in force, that protocol's text, and a folder that is removed at the end."""

    store: Store
    text: str
    elsewhere: Path


@contextmanager
def opened_archive(
    database: Path, folder: Path, protocol: Protocol, now: Callable[[], datetime], tell: Callable[[str], None]
) -> Iterator[Archive]:
    """Open a review in which nothing can be stored; `protocol` is what its review.toml says.

    Raises:
        StoreError: the database cannot be read, or belongs to another review.
        PrismaError: it can only be read from a copy, for which there is no room.
    """
    with ExitStack() as stack:
        elsewhere = Path(stack.enter_context(TemporaryDirectory(prefix="prisma-tool-", ignore_cleanup_errors=True)))
        store = _opened(database, protocol, now, elsewhere, tell)
        stack.callback(store.close)
        stored, text = _in_force(store, database, folder, protocol, tell)
        in_force = replace(parse_protocol(text, f"{FILE_NAME} in the log"), id=stored)
        yield Archive(store.under(in_force), text, elsewhere)


def _opened(
    database: Path, protocol: Protocol, now: Callable[[], datetime], elsewhere: Path, tell: Callable[[str], None]
) -> Store:
    why = _refusal(database)
    new_id = EventIds(now, SystemRandom().getrandbits)
    store = open_as_it_is(database, protocol=protocol, now=now, new_id=new_id, tool_version=VERSION, why=why)
    if store is not None:
        tell(f"{database} may only be read: everything can be looked at, nothing can be changed here.")
        return store
    copy = copy_to_read(database, elsewhere)
    store = open_store(
        copy, protocol=protocol, now=now, new_id=new_id, tool_version=VERSION, backups=elsewhere, tell=lambda _: None
    )
    tell(
        f"{database} may only be read, and is of an older version or was not closed: a temporary copy of it is brought up to date and "
        "shown. Everything can be looked at, nothing can be changed here."
    )
    return replace(store, only_read=why)


def _in_force(store: Store, database: Path, folder: Path, protocol: Protocol, tell: Callable[[str], None]) -> tuple[str, str]:
    """The review's id, and the protocol's text as it was logged last; that of the file where none was."""
    text = protocol_text(folder)
    with store.read() as transaction:
        stored, newest = review_id(transaction), newest_protocol(transaction)
    require_fitting(store, str(database), folder, protocol, stored)
    if newest is None:
        return stored, text
    if not protocol.id:
        name_unlisted(store, tell)
    if newest.text("text") != text:
        tell(
            f"{folder / FILE_NAME} was changed since {newest.received:%Y-%m-%d}, when it was logged last; what is shown follows the text in "
            "the log."
        )
    return stored, newest.text("text")
