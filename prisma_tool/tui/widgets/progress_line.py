"""The two lines at the top: review, stage and reviewer; progress as a bar that reads without colour, and in words."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.widgets.title_line import place_and_title

STAGE_NAMES = {Stage.TITLE_ABSTRACT: "Title/abstract", Stage.FULL_TEXT: "Full text"}


class ProgressLine(Static):
    """A bar as wide as the line allows, then how many of how many."""

    progress: Progress | None = None
    empty = "nothing here yet"
    """What is said where nothing is done and nothing waits."""

    def show(self, progress: Progress) -> None:
        """Draw this progress."""
        if progress != self.progress:
            self.progress = progress
            self.refresh()

    def render(self) -> Content:
        """The line at the present width."""
        if self.progress is None:
            return Content("")
        text = progress_text(self.progress) if self.progress.total else self.empty
        return Content.assemble(bar(self.progress, max(0, self.size.width - len(text) - 2)), "  ", text)


def progress_text(progress: Progress) -> str:
    """`5 of 1,200 done · 0 %`."""
    return f"{progress.done:,} of {progress.total:,} done · {progress.percent} %" if progress.total else ProgressLine.empty


def bar(progress: Progress, width: int) -> Content:
    """A heavy line for what is done and a light one for the rest; any work done shows, and any left."""
    filled = width * progress.done // progress.total if progress.total else 0
    if progress.done and progress.waiting:
        filled = min(max(filled, 1), width - 1)
    return Content.assemble(("━" * filled, "$accent"), ("─" * (width - filled), "dim"))


class ScreeningHeading(Vertical):
    """Who screens what, and how far."""

    def __init__(self, session: ScreeningSession) -> None:
        super().__init__()
        self._where = place_and_title(STAGE_NAMES[session.stage], session.protocol.title)
        self._reviewer = one_line(session.reviewer)

    def compose(self) -> ComposeResult:
        """The title line and the progress line."""
        with Horizontal():
            yield Static(self._where, id="review-title")
            yield Static(Content(self._reviewer), id="place")
        yield ProgressLine()

    def show(self, progress: Progress) -> None:
        """Draw this progress."""
        self.query_one(ProgressLine).show(progress)
