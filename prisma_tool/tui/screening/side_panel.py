"""What stands beside a report: criteria, highlighted terms with counts, and progress by verdict. The text is pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import FULL_TEXT_ONLY, Stage, Verdict
from prisma_tool.tui.sessions.queue_cursor import Pace, Progress
from prisma_tool.tui.widgets.highlight import HighlightKind, HighlightMatch, tally
from prisma_tool.tui.widgets.record_text import QUIET, STYLES
from prisma_tool.tui.widgets.verdict_look import OF_VERDICT, VerdictLook

PANEL_WIDTH = 32
"""Columns of text in the panel; report_screen.tcss makes room for them."""
_COUNT_WIDTH = 3


class SidePanel(VerticalScroll, can_focus=False):
    """The panel beside a report on wide terminals."""

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static()

    def show(self, content: Content) -> None:
        """Replace what is shown."""
        self.query_one(Static).update(content)


def panel_text(
    protocol: Protocol, stage: Stage, progress: Progress, pace: Pace, matches: Iterable[HighlightMatch], width: int
) -> Content:
    """The panel's whole text in so many columns; parts that a protocol leaves empty are left out."""
    parts = [
        _part("Include when", _listed(protocol.include, "+", width)),
        _part("Exclude when", _listed(protocol.exclude, "-", width)),
        _part("Highlights here", _terms(matches)),
        _part("Your progress", _counts(progress, stage)),
        _part("This sitting", _pace(pace)),
    ]
    return Content("\n\n").join([part for part in parts if part])


def _part(heading: str, lines: Iterator[Content]) -> Content:
    body = list(lines)
    return Content("\n").join([Content.styled(heading, "bold"), *body]) if body else Content("")


def _listed(criteria: tuple[str, ...], sign: str, width: int) -> Iterator[Content]:
    for text in criteria:
        first, *rest = wrap(one_line(text), width - 2) or [""]
        yield Content("\n").join([Content.assemble((f"{sign} ", QUIET), first), *(Content(f"  {line}") for line in rest)])


def _terms(matches: Iterable[HighlightMatch]) -> Iterator[Content]:
    for term, n in tally(matches):
        sign = "+" if term.lean is HighlightKind.INCLUDE else "-"
        yield Content.assemble(f"{n:>3,} {sign} ", (one_line(term.text), STYLES[term.lean]))


def _pace(pace: Pace) -> Iterator[Content]:
    if pace.decisions:
        minutes = int(pace.took.total_seconds() // 60)
        took = f"{minutes} min" if minutes else "under a minute"
        yield Content(f"{pace.decisions:>{_COUNT_WIDTH}}  {'decision' if pace.decisions == 1 else 'decisions'} in {took}")
        yield Content(f"{round(pace.seconds_each):>{_COUNT_WIDTH}}  seconds each")


def _counts(progress: Progress, stage: Stage) -> Iterator[Content]:
    verdicts = [verdict for verdict in Verdict if stage is Stage.FULL_TEXT or verdict not in FULL_TEXT_ONLY]
    always = [(OF_VERDICT[verdict], verdict.value.capitalize(), progress.mine.get(verdict, 0)) for verdict in verdicts]
    sometimes = [
        (VerdictLook.SETTLED, "Settled by others", progress.others),
        (VerdictLook.NOT_RETRIEVED, "Not retrieved", progress.not_retrieved),
    ]
    lines = (*always, *(line for line in sometimes if line[2]), (VerdictLook.WAITS, "To decide", progress.waiting))
    # Numbers are aligned whatever their size: all are as wide as the widest.
    width = max(_COUNT_WIDTH, *(len(f"{n:,}") for *_, n in lines))
    for look, label, n in lines:
        yield Content.assemble(f"{n:>{width},}  ", (f"{look.sign} {label}", look.style))
