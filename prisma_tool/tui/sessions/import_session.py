"""Choosing files to import and looking at them before anything is stored; the dialogs are elsewhere.

Invariant: a file is stored only under the source and the search under which its account and first records were shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prisma_tool.identify.files.declared_search import SearchOfFile, named_search
from prisma_tool.identify.files.import_file import FileReport, Import, check_file, import_file
from prisma_tool.identify.files.source_proposal import proposed_source
from prisma_tool.review.open_review import Review


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
