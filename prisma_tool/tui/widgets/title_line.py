"""The line at the top of a place: where one is, in which review, and as whom."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from prisma_tool.model.text import one_line
from prisma_tool.tui.widgets.record_text import QUIET

RUN = "run"
"""Under which the style of a text holds the action that a click on it runs."""
_CHOOSE_PLACE = "app.choose_place"


def running(action: str) -> Style:
    """The style of a text that runs an action when it is clicked."""
    return Style.from_meta({RUN: action})


def going_to(place: str) -> Style:
    """The style of a text that leads to a place."""
    return running(f"app.go('{place}')")


def place_and_title(place: str, title: str) -> Content:
    """The place first, for that is what changes, then the review: a click on them shows the places, and Home."""
    here = Content.styled(one_line(place), "bold").stylize(running(_CHOOSE_PLACE))
    review = Content.styled(f" · {one_line(title) or '(review without a title)'}", QUIET)
    return here + review.stylize(going_to("home"))


class TitleLine(Horizontal):
    """The title is cut with a mark where it has no room; app.tcss gives the line its look."""

    def __init__(self, title: str, place: str, reviewer: str) -> None:
        super().__init__()
        self._where, self._reviewer = place_and_title(place, title), one_line(reviewer)

    def compose(self) -> ComposeResult:
        """Place and title, reviewer."""
        yield Static(self._where, classes="review-title")
        yield Static(Content(self._reviewer), classes="place")
