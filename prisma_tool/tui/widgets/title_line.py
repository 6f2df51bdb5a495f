"""The line at the top of a place that goes through no list: the review's title, and where one is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.text import one_line


class TitleLine(Horizontal):
    """The title is cut with a mark where it has no room; app.tcss gives the line its look."""

    def __init__(self, title: str, place: str) -> None:
        super().__init__()
        self._title = one_line(title) or "(review without a title)"
        self._place = one_line(place)

    def compose(self) -> ComposeResult:
        """Title and place."""
        yield Static(Content.styled(self._title, "bold"), classes="review-title")
        yield Static(Content(self._place), classes="place")
