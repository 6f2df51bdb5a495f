"""Opening a copy of a review, which is hostile until it was checked.

Invariants: of a folder only its own plain files are read, its database from a private copy; no server is asked that nobody typed the address
of, whatever the copy's review.toml says, so that no password goes there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from prisma_tool.errors import ReviewError, StoreError, UsageError
from prisma_tool.file_io import explained_errors, read_file
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.plain_files import lies_below
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.store.copies.private_copy import copy_database, distrust
from prisma_tool.store.copies.sound_rows import UNREADABLE
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.addresses import address_shown, format_address
from prisma_tool.store.engine.database import Store, make_engine
from prisma_tool.store.engine.driver_errors import translate_errors
from prisma_tool.store.engine.opening import HEAD, open_store, review_id, stored_revision

_OWN_FILE = "review.db"
_LARGEST_PROTOCOL = 1 << 20
"""Bytes of a review.toml; the longest strategies are a hundredth of it."""


@dataclass(frozen=True, slots=True)
class OpenedCopy:
    """A copy that is open for reading: its database, its folder where it has one, and its protocol.

    `reviews` are the ids of the review that its database and its review.toml name, `notes` what there is to say about its opening.
    """

    store: Store
    folder: Path | None
    protocol: Protocol
    reviews: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a copy lies: its folder, the text of its review.toml, and its database."""

    address: str | Path
    folder: Path | None = None
    text: str = ""
    note: str = ""


@contextmanager
def open_copy(review: Review, copy: str, database: str = "") -> Iterator[OpenedCopy]:
    """Open a copy: a folder (with the address of its server, where it has one), a database file, or an address.

    Raises:
        ReviewError: it is no copy of a review.
        PrismaError: something of it is no plain file, or a link leads to it.
        StoreError: its database cannot be read.
    """
    with ExitStack() as stack:
        place = _located(copy, database)
        _require_other(review, place.address)
        store = stack.enter_context(_readable(review, place.address))
        stored, logged = _identity(store)
        text = place.text or logged
        protocol = _protocol(text) if text else review.protocol
        reviews = (stored, *((protocol.id,) if place.text and protocol.id else ()))
        yield OpenedCopy(store, place.folder, protocol, reviews, (place.note,) if place.note else ())


def _located(copy: str, database: str) -> _Place:
    if "://" in copy and not copy.startswith("sqlite:"):
        if database:
            raise UsageError("COPY is an address already; --database is for the folder of a copy whose records are on a server.")
        return _Place(copy)
    path = _absolute(copy.removeprefix("sqlite:///") if copy.startswith("sqlite:///") else copy)
    if not path.is_dir():
        return _Place(path)
    text = _protocol_text(path)
    return _of_folder(path, text, database, _protocol(text).database_url)


def _absolute(copy: str) -> Path:
    """The place of a copy; what leads to it may be a link that the user knows, it itself may not."""
    path = Path(copy)
    with explained_errors(path):
        if path.is_symlink():
            raise ReviewError(f"{one_line(copy)} is a link, which could lead anywhere; name the folder or file that it leads to.")
        if not path.exists():
            raise ReviewError(
                f"{one_line(copy)} does not exist; name the folder of a copy, its review.db, or a postgresql:// address."
            )
        # The name of "." and of ".." is that of the folder which they mean.
        return path.resolve()


def _protocol_text(folder: Path) -> str:
    path = folder / FILE_NAME
    if not path.is_symlink() and not path.exists():
        raise ReviewError(f"{folder} is no folder of a review: it has no {FILE_NAME}.")
    return read_file(path, inside=folder, at_most=_LARGEST_PROTOCOL).decode("utf-8-sig", "replace")


def _protocol(text: str) -> Protocol:
    try:
        return parse_protocol(text, f"{FILE_NAME} of the copy")
    except RecursionError as error:
        raise ReviewError(f"{FILE_NAME} of the copy is nested too deeply to be one; nothing was merged.") from error


