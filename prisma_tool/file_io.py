"""Writing files so that a reader never sees half of one, and a failure leaves what was there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prisma_tool.errors import PrismaError
from prisma_tool.plain_files import LARGEST, read_plain


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


def read_file(path: Path, *, inside: Path | None = None, at_most: int = LARGEST) -> bytes:
    """The bytes of a plain file that a user named, or that lies in a folder of which no link may lead out (`plain_files.open_plain`).

    Raises:
        PrismaError: it is missing, no plain file, larger than `at_most` bytes, or may not be read.
    """
    with explained_errors(path):
        return read_plain(path, inside=inside, at_most=at_most)


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
