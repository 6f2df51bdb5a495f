"""Choosing files to import and looking at them before anything is stored; the dialogs are elsewhere.

Invariant: a file is stored only under the source and the search under which its account and first records were shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import explained_errors
from prisma_tool.identify.files.declared_search import SearchOfFile, named_search
from prisma_tool.identify.files.import_file import FileReport, Import, check_file, import_file
from prisma_tool.identify.files.source_proposal import proposed_source
from prisma_tool.plain_files import passed_over
from prisma_tool.review.open_review import Review

RECENT = 5
RECORD_SUFFIXES = frozenset(".bib .ciw .csv .enl .enw .json .jsonl .medline .nbib .ris .tsv .txt .xlsx .xml".split())


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
    """What a folder holds, folders first, then by name; without what programs leave behind.

    Raises:
        PrismaError: the folder cannot be read.
    """
    with explained_errors(folder), os.scandir(folder) as listed:
        entries = [_entry(one) for one in listed if not passed_over(one.name)]
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


def completed(typed: str, folder: Path) -> str:
    """What was typed of a path, as far as the names in its folder leave no choice; unchanged where nothing begins so."""
    start = folder / Path(typed).expanduser()
    within, beginning = (start, "") if not typed or typed.endswith(("/", os.sep)) else (start.parent, start.name)
    try:
        names = [f"{one.path.name}{'/' if one.is_folder else ''}" for one in folder_entries(within)]
    except PrismaError:
        return typed
    fitting = [name for name in names if name.lower().startswith(beginning.lower())]
    common = _common_beginning(fitting)
    return typed[: len(typed) - len(beginning)] + common if len(common) > len(beginning) else typed


def _common_beginning(names: Sequence[str]) -> str:
    same = takewhile(lambda signs: len(set(signs)) == 1, zip(*names, strict=False))
    return "".join(signs[0] for signs in same)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it would be imported from a source: what came of trying it, or nothing where the source is still to be said."""

    path: Path
    source: str
    report: FileReport | None = None


class ImportSession:
    """Imports files for a review; `search` names the declared search that found them, or is empty."""

    def __init__(self, review: Review, search: str = "") -> None:
        self.review, self.search = review, search

    @property
    def fixed_source(self) -> str:
        """The source of the declared search; empty where none is named.

        Raises:
            PrismaError: no such search is declared.
        """
        return named_search(self.review.protocol, self.search).source if self.search else ""

    def look(self, path: Path, source: str = "") -> Looked:
        """Try a file, from the source given or else as proposed; nothing is stored.

        Raises:
            PrismaError: the file cannot be read, or does not fit the source or search.
        """
        source = source or self.fixed_source or proposed_source(path, self.review.protocol)
        return Looked(path, source, check_file(self.review, path, self._how(source)) if source else None)

    def bring(self, looked: Looked) -> FileReport:
        """Import a file as it was looked at.

        Raises:
            PrismaError: it cannot be read any more, or has become another.
        """
        return import_file(self.review, looked.path, self._how(looked.source))

    def _how(self, source: str) -> Import:
        return Import(source, search=SearchOfFile(self.search))
