"""What may be opened of that which came from elsewhere: the one place that decides it.

Invariants: only a plain file is opened, never a pipe, device, socket or folder, which could block, answer without end or do something when
opened; what has to lie inside a folder is reached through no link, neither of a file nor of a folder; what is examined is what is then
read, because the descriptor itself is looked at; and what is read has an upper bound.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO, BinaryIO, Self

from prisma_tool.errors import PrismaError

LARGEST = 2 << 30
"""Bytes of a file that is read whole where nothing smaller is said: far above any export of a database."""

# Windows has none of these, and nothing that would need them.
_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
_READ: int = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER: int = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0) | _NO_LINK

_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
PDF_HEAD = 1024
"""Bytes at the beginning of a file that show whether it is a PDF."""


class NotPlainFile(PrismaError):
    """Something is no plain file, or cannot be reached without a link; `reason` says what it is."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} {reason}; only plain files are opened. Save its content into a file first.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ListedFile:
    """An entry of a folder: its path within it, and why it may not be opened, empty where nothing speaks against it."""

    path: Path
    problem: str = ""


def open_plain(path: Path, *, inside: Path | None = None) -> BinaryIO:
    """Open a plain file for reading.

    Args:
        path: The file.
        inside: The folder that it must lie in; neither this folder nor anything between it and the file may be a link then. None for a
            file that the user named, whose links are followed.

    Raises:
        NotPlainFile: it is something else, or a link leads to it.
        OSError: it does not exist or may not be read.
    """
    _require_plain(path, path.stat() if inside is None else _status_inside(path, inside))
    try:
        descriptor = os.open(path, _READ) if inside is None else _open_inside(path, inside)
    except OSError as error:
        # Between the look and the opening it became a link.
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise NotPlainFile(path, "is a link") from error
        raise
    stream = os.fdopen(descriptor, "rb")
    try:
        _require_plain(path, os.fstat(descriptor))
    except BaseException:
        stream.close()
        raise
    return stream


def read_plain(path: Path, *, inside: Path | None = None, at_most: int = LARGEST) -> bytes:
    """The bytes of a plain file; the arguments are those of `open_plain`.

    Raises:
        NotPlainFile: it is something else, or a link leads to it.
        PrismaError: it holds more than `at_most` bytes.
        OSError: it does not exist or may not be read.
    """
    with open_plain(path, inside=inside) as stream:
        # A file that is too large is not read at all, and one that grows meanwhile not to its end.
        size = os.fstat(stream.fileno()).st_size
        data = stream.read(at_most + 1) if size <= at_most else b""
    if size > at_most or len(data) > at_most:
        raise _too_large(path, at_most)
    return data


def _too_large(path: Path, at_most: int) -> PrismaError:
    return PrismaError(f"{path} holds more than {_in_words(at_most)}, which no such file needs; it was not read.")


class FileBytes:
    """The bytes of an open file, read part by part by slices, as of `bytes`; several threads may do so. The size is that at the start."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = Lock()
        self._size = stream.seek(0, os.SEEK_END)

    def __len__(self) -> int:
        """How many bytes there are."""
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        """The bytes of a slice without a step."""
        begin, end, _ = part.indices(self._size)
        with self._lock:
            self._stream.seek(begin)
            return self._stream.read(max(0, end - begin))


class PlainFile(FileBytes):
    """A plain file that is read part by part; a context that closes it."""

    def __init__(self, path: Path, *, inside: Path | None = None, at_most: int = LARGEST) -> None:
        """Open it; the arguments and errors are those of `read_plain`."""
        self._path = path
        super().__init__(open_plain(path, inside=inside))
        self._state = self._now()
        if len(self) > at_most:
            self._stream.close()
            raise _too_large(path, at_most)

    def require_unchanged(self) -> None:
        """Check that all that was read is one state of the file.

        Raises:
            PrismaError: somebody wrote to it since it was opened.
        """
        if self._now() != self._state:
            raise PrismaError(f"{self._path} changed while it was read; nothing was stored. Try again when it is complete.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def _now(self) -> tuple[int, int]:
        status = os.fstat(self._stream.fileno())
        return status.st_size, status.st_mtime_ns


def open_found(path: Path, folder: Path, *, at_most: int = LARGEST) -> PlainFile:
    """A plain file that was found in a folder which the user named, as `read_found` reads it."""
    root = folder.resolve()
    return PlainFile(root / path.relative_to(folder), inside=root, at_most=at_most)


def read_found(path: Path, folder: Path, *, at_most: int = LARGEST) -> bytes:
    """The bytes of a plain file that was found in a folder which the user named: the folder may be a link, nothing inside it.

    Raises:
        NotPlainFile: it is something else, or a link leads to it.
        PrismaError: it holds more than `at_most` bytes.
        OSError: it does not exist or may not be read.
    """
    root = folder.resolve()
    return read_plain(root / path.relative_to(folder), inside=root, at_most=at_most)


def listed(folder: Path, start: Path = Path()) -> Iterator[ListedFile]:
    """All entries of a folder, below `start` in it, but plain folders, in order of name; what programs and systems leave behind is passed over.

    Links are listed with their problem and not followed, and so are folders that cannot be read. What does not exist is empty.
    """
    place = folder / start
    if start.parts and (place.is_symlink() or (place.exists() and not place.is_dir())):
        yield ListedFile(start, "is a link" if place.is_symlink() else "is no folder")
    else:
        yield from _listed(folder, start)


def is_plain_file(path: Path) -> bool:
    """Whether there is a file of bytes at `path` itself: no link, folder, pipe or device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def lies_below(name: str, folder: str) -> bool:
    """Whether a stored name is that of a file below a folder, on every system: relative, without steps back, and printable."""
    if "\\" in name or (os.name == "nt" and ":" in name):
        return False
    first, *rest = name.split("/")
    return first == folder and bool(rest) and name.isprintable() and all(part not in ("", ".", "..") for part in rest)


