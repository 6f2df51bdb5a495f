"""Noticing that a review moved to another database while it is open: review.toml names another one then.

Invariant: nothing is ever written to a database that review.toml does not name any more, and nothing is created by looking for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from prisma_tool.errors import PrismaError, StoreError
from prisma_tool.review.protocol.read import FILE_NAME
from prisma_tool.store.engine.addresses import format_address
from prisma_tool.store.engine.current_engine import CurrentEngine, Engine, Url
from prisma_tool.store.engine.database import Store, make_engine
from prisma_tool.store.engine.opening import require_same_review


class Relocation:
    """Looks whether review.toml names another database than the one that is open; while the file is untouched, that costs one stat.

    Make it before review.toml is read for opening, so that no move in between is missed.

    Args:
        folder: The folder of the review.
        address: Gives the address of the review's database as review.toml stands now.
    """

    def __init__(self, folder: Path, address: Callable[[], str | Path]) -> None:
        self._file, self._address, self._review = folder / FILE_NAME, address, ""
        self._seen = self._stamp()

    def following(self, store: Store, review: str, tell: Callable[[str], None]) -> Store:
        """The same store of the review with this id, which goes on where the review is, should it move, and says so."""
        self._review = review
        return replace(store, current=CurrentEngine(store.engine, self.look, lambda url: tell(moved_sentence(url))))

    def look(self, opened: Engine) -> Engine | None:
        """The engine of the database that review.toml names, if it is not the one that is open.

        A file that cannot be read, as while somebody edits it, moves nothing.

        Raises:
            StoreError: it is another one, which cannot be reached or does not hold this review.
        """
        stamp = self._stamp()
        if stamp in (None, self._seen):
            return None
        other = self._named_database()
        moved = other is not None and other.url != opened.url
        if moved and other is not None:
            self._require_same_review(other)
        self._seen = stamp
        return other if moved else None

    def _named_database(self) -> Engine | None:
        try:
            return make_engine(self._address())
        except StoreError:
            raise
        except PrismaError:
            return None

    def _require_same_review(self, other: Engine) -> None:
        try:
            require_same_review(other, self._review)
        except StoreError as error:
            other.dispose()
            raise StoreError(
                f"{self._file} names another database by now, {format_address(other.url)}, where this review cannot go on; nothing was "
                f"stored. {error.message}"
            ) from error

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def moved_sentence(url: Url) -> str:
    """What is said where a review moved while it was open."""
    return f"The review moved to another database while it was open; from here on everything is stored in {format_address(url)}."
