"""What the duplicates screen says where there is no pair to show: the end of the list, or all done and what comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.content import Content

from prisma_tool.dedupe.run import DedupeReport
from prisma_tool.tui.sessions.queue_cursor import Progress

_NEXT = (
    "Next: 4, or `prisma-tool screen`, goes through titles and abstracts.",
    "`prisma-tool dedupe --explain KEY` tells why a record stands where it does.",
)


def end_text(progress: Progress, answered: Mapping[str, int], standing: DedupeReport) -> Content:
    """The page after the last pair."""
    if progress.waiting:
        waiting = f"{_counted(progress.waiting, 'pair')} left for later: space begins again at the first."
        return _page("This is the end of the list.", waiting, *_account(answered))
    heading = "All pairs are settled." if progress.done else "No pair waits for a person."
    return _page(heading, *_account(answered), _stands(standing), "", *_NEXT)


def _account(answered: Mapping[str, int]) -> Iterator[str]:
    said = [f"{n} {name}" for name, n in sorted(answered.items()) if n]
    if said:
        yield f"Your answers in this sitting: {', '.join(said)}. u takes back the last."


def _stands(standing: DedupeReport) -> str:
    return (
        f"{_counted(standing.records, 'record')} are {_counted(standing.unique, 'report')}: "
        f"{_counted(standing.duplicates_removed, 'duplicate')} in {_counted(standing.clusters, 'cluster')}."
    )


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _page(heading: str, *lines: str) -> Content:
    return Content.assemble((heading, "bold"), "\n\n", "\n".join(lines))


def unreadable_text() -> Content:
    """The page in place of a pair that the database would not give; nothing can be answered on it."""
    return _page("This pair could not be read.", "Your answers so far are stored. Press n or p to try again.")
