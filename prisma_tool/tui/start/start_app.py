"""The application outside a review: it ends with the folder of the one to open."""

from __future__ import annotations

from pathlib import Path

from textual import on

from prisma_tool.review.recent_reviews import RecentReviews
from prisma_tool.review.user_settings import USUAL, Settings
from prisma_tool.tui.start.screen import ReviewChosen, StartScreen
from prisma_tool.tui.start.start_forms import BuildDemo
from prisma_tool.tui.themes import DARK, THEMES
from prisma_tool.tui.typed_ahead import TypedAhead


class ThemedApp(TypedAhead):
    """An application without a review, in the person's theme."""

    CSS_PATH = "../app.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it as a plain class attribute

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.title = "prisma-tool"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.theme if settings.theme in self.available_themes else DARK.name


class StartApp(ThemedApp):
    """Shows the start screen; `chosen` is the folder of the review to open, or None where the person left, `made_by` who has just made it."""

    def __init__(
        self,
        here: Path,
        recent: RecentReviews,
        build_demo: BuildDemo,
        settings: Settings = USUAL,
        reviewer: str = "",
        trouble: str = "",
    ) -> None:
        super().__init__(settings)
        self.chosen: Path | None = None
        self.made_by = ""
        self.trouble = trouble
        self._start = StartScreen(here, recent, build_demo, reviewer, trouble)

    def on_mount(self) -> None:
        """Begin."""
        self.push_screen(self._start)

    @on(ReviewChosen)
    def _open(self, message: ReviewChosen) -> None:
        self.chosen, self.made_by = message.folder, message.reviewer
        self.exit()
