"""Looking for full texts as the application sees it: how far it is, whether it is to stop, and what came of it in a line."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event as Flag

from prisma_tool.fulltext.finding.find import FindReport
from prisma_tool.model.text import counted, one_line


class FindTask:
    """One search for full texts under way; its methods are called from the thread that asks, `stop` from the application's."""

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
        self._show(f"{search}: {done:,} of {total or done:,} asked about; F stops it")

    def cancelled(self) -> bool:
        """True once it is to stop."""
        return self._stop.is_set()


def find_words(report: FindReport) -> str:
    """What came of it: `2 of 5 wanted full texts retrieved; 1 offered in another version`."""
    parts = (
        (len(report.offered), "offered in another version"),
        (report.lately, "asked about in the last seven days"),
        (len(report.unnumbered), "without a number to ask by"),
        (len(report.retracted), "RETRACTED"),
    )
    rest = "".join(f"; {n:,} {what}" for n, what in parts if n)
    stopped = "stopped: " if report.stopped else ""
    return f"{stopped}{len(report.retrieved):,} of {counted(report.wanted, 'wanted full text')} retrieved{rest}"
