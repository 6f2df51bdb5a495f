"""The application around the screens.

Invariant: an expected failure never ends it with a traceback; one at the start is raised before the terminal is taken over.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from textual.app import App
from textual.screen import Screen

from prisma_tool.errors import UsageError
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.review import Review
from prisma_tool.tui.desk import Desk
from prisma_tool.tui.pairs import Pairs
from prisma_tool.tui.screens.duplicates import DuplicatesScreen
from prisma_tool.tui.screens.screening import WIDE, screen_for
from prisma_tool.tui.screens.studies import StudiesScreen
from prisma_tool.tui.threads import Threads

_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]


class ReviewApp(App[None]):
    """Shows the screen that `first` makes, until the reviewer quits."""

    CSS_PATH = "app.tcss"
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS

    def __init__(self, first: Callable[[], Screen[None]]) -> None:
        super().__init__()
        self.title = "prisma-tool"
        self.first = first

    def on_mount(self) -> None:
        """Begin."""
        self.push_screen(self.first())


class ScreeningApp(ReviewApp):
    """Screens the reports of `stage` for `reviewer`, beginning with the first that waits.

    Raises:
        StoreError: the queue cannot be read.
    """

    def __init__(self, review: Review, stage: Stage, reviewer: str) -> None:
        desk = Desk(review, stage, reviewer)
        super().__init__(lambda: screen_for(desk))


def run(review: Review, stage: Stage, reviewer: str) -> None:
    """Screen in the terminal until the reviewer quits; every decision is stored when it is made.

    Raises:
        UsageError: standard input or standard error, on which the screen is drawn, is not a terminal.
        StoreError: the queue cannot be read.
    """
    _need_terminal("Screening needs a terminal. Without one, use `prisma-tool decide KEY VERDICT` or `decide --from CSV`.")
    ScreeningApp(review, stage, reviewer).run()


def run_duplicates(review: Review, reviewer: str) -> None:
    """Settle uncertain pairs in the terminal until the reviewer quits; every answer is stored when it is given.

    Raises:
        UsageError: there is no terminal to draw on.
        StoreError: the pairs cannot be read.
    """
    _need_terminal(
        "Going through the pairs needs a terminal. Without one, use `prisma-tool dedupe --merge` or `--not-duplicate`."
    )
    pairs = Pairs(review, reviewer)
    ReviewApp(lambda: DuplicatesScreen(pairs)).run()


def run_studies(review: Review, reviewer: str) -> None:
    """Link reports to their studies in the terminal until the reviewer quits; every link is stored when it is made.

    Raises:
        UsageError: there is no terminal to draw on.
        StoreError: the suggestions cannot be read.
    """
    _need_terminal("Going through the suggestions needs a terminal. Without one, use `prisma-tool study link LABEL KEY ...`.")
    threads = Threads(review, reviewer)
    ReviewApp(lambda: StudiesScreen(threads)).run()


def _need_terminal(sentence: str) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(sentence)
