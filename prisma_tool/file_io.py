"""Writing files so that a reader never sees half of one, and a failure leaves what was there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prisma_tool.errors import PrismaError


def write_atomically(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Replace `path` by `data` (whole or in pieces), durably: a temporary file beside it, synced, then renamed.

    Raises:
        PrismaError: the folder is missing, read-only or full; what was at `path` is untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with explained_errors(path):
        try:
            with temporary.open("wb") as stream:
                stream.writelines([data] if isinstance(data, bytes) else data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def read_file(path: Path) -> bytes:
    """The bytes of a file that a user named.

    Raises:
        PrismaError: it is missing, a folder, or may not be read.
    """
    with explained_errors(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            raise PrismaError(f"{path} is not a file (a device or pipe); save its content into a file first.")
        return path.read_bytes()


@contextmanager
def explained_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says about `path` into a sentence.

    Raises:
        PrismaError: in place of any `OSError` of the block.
    """
    try:
        yield
    except FileNotFoundError as error:
        if path.parent.is_dir():
            raise PrismaError(f"{path} does not exist; check the name.") from error
        raise PrismaError(f"The folder {path.parent} does not exist; check the name, or create it first.") from error
    except IsADirectoryError as error:
        raise PrismaError(f"{path} is a folder; name a file in it.") from error
    except PermissionError as error:
        raise PrismaError(f"{path} may not be read or written by you. Change its permissions or choose another place.") from error
    except OSError as error:
        raise PrismaError(f"{path}: {error.strerror or error}. Nothing was changed there.") from error


def is_plain_file(path: Path) -> bool:
    """Whether there is a file of bytes at `path` itself: no link, folder, pipe or device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
