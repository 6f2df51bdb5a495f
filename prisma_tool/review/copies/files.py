"""Bringing the files of a copy of a review into this one: raw answers, full texts and rejects.

Invariant: no file here is overwritten. One that has another content in the copy is kept beside it under a name with its hash. Links are
not followed: what a copy brings lies in its own folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prisma_tool.file_io import explained_errors, write_atomically

FOLDERS = ("raw", "fulltext", "rejects")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """How many files came, and the names of those that were kept apart because another one is here under their name."""

    copied: int
    kept_apart: tuple[str, ...]


def copy_missing(source: Path, target: Path) -> Copied:
    """Copy what is missing in `target` from the folders of `source`.

    Raises:
        PrismaError: a file cannot be read or written; those before it are there.
    """
    copied, apart = 0, []
    for name in FOLDERS:
        for path in _files(source / name):
            relative = path.relative_to(source)
            destination = target / relative
            if destination.exists() and _digest(destination) != _digest(path):
                destination = destination.with_name(f"{destination.stem}~{_digest(path)[:8]}{destination.suffix}")
                apart.append(destination.relative_to(target).as_posix())
            if not destination.exists():
                with explained_errors(destination.parent):
                    destination.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(destination, _pieces(path))
                copied += 1
    return Copied(copied, tuple(apart))


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_symlink():
        return
    for parent, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(parent) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _pieces(path: Path) -> Iterator[bytes]:
    with explained_errors(path), path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(path):
        digest.update(piece)
    return digest.hexdigest()
