"""Choosing files to import and looking at them before anything is stored; the dialogs are elsewhere.

Invariant: a file is stored only under the source and the search under which its account and first records were shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.identify.files.declared_search import SearchOfFile, named_search
from prisma_tool.identify.files.import_file import FileReport, Import, check_file, import_file
from prisma_tool.identify.files.source_proposal import proposed_source
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.updates.import_decisions import DecisionImportOptions, decision_importer


@dataclass(frozen=True, slots=True)
class Votes:
    """That reviewers' votes in a file are taken over: at which stage and with which verdict where it does not tell, and who is who.

    `people` is as it was typed: "name in the file = reviewer here", with ; between them; a reviewer alone is whoever speaks without a name.
    """

    stage: Stage
    verdict: Verdict | None = None
    people: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file is said to come from: its source, of which kind that is (None: as source and file show), and whether its votes count."""

    source: str = ""
    kind: SourceKind | None = None
    votes: Votes | None = None


_UNKNOWN = Origin()


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it would be imported from its origin: what came of trying it, or nothing where the source is still to be said.

    `problem` is why it cannot be imported from this origin.
    """

    path: Path
    origin: Origin
    report: FileReport | None = None
    problem: str = ""


class ImportSession:
    """Imports files for a review; `search` names the declared search that found them, or is empty; `reviewer` is at work."""

    def __init__(self, review: Review, search: str = "", reviewer: str = "") -> None:
        self.review, self.search, self.reviewer = review, search, reviewer

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
        listener = decision_importer(self.review, self._options(origin.votes)) if origin.votes else None
        return Import(origin.source, origin.kind, listener=listener, search=SearchOfFile(self.search))

    def _options(self, votes: Votes) -> DecisionImportOptions:
        return DecisionImportOptions({"": self.reviewer, **dict(_people(votes.people))}, votes.stage, votes.verdict)


def _people(typed: str) -> Iterator[tuple[str, str]]:
    """Names in a file, and who they are.

    Raises:
        UsageError: one of two names is missing.
    """
    for part in filter(None, map(one_line, typed.split(";"))):
        name, sign, person = (side.strip() for side in part.rpartition("="))
        if not person or bool(sign) != bool(name):
            raise UsageError(f"'{part}' should be two names with = between them: that in the file, and the reviewer's here.")
        yield name, person
