"""The two lines at the top of a screen that goes through a list: review, task and reviewer; how far, as a bar and in words."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.text import one_line
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.widgets.progress_line import ProgressLine
from prisma_tool.tui.widgets.title_line import place_and_title


class ProgressHeading(Vertical):
    """Who does what, and how far."""

    def __init__(self, title: str, task: str, reviewer: str) -> None:
        super().__init__()
        self._where, self._reviewer = place_and_title(task, title), one_line(reviewer)

    def compose(self) -> ComposeResult:
        """The title line and the progress line."""
        with Horizontal():
            yield Static(self._where, classes="review-title")
            yield Static(Content(self._reviewer), classes="place")
        line = ProgressLine()
        line.empty = "none waits"
        yield line

    def show(self, progress: Progress) -> None:
        """Draw this progress."""
        self.query_one(ProgressLine).show(progress)
