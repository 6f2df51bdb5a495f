"""Choosing files to import and looking at them before anything is stored; the dialogs are elsewhere.

Invariant: a file is stored only under the source and the search under which its account and first records were shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from prisma_tool.identify.files.declared_search import SearchOfFile, named_search
from prisma_tool.identify.files.import_file import FileReport, Import, check_file, import_file
from prisma_tool.identify.files.source_proposal import proposed_source
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.review.open_review import Review


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file is said to come from: its source, and of which kind that is; None for as the source and the file show."""

    source: str = ""
    kind: SourceKind | None = None


_UNKNOWN = Origin()


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it would be imported from its origin: what came of trying it, or nothing where the source is still to be said."""

    path: Path
    origin: Origin
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

    def look(self, path: Path, origin: Origin = _UNKNOWN) -> Looked:
        """Try a file, from the source given or else as proposed; nothing is stored.

        Raises:
            PrismaError: the file cannot be read, or does not fit the source or search.
        """
        source = origin.source or self.fixed_source or proposed_source(path, self.review.protocol)
        origin = replace(origin, source=source)
        return Looked(path, origin, check_file(self.review, path, self._how(origin)) if source else None)

    def bring(self, looked: Looked) -> FileReport:
        """Import a file as it was looked at.

        Raises:
            PrismaError: it cannot be read any more, or has become another.
        """
        return import_file(self.review, looked.path, self._how(looked.origin))

    def _how(self, origin: Origin) -> Import:
        return Import(origin.source, origin.kind, search=SearchOfFile(self.search))
