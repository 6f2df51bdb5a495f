"""Uniting a review with a copy of it: databases, and the files beside them.

Invariant: the copy is only read; here nothing is overwritten, and a merge that is refused has changed nothing. Under which protocol the
united review goes on is said by this folder's review.toml.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prisma_tool.errors import ReviewError, StoreError
from prisma_tool.file_io import read_file
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.review.copies.files import copy_missing
from prisma_tool.review.open_review import Review, database_address, protocol_text
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.protocol_log import restate_protocol
from prisma_tool.store.copies.unite import UnionCounts, unite
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Store, format_address, make_engine, translate_errors
from prisma_tool.store.engine.future_events import future_events
from prisma_tool.store.engine.opening import HEAD, open_store, stored_revision

LATER = ("database_url", "id")
"""What may differ between protocols without a word here: each copy knows its own database, and the review's id is looked at by itself."""


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge brought: rows by kind, files, how the protocols differ, and which files of the copy could not be had."""

    united: UnionCounts
    files: int
    kept_apart: tuple[str, ...]
    differences: tuple[str, ...]
    has_folder: bool
    """Whether the copy's files were in reach; where only its database was named, they were not."""
    future: tuple[Event, ...] = ()
    """What lies in the future by this computer's clock, once the two are united."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A copy that is open for reading: its database, its folder where it has one, and the text of its protocol."""

    store: Store
    folder: Path | None
    text: str


def merge(review: Review, copy: str, *, accept: bool = False) -> MergeResult:
    """Unite this review with the copy at `copy`: a folder, its database file, or a PostgreSQL address.

    Raises:
        ReviewError: it is no copy of a review, the protocols differ (without `accept`), or the two contradict each other.
        StoreError: a database cannot be read or written.
    """
    with _opened(review, copy) as opened_copy:
        theirs = parse_protocol(opened_copy.text, f"{FILE_NAME} of the copy") if opened_copy.text else review.protocol
        differing = tuple(differences(review.protocol, theirs))
        if differing and not accept:
            raise ReviewError(
                f"The protocols differ, so nothing was merged. {'; '.join(differing)}. Make the two {FILE_NAME} alike, or go on "
                "under this folder's with --accept."
            )
        # A file is in its place before the row that names it.
        copied = copy_missing(opened_copy.folder, review.folder) if opened_copy.folder else None
        with opened_copy.store.read() as copied_from, review.store.write() as own:
            united = unite(own, copied_from)
            restate_protocol(own, protocol_text(review.folder))
            future = tuple(future_events(own, whole_log=True)) if united.events else ()
    files, kept_apart = (copied.copied, copied.kept_apart) if copied else (0, ())
    return MergeResult(united, files, kept_apart, differing, copied is not None, future)


@contextmanager
def _opened(review: Review, copy: str) -> Iterator[_Copy]:
    with ExitStack() as stack:
        folder, address = _located(review, copy)
        store = stack.enter_context(_readable(review, address))
        text = _protocol_text(folder) or _logged_text(store)
        yield _Copy(store, folder, text)


def _located(review: Review, copy: str) -> tuple[Path | None, str | Path]:
    """The folder of a copy, where it is one, and the address of its database."""
    if "://" in copy:
        _require_other(review, copy)
        return None, copy
    path = Path(copy).resolve()
    if not path.exists():
        raise ReviewError(
            f"{one_line(copy)} does not exist; name the folder of a copy, its review.db, or a postgresql:// address."
        )
    if path.is_file():
        _require_other(review, path)
        return None, path
    if not (path / FILE_NAME).is_file():
        raise ReviewError(f"{path} is no folder of a review: it has no {FILE_NAME}.")
    address = database_address(path, parse_protocol(_protocol_text(path), str(path / FILE_NAME)))
    _require_other(review, address)
    return path, address


def _require_other(review: Review, address: str | Path) -> None:
    own = review.store.engine.url
    same = (
        own.database is not None and Path(own.database).resolve() == address
        if isinstance(address, Path)
        else own == make_engine(address).url
    )
    if same:
        raise ReviewError("That is this review's own database; there is nothing to merge.")


def _protocol_text(folder: Path | None) -> str:
    return read_file(folder / FILE_NAME).decode("utf-8-sig", "replace") if folder else ""


def _logged_text(store: Store) -> str:
    with store.read() as transaction:
        newest = next(event_rows.events(transaction, kinds=[EventKind.PROTOCOL], newest_first=True, limit=1), None)
    return newest.text("text") if newest else ""


@contextmanager
def _readable(review: Review, address: str | Path) -> Iterator[Store]:
    """The copy's database; a file is read as it was at this moment, from a temporary copy that may also be brought up to date."""
    with ExitStack() as stack:
        if isinstance(address, Path):
            temporary = Path(stack.enter_context(TemporaryDirectory())) / "copy.db"
            _back_up(address, temporary)
            store = _open(review, temporary, temporary.parent)
        else:
            store = _open_server(review, address)
        stack.callback(store.close)
        yield store


def _back_up(address: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{address.as_uri()}?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy)
    except sqlite3.Error as error:
        raise StoreError(
            f"{address} cannot be read as a review's database: {error}. Name the folder of a copy, or its review.db."
        ) from error


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


def differences(own: Protocol, theirs: Protocol) -> Iterator[str]:
    """How the copy's protocol (`theirs`) differs from this review's `own`, rule by rule, in words."""
    for name, (here, there) in _differing(own, theirs, "").items():
        yield f"{name}: {_as_text(here)} here, {_as_text(there)} in the copy"


def _differing(own: Any, theirs: Any, prefix: str) -> Mapping[str, tuple[Any, Any]]:
    if is_dataclass(own) and type(own) is type(theirs):
        differing: dict[str, tuple[Any, Any]] = {}
        for field_ in fields(own):
            if field_.name not in LATER:
                name = f"{prefix}.{field_.name}".lstrip(".")
                differing |= _differing(getattr(own, field_.name), getattr(theirs, field_.name), name)
        return differing
    return {} if own == theirs else {prefix: (own, theirs)}


_LONGEST = 120


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        names = (getattr(item, "label", None) or getattr(item, "name", None) or item for item in value)
        text = ", ".join(str(name) for name in names) or "none"
    else:
        text = str(value)
    line = one_line(text) or "nothing"
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
