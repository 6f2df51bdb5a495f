"""The line at the top of a place: the review, and who is where in it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.text import one_line
from prisma_tool.tui.workplace import Workplace


class PlaceHead(Horizontal):
    """The title of the review at the left, place and reviewer at the right; a long title is cut with a mark."""

    DEFAULT_CSS = """
    PlaceHead { height: 1; padding: 0 2; background: $panel; }
    PlaceHead .title { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    PlaceHead .place { width: auto; max-width: 50%; padding-left: 2; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, workplace: Workplace, place: str) -> None:
        super().__init__()
        self._title = one_line(workplace.review.protocol.title) or "(review without a title)"
        self._place = f"{place} · {one_line(workplace.reviewer)}"

    def compose(self) -> ComposeResult:
        """The two texts."""
        yield Static(Content.styled(self._title, "bold"), classes="title")
        yield Static(Content(self._place), classes="place")
