"""Files named on the command line, folders among them: every file of a folder and of those inside it, in order of name.

Invariant: what is passed over (hidden files, what programs leave behind, links, pipes) is told, never lost in silence.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import explained_errors
from prisma_tool.plain_files import passed_over
from prisma_tool.review.protocol.read import FILE_NAME


@dataclass(frozen=True, slots=True)
class FileListing:
    """The files to import, the paths in folders that were passed over, and for files that were found in a folder, in which."""

    files: tuple[Path, ...]
    skipped: tuple[Path, ...] = ()
    folders: Mapping[Path, Path] = field(default_factory=dict)


def listing(paths: Sequence[Path]) -> FileListing:
    """All files that these paths name; a file given by itself is taken whatever its name.

    Raises:
        PrismaError: a folder cannot be read, holds no file, or is that of a review.
    """
    files: dict[Path, Path | None] = {}
    skipped: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files[path] = None
            continue
        listed = list(_walk(path, skipped))
        if not listed:
            raise PrismaError(f"The folder {path} holds no files to import.")
        files.update((file, path) for file in listed if file not in files)
    return FileListing(tuple(files), tuple(skipped), {file: folder for file, folder in files.items() if folder is not None})


def _walk(folder: Path, skipped: list[Path]) -> Iterator[Path]:
    with explained_errors(folder):
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    if any(entry.name == FILE_NAME for entry in entries):
        raise PrismaError(f"{folder} is the folder of a review; name the exported files to import, or a folder of them.")
    for entry in entries:
        path = Path(entry.path)
        if passed_over(entry.name):
            skipped.append(path)
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(path, skipped)
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            skipped.append(path)
