"""Citation searching as the application sees it: how far it is, whether it is to stop, and what came of it in a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event as Flag

from prisma_tool.identify.citations.question import CitationQuestion
from prisma_tool.identify.citations.run import CitationReport, cite
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.review.open_review import Review
from prisma_tool.sources.citations.index import CitationIndex


class CiteTask:
    """One citation search under way; its methods are called from the thread that searches, `stop` from the application's."""

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show, self._stop = show, Flag()

    def stop(self) -> None:
        """Ask it to stop."""
        self._stop.set()

    def tell(self, text: str) -> None:
        """Show a line of narration."""
        self._show(one_line(text))

    def advance(self, search: str, done: int, total: int | None) -> None:
        """Show how far it is."""
        del total
        self._show(f"{search}: {counted(done, 'question')} answered")

    def cancelled(self) -> bool:
        """True once it is to stop."""
        return self._stop.is_set()

    def run(self, review: Review, seeds: Sequence[str], indexes: Sequence[CitationIndex]) -> CitationReport:
        """Search by citation from these records, or from the included reports where none is named.

        Raises:
            PrismaError: it could not begin, or its answers cannot be kept.
        """
        return cite(review, CitationQuestion(tuple(seeds)), list(indexes), self)


def cite_words(report: CitationReport) -> str:
    """What came of it: `12 works found, 3 of them new: remove duplicates (3), then screen`."""
    if report.status is not RunStatus.COMPLETE:
        return f"{report.status}: what was answered is kept; the same key goes on from there"
    unknown = "".join(f"; {index} does not know {len(keys)} of the seeds" for index, keys in report.unknown_seeds.items())
    after = "; next: dedupe, then screen" if report.new else ""
    return f"{counted(report.works, 'work')} found by citation from {counted(report.seeds, 'seed')}, {report.new:,} of them new{unknown}{after}"
