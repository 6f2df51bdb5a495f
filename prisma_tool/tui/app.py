"""The application around the screens.

Invariant: an expected failure never ends it with a traceback; one at the start is raised before the terminal is taken over.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from textual import on
from textual.app import App, SystemCommand
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from prisma_tool.errors import UsageError
from prisma_tool.identify.services import Services, services
from prisma_tool.model.protocol import SearchPlan
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.review import Review
from prisma_tool.tui.desk import Desk
from prisma_tool.tui.pairs import Pairs
from prisma_tool.tui.screens.duplicates import DuplicatesScreen
from prisma_tool.tui.screens.screening import WIDE, ScreeningScreen, screen_for
from prisma_tool.tui.screens.search import SearchScreen
from prisma_tool.tui.screens.search_leave import LeaveScreen
from prisma_tool.tui.screens.studies import StudiesScreen
from prisma_tool.tui.searches import Ended, Errand, Moved, Searches, ended_words
from prisma_tool.tui.threads import Threads

_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
_NOTICE_SECONDS = 10
_SEARCH = "search"
Shown = TypeVar("Shown", bound=Screen[Any])


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
    """Screens the reports of `stage` for `reviewer`, beginning with the first that waits; searches run beside it.

    `connect` makes the clients of the services that a search asks.

    Raises:
        StoreError: the queue cannot be read.
    """

    def __init__(self, review: Review, stage: Stage, reviewer: str, connect: Callable[[], Services] | None = None) -> None:
        desk = Desk(review, stage, reviewer)
        super().__init__(lambda: screen_for(desk))
        self.searches = Searches(review, reviewer, connect or (lambda: services(review.environment)))
        self.errand: Errand | None = None

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: the usual, and the searches."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Searches", "Run or rerun the searches, and see what they brought", self.action_searches)

    def action_searches(self) -> None:
        """Show the searches."""
        if not isinstance(self.screen, SearchScreen):
            self.push_screen(SearchScreen(self.searches, lambda: self.errand, self.begin_search), self._back_to_screening)

    def begin_search(self, plan: SearchPlan) -> None:
        """Run a search in a thread of its own."""
        errand = self.errand = Errand(plan, self.post_message)
        self.run_worker(lambda: errand.perform(self.searches), thread=True, group=_SEARCH, exit_on_error=False)

    @on(Moved)
    def _follow_search(self) -> None:
        for screen in self._open(SearchScreen):
            screen.follow()

    @on(Worker.StateChanged)
    def _search_broke_down(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is told like any failure; the run stays as a killed program leaves it."""
        if event.worker.group == _SEARCH and event.state is WorkerState.ERROR and self.errand is not None:
            self._end_search(Ended(self.errand.plan, None, f"an error in the program ({event.worker.error!r}); please report it"))

    @on(Ended)
    def _end_search(self, ended: Ended) -> None:
        self.errand = None
        words = ended_words(ended)
        if isinstance(self.screen, LeaveScreen):
            self.exit() if self.screen.leaving else self.screen.dismiss(None)
        if not isinstance(self.screen, SearchScreen):
            self.notify(f"{words}. Press S to see it.", title="Search", markup=False, timeout=_NOTICE_SECONDS)
        for screen in self._open(SearchScreen):
            screen.ended(ended.plan.name, words)
        for screening in self._open(ScreeningScreen):
            screening.search_ended()

    def _open(self, kind: type[Shown]) -> list[Shown]:
        """The open screens of this kind, those under another one included."""
        return [screen for screen in self.screen_stack if isinstance(screen, kind)]

    def _back_to_screening(self, key: str | None) -> None:
        for screening in self._open(ScreeningScreen):
            screening.come_back(key)

    async def action_quit(self) -> None:
        """Leave; while a search runs, ask first and stop it cleanly."""
        if self.errand is None:
            self.exit()
        elif not isinstance(self.screen, LeaveScreen):
            self.push_screen(LeaveScreen(self.errand))


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
