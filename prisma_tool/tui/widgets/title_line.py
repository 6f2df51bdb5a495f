"""The line at the top of a place: where one is, in which review, and as whom."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.text import one_line
from prisma_tool.tui.widgets.record_text import QUIET


def place_and_title(place: str, title: str) -> Content:
    """The place first, for that is what changes, then the review."""
    return Content.assemble((one_line(place), "bold"), (f" · {one_line(title) or '(review without a title)'}", QUIET))


class TitleLine(Horizontal):
    """The title is cut with a mark where it has no room; app.tcss gives the line its look."""

    def __init__(self, title: str, place: str, reviewer: str) -> None:
        super().__init__()
        self._where, self._reviewer = place_and_title(place, title), one_line(reviewer)

    def compose(self) -> ComposeResult:
        """Place and title, reviewer."""
        yield Static(self._where, classes="review-title")
        yield Static(Content(self._reviewer), classes="place")
