"""uploads/: files of a review that came through a browser.

Invariants: a file is there whole, under a name that every system can hold, or not at all; none takes another's place; documents come to
rest in fulltext/inbox, where full texts are matched; what was sent stays within limits, each and all together.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import BinaryIO
from unicodedata import normalize

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import explained_errors, write_atomically
from prisma_tool.fulltext.inbox_folder import INBOX, inbox_of
from prisma_tool.model.file_names import safe_name
from prisma_tool.model.text import counted, one_line
from prisma_tool.plain_files import LARGEST, PDF_HEAD, NotPlainFile, is_document, listed, passed_over
from prisma_tool.review.open_review import Review

UPLOADS = Path("uploads")
_DAY = 24 * 60 * 60
_PORTION = 1 << 20
_READ_ONLY = "This review can only be looked at; nothing can be uploaded to it."


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How much is taken: bytes of a file and of all that lie in uploads/ and the inbox, how many files, and how many at the same time."""

    file_bytes: int = LARGEST
    total_bytes: int = 2 * LARGEST
    files: int = 1_000
    at_once: int = 4


class Uploads:
    """Takes files for a review."""

    def __init__(self, review: Review, limits: UploadLimits | None = None) -> None:
        self.review, self.limits = review, limits or UploadLimits()
        self._sizes: list[int] = []
        """Of the files that are being taken."""

    @property
    def refusal(self) -> str:
        """Why nothing is taken at all; empty where something may be."""
        return _READ_ONLY if self.review.only_read else ""

    @contextmanager
    def taking(self, name: str, size: int) -> Iterator[Upload]:
        """A file that begins to come; unless it is kept in the end, nothing of it stays.

        Args:
            name: What it was called where it comes from.
            size: How many bytes it has.

        Raises:
            PrismaError: it is not taken, and why; or it cannot be written.
        """
        shown = one_line(name)
        self._check(shown, size)
        folder = self._folder()
        self._sizes.append(size)
        part = folder / f".{secrets.token_hex(8)}.part"
        try:
            with explained_errors(part):
                stream = part.open("xb")
            try:
                yield Upload(self.review, _kept_name(name), size, stream)
            finally:
                # What is still to be written of a file that is not kept may not fit on the disk.
                with suppress(OSError):
                    stream.close()
        finally:
            self._sizes.remove(size)
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def clear(self, now: float) -> None:
        """Remove what a program that was ended in the middle of an upload left more than a day before `now`, in seconds since the epoch."""
        folder = self.review.folder / UPLOADS
        if self.review.only_read or folder.is_symlink():
            return
        for part in folder.glob(".*.part"):
            with suppress(OSError):
                if part.lstat().st_mtime < now - _DAY:
                    part.unlink()

    def _check(self, shown: str, size: int) -> None:
        """Whether there is room for one more file of this size."""
        limits, kept = self.limits, self._kept()
        if self.refusal:
            raise PrismaError(self.refusal)
        if size > limits.file_bytes:
            raise PrismaError(
                f"{shown} has {_megabytes(size)}; a file has {_megabytes(limits.file_bytes)} at most. Send it in parts."
            )
        if len(self._sizes) >= limits.at_once:
            raise PrismaError(
                f"{counted(limits.at_once, 'other file')} are being sent; send {shown} again when they are through."
            )
        if len(kept) + len(self._sizes) >= limits.files or sum(kept) + sum(self._sizes) + size > limits.total_bytes:
            raise PrismaError(
                f"There is no room for {shown}: {UPLOADS}/ and {INBOX.as_posix()} take {limits.files:,} files and "
                f"{_megabytes(limits.total_bytes)} together. Remove from {UPLOADS}/ what was imported; raw/ keeps a copy of it."
            )

    def _kept(self) -> list[int]:
        """The sizes of the files that lie there."""
        sizes = []
        for folder in (self.review.folder / UPLOADS, self.review.folder / INBOX):
            for file in listed(folder):
                with suppress(OSError):
                    sizes.append((folder / file.path).lstat().st_size)
        return sizes

    def _folder(self) -> Path:
        folder = self.review.folder / UPLOADS
        if folder.is_symlink():
            raise NotPlainFile(folder, "is a link")
        with explained_errors(folder):
            folder.mkdir(exist_ok=True)
        return folder


class Upload:
    """A file that is coming."""

    def __init__(self, review: Review, name: str, size: int, stream: BinaryIO) -> None:
        self._review, self._name, self._size, self._stream = review, name, size, stream
        self._head, self._length = b"", 0
        self._place = review.folder / UPLOADS / name

    def write(self, data: bytes) -> None:
        """Take what came of it.

        Raises:
            PrismaError: it is more than was announced, or cannot be written.
        """
        self._length += len(data)
        if self._length > self._size:
            raise PrismaError(f"More came of {self._name} than was announced; nothing of it was kept. Send it again.")
        self._head += data[: PDF_HEAD - len(self._head)]
        with explained_errors(self._place):
            self._stream.write(data)

    def keep(self) -> Path:
        """Let it stay, now that all of it is here; where it lies.

        Raises:
            PrismaError: a part is missing, or it cannot be written.
        """
        if self._length != self._size:
            raise PrismaError(
                f"Only {self._length:,} of {self._size:,} bytes of {self._name} came; nothing of it was kept. Send it again."
            )
        folder = inbox_of(self._review) if is_document(self._name, self._head) else self._place.parent
        with explained_errors(self._place):
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
            place = _reserved(folder, self._name)
            try:
                _move(Path(self._stream.name), place)
            except BaseException:
                place.unlink()
                raise
        return place


def _kept_name(name: str) -> str:
    """What a file is called here; under a name of those that are passed over it would lie there unseen."""
    safe = safe_name(name)
    return f"_{safe}" if passed_over(safe) else safe


def _reserved(folder: Path, name: str) -> Path:
    """A name that nothing had on any system, and an empty file now has."""
    whole, taken = Path(name), {_same(other.name) for other in folder.iterdir()}
    for candidate in chain([name], (f"{whole.stem} ({n}){whole.suffix}" for n in count(2))):
        if _same(candidate) not in taken:
            with suppress(FileExistsError), (folder / candidate).open("xb"):
                return folder / candidate
    raise AssertionError(name)


def _same(name: str) -> str:
    """What is equal for names that some system takes for one: in other capitals, or with signs composed otherwise."""
    return normalize("NFC", normalize("NFC", name).casefold())


def _move(part: Path, place: Path) -> None:
    try:
        part.replace(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # fulltext/ may lie on another disk.
        with part.open("rb") as stream:
            write_atomically(place, iter(lambda: stream.read(_PORTION), b""))


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"
