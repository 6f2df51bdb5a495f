"""Attaching the runs of an import to the declared searches that they came from: the named one, or the only one of their source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prisma_tool.errors import ReviewError, UsageError
from prisma_tool.identify.files.declared_search import (
    Attachment,
    Reconciliation,
    SearchOfFile,
    attach,
    attachments,
    named_search,
    proposed_search,
    reconciled,
)
from prisma_tool.model.protocol.declared_searches import DeclaredSearch
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.strategy_files import strategy_of
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import runs

SourceRun = tuple[runs.Source, runs.Run, bool]
"""A source of a file, the run that holds what it took, and whether that was there before."""


@dataclass(frozen=True, slots=True)
class Attached:
    """The searches that a file was attached to, as they now stand, and sentences for the person who imports."""

    searches: tuple[Reconciliation, ...] = ()
    notes: tuple[str, ...] = ()


def attach_runs(transaction: Transaction, review: Review, stated: SearchOfFile, source_runs: Iterable[SourceRun]) -> Attached:
    """Attach each run to its declared search, if it has one.

    Raises:
        PrismaError: the named search is none for this source, or its day or hits contradict what is known.
    """
    made: list[Attachment] = []
    notes: list[str] = []
    for source, run, earlier in source_runs:
        search, note = _search(review, stated, source, earlier=earlier)
        notes += filter(None, [note])
        if search is None:
            continue
        strategy, problem = _strategy(review, search)
        notes += filter(None, [problem])
        before = attachments(transaction).get(run.id)
        attachment, news = attach(transaction, run, search, strategy, stated)
        made.append(attachment)
        if earlier and news:
            notes.append(_moved(before, attachment))
        elif not stated.name:
            notes.append(f"Attached to the search {search.name}, the only one of {search.source} that review.toml declares.")
    whole = reconciled(transaction, review.protocol) if made else []
    ids = {attachment.run for attachment in made}
    return Attached(tuple(one for one in whole if ids & set(one.files)), tuple(dict.fromkeys(notes)))


def _moved(before: Attachment | None, now: Attachment) -> str:
    """What became of the import of a file that was here before."""
    days = [f" of {one.searched_on}" if one and one.searched_on else "" for one in (before, now)]
    if before is None or (before.search, days[0]) == (now.search, days[1]):
        return f"The earlier import of this file is now attached to the search {now.search}{days[1]}."
    return (
        f"The earlier import of this file was attached to the search {before.search}{days[0]} and is now to {now.search}{days[1]}. "
        "A rerun that found the same entries again stands in review.toml, as [[search.rerun]]."
    )


def _search(review: Review, stated: SearchOfFile, source: runs.Source, *, earlier: bool) -> tuple[DeclaredSearch | None, str]:
    if stated.name:
        return named_search(review.protocol, stated.name, source.name), ""
    # A file that was there before attaches anew only where somebody says something about its search.
    search, note = (None, "") if earlier and not stated.is_stated else proposed_search(review.protocol, source.slug)
    if stated.is_stated and search is None:
        raise UsageError(
            note or f"review.toml declares no search of {source.name}, which --searched-on and --hits could be about."
        )
    return search, note


def _strategy(review: Review, search: DeclaredSearch) -> tuple[str, str]:
    """The strategy as it stands at the import, or why it cannot be read."""
    try:
        return strategy_of(review.folder, search), ""
    except ReviewError as error:
        return "", error.message
