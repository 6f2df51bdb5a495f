"""What the screen says where there is no report to show: nothing yet, the end of the list, or all done and what comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from prisma_tool.history.overview import StageRest
from prisma_tool.model.text import counted
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.widgets.record_text import ReportPage
from prisma_tool.tui.widgets.verdict_look import OF_VERDICT

_EMPTY = {
    Stage.TITLE_ABSTRACT: (
        "There is nothing to screen yet.",
        "2 runs the searches, + there imports files, and 3 joins duplicates.",
    ),
    Stage.FULL_TEXT: (
        "No report has reached the full text yet.",
        "Reports that are included at title/abstract arrive here: 4 screens titles and abstracts.",
    ),
}
_STANDS = "1 shows where the whole review stands."


SHOW_ALL = "Esc shows all again"
_LOOKING = "1 shows where the whole review stands, h goes back through the list."
"""What can be done where nothing can be changed."""


def end_page(progress: Progress, stage: Stage, rest: StageRest, *, only_read: bool = False, narrowed: str = "") -> ReportPage:
    """The page after the last report.

    Args:
        progress: how far the whole queue is.
        stage: its stage.
        rest: what is left at it, whoever has to act.
        only_read: nothing can be changed, so that no key is named which would.
        narrowed: what the queue is narrowed to, where none that was found waits any more.
    """
    if not progress.total:
        return _page(_EMPTY[stage][0], _LOOKING) if only_read else _page(*_EMPTY[stage])
    if narrowed and progress.waiting:
        waiting = f"{_reports(progress.waiting)} still to decide in the whole list: {SHOW_ALL}."
        return _page(f"This is the end of what was found with “{narrowed}”.", waiting)
    if progress.waiting:
        return _page(
            "This is the end of the list.", f"{_reports(progress.waiting)} still to decide: press . to go to the next one."
        )
    heading = "All done." if not rest.open else "You have decided on all that asks for you."
    account = [*_account(progress, only_read=only_read), *_left(rest)]
    if only_read:
        return _page(heading, *account, "", _LOOKING)
    last = "h goes back through your decisions, u takes back the last."
    return _page(heading, *account, "", *_next(stage, rest), _STANDS, "", last)


def _left(rest: StageRest) -> Iterator[str]:
    if rest.conflicts:
        yield f"{counted(rest.conflicts, 'conflict waits', 'conflicts wait')} to be settled."
    if rest.reasons:
        yield f"{_reports(rest.reasons)} excluded for different reasons; S agrees on one."
    if rest.open:
        yield f"{counted(rest.open, 'report waits', 'reports wait')} for others."


def _next(stage: Stage, rest: StageRest) -> Iterator[str]:
    """What comes next, as far as something is there for it: no report is at full text before others have decided, too."""
    if rest.conflicts:
        yield "Next: S, the conflicts."
    then = "Then" if rest.conflicts else "Next"
    if stage is Stage.TITLE_ABSTRACT:
        yield from (f"{then}: 5, the full texts.",) if rest.passed else ()
    else:
        links = "6 links reports of one study, " if rest.passed else ""
        yield f"{then}: {links}8 draws the diagram."


def _account(progress: Progress, *, only_read: bool) -> list[str | Content]:
    verdicts = [_given(verdict, progress.mine[verdict]) for verdict in Verdict if progress.mine.get(verdict)]
    account: list[str | Content] = [
        Content("Your decisions: ") + Content(", ").join(verdicts or [Content("none")]) + Content(".")
    ]
    if progress.others:
        account.append(f"{_reports(progress.others)} settled by others.")
    if progress.not_retrieved:
        them, arrived = ("it", "it") if progress.not_retrieved == 1 else ("them", "one")
        arrival = "" if only_read else f", p says that {arrived} has arrived"
        account.append(f"{_reports(progress.not_retrieved)} not retrieved; h goes back to {them}{arrival}.")
    return account


def _given(verdict: Verdict, n: int) -> Content:
    look = OF_VERDICT[verdict]
    return Content.styled(f"{look.sign} {n:,} {verdict}", look.style)


def _reports(n: int) -> str:
    return counted(n, "report")


def _page(heading: str, *lines: str | Content) -> ReportPage:
    text = Content("\n").join([Content(line) if isinstance(line, str) else line for line in lines])
    return ReportPage((), Content.assemble((heading, "bold"), "\n\n", text), ())


def unreadable_page() -> ReportPage:
    """The page in place of a report that the database would not give; nothing can be decided on it."""
    return _page("This report could not be read.", "Your decisions so far are stored. Press l or h to try again.")
