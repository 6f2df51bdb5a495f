"""What a folder holds that could be chosen, and paths completed as they are typed; nothing is opened here."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from urllib.request import url2pathname

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import explained_errors
from prisma_tool.plain_files import passed_over
from prisma_tool.review.copies.move import OWN_FILE
from prisma_tool.review.protocol.read import FILE_NAME
from prisma_tool.tui.dialogs.typed_paths import path_typed

RECENT = 5
RECORD_SUFFIXES = frozenset(".bib .ciw .csv .enl .enw .json .jsonl .medline .nbib .ris .tsv .txt .xlsx .xml".split())


_OWN_FILES = frozenset({FILE_NAME, OWN_FILE, f"{OWN_FILE}-wal", f"{OWN_FILE}-shm"})
"""What a review itself consists of, in the folder that has its protocol: nothing that could be imported or attached."""


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A file or folder that can be chosen; `changed` is in seconds since the epoch."""

    path: Path
    is_folder: bool
    size: int = 0
    changed: float = 0.0

    def is_one_of(self, suffixes: frozenset[str]) -> bool:
        """Whether files that are looked for are called like this; the content decides when it is read."""
        return self.is_folder or self.path.suffix.lower() in suffixes


def folder_entries(folder: Path) -> list[FolderEntry]:
    """What a folder holds, folders first, then by name; without what programs leave behind and a review's own files.

    Raises:
        PrismaError: the folder cannot be read.
    """
    with explained_errors(folder), os.scandir(folder) as listed:
        names = {one.name: one for one in listed if not passed_over(one.name)}
        own = _OWN_FILES if FILE_NAME in names else frozenset[str]()
        entries = [_entry(one) for name, one in names.items() if name not in own]
    return sorted((one for one in entries if one is not None), key=lambda one: (not one.is_folder, one.path.name.lower()))


def _entry(listed: os.DirEntry[str]) -> FolderEntry | None:
    with suppress(OSError):
        shown = listed.stat()
        if listed.is_dir() or listed.is_file():
            return FolderEntry(Path(listed.path), listed.is_dir(), shown.st_size, shown.st_mtime)
    return None


def recent_files(folders: Sequence[Path], suffixes: frozenset[str] = RECORD_SUFFIXES) -> list[FolderEntry]:
    """The newest files of these folders with one of these suffixes; a folder that cannot be read has none."""
    return sorted(_candidates(folders, suffixes), key=lambda one: -one.changed)[:RECENT]


def _candidates(folders: Sequence[Path], suffixes: frozenset[str]) -> Iterator[FolderEntry]:
    for folder in dict.fromkeys(folders):
        with suppress(PrismaError):
            yield from (one for one in folder_entries(folder) if not one.is_folder and one.is_one_of(suffixes))


def _within(typed: str, folder: Path) -> tuple[Path, str]:
    """The folder that a path which is being typed leads to, and how the name in it begins."""
    start = path_typed(typed, folder)
    return (start, "") if not typed or typed.endswith(("/", os.sep)) else (start.parent, start.name)


def beginning_with(typed: str, folder: Path) -> list[FolderEntry]:
    """What the path may become that is being typed; nothing where its folder cannot be read."""
    with suppress(PrismaError):
        within, beginning = _within(typed, folder)
        return [one for one in folder_entries(within) if one.path.name.lower().startswith(beginning.lower())]
    return []


def completed(typed: str, folder: Path) -> str:
    """What was typed of a path, as far as the names in its folder leave no choice; unchanged where nothing begins so."""
    beginning = typed[max(typed.rfind("/"), typed.rfind(os.sep)) + 1 :]
    names = [f"{one.path.name}{'/' if one.is_folder else ''}" for one in beginning_with(typed, folder)]
    common = _common_beginning(names)
    return typed[: len(typed) - len(beginning)] + common if len(common) > len(beginning) else typed


def dropped_files(pasted: str, folder: Path) -> tuple[Path, ...]:
    """The files that a terminal writes when they are dropped on it, quoted for a shell or as addresses; nothing where one is no file."""
    files = []
    try:
        for word in _words(pasted):
            files.append(path_typed(_local(word), folder))
            # Splitting a long text into words takes seconds, and its first word shows that it names no files.
            if not _is_file(files[-1]):
                return ()
    except (ValueError, PrismaError):
        return ()
    return tuple(files)


def _words(pasted: str) -> Iterator[str]:
    """The words as `shlex.split` gives them, one by one."""
    words = shlex.shlex(pasted, posix=True)
    words.whitespace_split, words.commenters = True, ""
    return words


def _local(word: str) -> str:
    return url2pathname(word.removeprefix("file://")) if word.startswith("file:///") else word


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _common_beginning(names: Sequence[str]) -> str:
    same = takewhile(lambda signs: len(set(signs)) == 1, zip(*names, strict=False))
    return "".join(signs[0] for signs in same)