def passed_over(name: str) -> bool:
    """Whether a file is one that programs and systems leave behind: hidden, or of a well-known name."""
    return name.startswith((".", "~$")) or name.lower() in _LEFT_BEHIND


def is_pdf(data: bytes) -> bool:
    """Whether a file begins as a PDF does; readers allow some bytes of other programs before the mark (ISO 32000, Annex H)."""
    return b"%PDF-" in data[:PDF_HEAD]


def is_document(name: str, head: bytes) -> bool:
    """Whether a file is meant as a full text: called so, or beginning like one (in its first `PDF_HEAD` bytes) whatever it is called."""
    return name.lower().endswith(".pdf") or is_pdf(head)


def is_whole_pdf(data: bytes) -> bool:
    """Whether a file ends as a PDF does; readers allow some bytes of other programs behind the mark (ISO 32000, Annex H).

    One that does not is still being copied, or only a part of it came: readers show of it what they can.
    """
    return b"%%EOF" in data[-PDF_HEAD:]


def pdf_problem(path: Path, stream: BinaryIO) -> str:
    """Why an open file is no PDF that may be kept or handed to a viewer, which go by its name and its content; empty for a PDF."""
    # A viewer that follows a link goes by the name at its end.
    if not {path.suffix.lower(), path.resolve().suffix.lower()} <= {".pdf"}:
        return "its name does not end in .pdf"
    return "" if is_pdf(stream.read(PDF_HEAD)) else "it does not begin as a PDF does"


def _status_inside(path: Path, inside: Path) -> os.stat_result:
    """The status of a file itself, once nothing on the way to it is a link."""
    places = [inside.joinpath(*_parts(path, inside)[:count]) for count in range(len(_parts(path, inside)) + 1)]
    for place in places:
        if place.is_symlink() or (hasattr(os.path, "isjunction") and os.path.isjunction(place)):
            raise NotPlainFile(path, "is a link" if place == path else f"lies behind a link ({place.name})")
    return path.lstat()


def _parts(path: Path, inside: Path) -> tuple[str, ...]:
    if not path.is_relative_to(inside) or ".." in path.relative_to(inside).parts:
        raise NotPlainFile(path, f"does not lie in {inside}")
    return path.relative_to(inside).parts


def _open_inside(path: Path, inside: Path) -> int:
    """Go down from the folder step by step, so that no step can become a link after it was looked at."""
    if os.open not in os.supports_dir_fd:
        return os.open(path, _READ | _NO_LINK)
    *folders, name = _parts(path, inside)
    current = os.open(inside, _FOLDER)
    try:
        for folder in folders:
            inner = os.open(folder, _FOLDER, dir_fd=current)
            os.close(current)
            current = inner
        return os.open(name, _READ | _NO_LINK, dir_fd=current)
    finally:
        os.close(current)


def _require_plain(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise NotPlainFile(path, _kind(status.st_mode))


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "is a link"
    if stat.S_ISSOCK(mode):
        return "is a socket"
    return "is not a file (a device or pipe)"


def _listed(root: Path, relative: Path) -> Iterator[ListedFile]:
    try:
        with os.scandir(root / relative) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        yield ListedFile(relative, f"cannot be read ({error.strerror})")
        return
    for entry in entries:
        path = relative / entry.name
        if passed_over(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _listed(root, path)
        else:
            yield ListedFile(path, _problem(entry))


def _problem(entry: os.DirEntry[str]) -> str:
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if stat.S_ISREG(mode) else _kind(mode)


def _in_words(size: int) -> str:
    for unit, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if size >= unit:
            return f"{size // unit} {name}"
    return f"{size} bytes"
