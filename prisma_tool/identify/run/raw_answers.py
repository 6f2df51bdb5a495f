"""raw/: the untouched answers of each run, compressed, with their SHA-256 in the run's row.

A file is on the disk before the transaction that names it, so a crash can leave a file without a row but never a row without a file.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import explained_errors, write_atomically
from prisma_tool.formats.text.byte_source import ByteSource, blocks
from prisma_tool.plain_files import FileBytes, read_plain


@dataclass(frozen=True, slots=True)
class Packed:
    """One answer, compressed; the hash and the size are those of the uncompressed bytes."""

    compressed: bytes
    sha256: str
    size: int

    def pieces(self) -> Iterable[bytes]:
        """The compressed bytes."""
        return (self.compressed,)


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file, compressed into another that is open, so that memory does not grow with it."""

    compressed: IO[bytes]
    sha256: str
    size: int

    def pieces(self) -> Iterable[bytes]:
        """The compressed bytes, part by part."""
        return blocks(FileBytes(self.compressed))


LEVEL = 1
"""Of compression: a fifth of the time of the usual level 6, for files that are a third larger."""


def packed(body: bytes) -> Packed:
    """An answer, compressed for keeping; equal bytes give equal files."""
    return Packed(gzip.compress(body, compresslevel=LEVEL, mtime=0), hashlib.sha256(body).hexdigest(), len(body))


def packed_file(data: ByteSource, target: IO[bytes]) -> PackedFile:
    """A file, compressed into `target` as `packed` does it."""
    digest = hashlib.sha256()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=target, mtime=0) as stream:
        for block in blocks(data):
            digest.update(block)
            stream.write(block)
    return PackedFile(target, digest.hexdigest(), len(data))


@dataclass(frozen=True, slots=True)
class RawFolder:
    """The folder of one run's answers."""

    folder: Path
    run: str

    def keep(self, name: str, answer: Packed | PackedFile) -> dict[str, Any]:
        """Store one answer under a name that `model.file_names` made or that is a constant; returns the entry for the run's row.

        Raises:
            PrismaError: the folder cannot be written to.
        """
        folder = self.folder / "raw" / self.run
        with explained_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / f"{name}.gz", answer.pieces())
        return {"path": f"raw/{self.run}/{name}.gz", "sha256": answer.sha256, "bytes": answer.size}


def unpacked(path: Path) -> bytes:
    """The bytes of a kept answer.

    Raises:
        PrismaError: it is no plain file.
        OSError, EOFError, zlib.error: it cannot be read, or is cut off or damaged.
    """
    return gzip.decompress(read_plain(path))


def opened(folder: Path, kept: Mapping[str, Any]) -> tuple[bytes, str]:
    """The bytes of an answer or file that a run kept, unpacked and verified.

    Args:
        folder: the review's folder.
        kept: the answer's entry in the run: its `path` within the folder and the `sha256` of the unpacked bytes.

    Returns:
        The bytes and "", or no bytes and what is wrong with them.
    """
    try:
        body = unpacked(folder / kept["path"])
    except FileNotFoundError:
        return b"", f"{kept['path']} is missing"
    except PrismaError as error:
        return b"", error.message
    except (OSError, EOFError, zlib.error) as error:
        return b"", f"{kept['path']} cannot be read ({error})"
    if hashlib.sha256(body).hexdigest() != kept["sha256"]:
        return b"", f"{kept['path']} was altered"
    return body, ""
