"""The application around the screens.

Invariant: an expected failure never ends it with a traceback; one at the start is raised before the terminal is taken over.
"""

from __future__ import annotations

import sys

from textual.app import App

from prisma_tool.errors import UsageError
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.review import Review
from prisma_tool.tui.desk import Desk
from prisma_tool.tui.screens.screening import WIDE, screen_for

_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]


class ScreeningApp(App[None]):
    """Screens the reports of `stage` for `reviewer`, beginning with the first that waits.

    Raises:
        StoreError: the queue cannot be read.
    """

    CSS_PATH = "app.tcss"
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS

    def __init__(self, review: Review, stage: Stage, reviewer: str) -> None:
        super().__init__()
        self.title = "prisma-tool"
        self.desk = Desk(review, stage, reviewer)

    def on_mount(self) -> None:
        """Begin at the queue."""
        self.push_screen(screen_for(self.desk))


def run(review: Review, stage: Stage, reviewer: str) -> None:
    """Screen in the terminal until the reviewer quits; every decision is stored when it is made.

    Raises:
        UsageError: standard input or standard error, on which the screen is drawn, is not a terminal.
        StoreError: the queue cannot be read.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("Screening needs a terminal. Without one, use `prisma-tool decide KEY VERDICT` or `decide --from CSV`.")
    ScreeningApp(review, stage, reviewer).run()
