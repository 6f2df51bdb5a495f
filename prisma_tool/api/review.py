"""A review as data: its records with what became of them, its decisions, its flow.

Invariant: nothing here decides, imports or removes anything. Opening a review does what opening it by any command does: it notes a changed
review.toml, and upgrades an older database after a copy; where the folder may only be read, it does neither.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from prisma_tool.api.arguments import optional_text, path_of, text_of
from prisma_tool.api.flow import FlowNumbers
from prisma_tool.model.record.citation import Citation

if TYPE_CHECKING:
    from prisma_tool.formats.account.export_row import ExportRow
    from prisma_tool.review.open_review import Review

_LOG = logging.getLogger("prisma_tool")


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A record and what became of its report.

    `key` names it (`pubmed:34531250`), `accession` is its source's own number. Records of one report share `cluster`, and one of them is the
    `representative`. `title_abstract` and `full_text` are the outcomes: include, exclude, maybe, ongoing, awaiting, conflict, pending, or empty where
    the report does not pass through the stage. `reason` is the label of the exclusion reason.
    """

    key: str
    source: str
    accession: str
    cluster: str
    representative: bool
    title_abstract: str
    full_text: str
    reason: str
    labels: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """One reviewer's verdict on a record at a stage: `at` is an ISO 8601 time, `reason` the label of an exclusion reason."""

    key: str
    stage: str
    reviewer: str
    verdict: str
    reason: str
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class OpenedReview:
    """An open review; see `open_review`."""

    _review: Review = field(repr=False)

    @property
    def folder(self) -> Path:
        """The folder of the review."""
        return self._review.folder

    @property
    def title(self) -> str:
        """Its title."""
        return self._review.protocol.title

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Their names, as review.toml lists them."""
        return self._review.protocol.reviewers

    @property
    def only_read(self) -> bool:
        """Whether it lies where nothing can be changed."""
        return self._review.only_read

    def records(self, which: str = "all", *, where: str = "") -> list[ReviewRecord]:
        """Records in the order of their arrival.

        Args:
            which: A set, as `export --set` takes it: all, unique, included, excluded, undecided, ...
            where: A condition that they meet, as `export --where` takes it, such as "year >= 2020".

        Raises:
            UsageError: there is no such set, or the condition cannot be understood.
        """
        which, where = text_of(which, "which"), text_of(where, "where")
        return [_record(row) for row in _rows(self._review, which, where, viewer=None)]

    def decisions(self, *, viewer: str | None = None) -> list[ReviewDecision]:
        """The standing verdicts of single reviewers, of all records.

        Args:
            viewer: Who asks. While a stage is blind everybody reads the own verdicts only, and nobody known none.

        Raises:
            UsageError: the viewer is nobody of this review.
        """
        rows = _rows(self._review, "all", "", viewer=self._review.viewer(optional_text(viewer, "viewer")))
        return [
            ReviewDecision(row.key, vote.stage, vote.reviewer, vote.verdict, vote.reason, vote.note, vote.at)
            for row in rows
            for vote in row.votes
        ]

    def flow(self, *, version: str = "", cumulative: bool = False) -> FlowNumbers:
        """The numbers of the flow diagram.

        Args:
            version: The label of a closed version; empty for now.
            cumulative: Over all versions, instead of the present update.

        Raises:
            PrismaError: there is no such version.
        """
        from prisma_tool.flow.read import read_flow
        from prisma_tool.flow.scope import Scope

        scope = Scope(version=text_of(version, "version"), cumulative=cumulative)
        return FlowNumbers(read_flow(self._review, scope=scope))


@contextmanager
def open_review(folder: str | Path) -> Iterator[OpenedReview]:
    """Open the review in a folder, or around it, for reading; a context manager.

    Raises:
        ReviewError: there is no review, or its review.toml is wrong.
        StoreError: its database cannot be used.

    Example:
        >>> open_review("/no/such/folder").__enter__()
        Traceback (most recent call last):
        prisma_tool.errors.ReviewError: There is no review in /no/such/folder or above it...
    """
    import platformdirs

    from prisma_tool.review import open_review as opening
    from prisma_tool.review.environment import environment

    configuration = Path(platformdirs.user_config_dir("prisma-tool", appauthor=False))
    with opening.open_review(path_of(folder, "folder"), environment(os.environ, configuration), _LOG.warning) as review:
        yield OpenedReview(review)


def _rows(review: Review, which: str, where: str, *, viewer: str | None) -> list[ExportRow]:
    from prisma_tool.records.export import Selection, selected

    return selected(review, Selection(which, where=where, votes=viewer is not None, viewer=viewer or ""))


def _record(row: ExportRow) -> ReviewRecord:
    return ReviewRecord(
        key=row.key,
        source=row.source,
        accession=row.accession,
        cluster=row.cluster,
        representative=row.representative,
        title_abstract=row.title_abstract,
        full_text=row.full_text,
        reason=row.reason,
        labels=row.labels,
        citation=row.citation,
    )