def _of_folder(folder: Path, text: str, typed: str, stated: str) -> _Place:
    """The database of a folder: that of the address which was typed and is stated there too, else one of its own files."""
    if typed:
        if not _is_same_server(typed, stated):
            raise UsageError(
                f"The copy's {FILE_NAME} does not name the database that --database names; name the one that it keeps its records in."
            )
        return _Place(typed, folder, text)
    file = _file_in(stated)
    if file:
        return _Place(folder / file, folder, text)
    note = (
        f"The copy's {FILE_NAME} names the database {_shown(stated)}, which was not asked; its own review.db was read."
        if stated
        else ""
    )
    own = folder / _OWN_FILE
    if not own.is_symlink() and not own.exists():
        raise _without_file(folder, stated)
    return _Place(own, folder, text, note)


def _without_file(folder: Path, stated: str) -> ReviewError:
    if not stated:
        return ReviewError(f"{folder} has no {_OWN_FILE}, so there is nothing to merge; name a copy that has one.")
    return ReviewError(
        f"{folder} has no {_OWN_FILE}: the copy keeps its records in {_shown(stated)}, which is asked only if you name it. If you trust that "
        "place, add --database and its address, or merge that address alone."
    )


def _file_in(stated: str) -> str:
    """The file of a copy's folder that its review.toml names as the database; empty where it names none, or something outside."""
    scheme, _, path = stated.partition("sqlite:///")
    return path if not scheme and lies_below(f"./{path}", ".") else ""


def _is_same_server(typed: str, stated: str) -> bool:
    """Whether the copy states the server that a person typed; the typed address is the one that is then used."""
    return bool(stated) and _shown(typed) == _shown(stated) and not typed.startswith("sqlite:")


def _shown(address: str) -> str:
    """An address for people, without its password. What the copy states is only taken apart, never opened."""
    try:
        return one_line(address_shown(address))[:200]
    except StoreError:
        return "of an address that cannot be understood"


def _require_other(review: Review, address: str | Path) -> None:
    own = review.store.engine.url
    same = (
        own.database is not None and Path(own.database).resolve() == address.resolve()
        if isinstance(address, Path)
        else own == make_engine(address).url
    )
    if same:
        raise ReviewError("That is this review's own database; there is nothing to merge.")


def _identity(store: Store) -> tuple[str, str]:
    """Which review a copy's database names, and the newest text of the protocol in its log."""
    try:
        with store.read() as transaction:
            newest = next(event_rows.events(transaction, kinds=[EventKind.PROTOCOL], newest_first=True, limit=1), None)
            return review_id(transaction), newest.text("text") if newest else ""
    except UNREADABLE as error:
        raise ReviewError(
            "The copy's log holds a protocol that cannot be read; nothing was merged. Merge an earlier copy."
        ) from error


@contextmanager
def _readable(review: Review, address: str | Path) -> Iterator[Store]:
    """The copy's database; a file is read as it was at this moment, from a private copy that may also be brought up to date."""
    with ExitStack() as stack:
        if isinstance(address, Path):
            temporary = Path(stack.enter_context(TemporaryDirectory())) / "copy.db"
            copy_database(address, address.parent, temporary)
            store = _open_file(review, address, temporary)
        else:
            store = _open_server(review, address)
        stack.callback(store.close)
        yield store


def _open_file(review: Review, address: Path, temporary: Path) -> Store:
    try:
        store = _open(review, temporary, temporary.parent)
    except StoreError as error:
        raise StoreError(error.message.replace(str(temporary), str(address))) from error
    except UNREADABLE as error:
        raise StoreError(
            f"{address} could not be brought up to date: a row cannot be read ({one_line(str(error))[:80]})."
        ) from error
    distrust(store)
    return store


def _open(review: Review, address: str | Path, backups: Path) -> Store:
    own = review.store
    return open_store(
        address,
        protocol=own.protocol,
        now=own.now,
        new_id=own.new_id,
        tool_version=own.tool_version,
        backups=backups,
        tell=_silent,
    )


def _silent(text: str) -> None:
    """What is done to a temporary copy concerns nobody."""


def _open_server(review: Review, address: str) -> Store:
    engine = make_engine(address)
    with translate_errors(engine.url):
        revision = stored_revision(engine)
    engine.dispose()
    if revision != HEAD:
        problem = "holds no review" if revision is None else f"has schema {revision}, this program {HEAD}"
        raise StoreError(f"The database {format_address(engine.url)} {problem}; nothing was merged.")
    return _open(review, address, review.folder)
