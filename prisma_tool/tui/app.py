"""The application around the places.

Invariant: an expected failure never ends it with a traceback; one at the start is raised before the terminal is taken over.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.model.log.events import Channel
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review
from prisma_tool.review.relocation import moved_sentence
from prisma_tool.review.user_settings import USUAL, Settings, keep_preset, note_offered
from prisma_tool.tui.forms.menu import choose_form, form_commands
from prisma_tool.tui.frame.messages import ReviewMoved, SearchOver, SearchProgressed
from prisma_tool.tui.frame.place_list import PlaceList
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.place_table import BY_NAME, HOME, PLACES, SOURCES, Place
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.keymap import checked_keys, checked_theme
from prisma_tool.tui.refusing import Refusing
from prisma_tool.tui.screening.report_screen import WIDE, WIDEST, ReportScreen
from prisma_tool.tui.search.leave_dialog import LeaveScreen
from prisma_tool.tui.sessions.change_feed import ChangeFeed, Changes
from prisma_tool.tui.sessions.screening_session import QueueUpdate, ScreeningSession
from prisma_tool.tui.sessions.search_session import SearchEnded, SearchTask, ended_text
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.themes import DARK, THEMES, usual_theme
from prisma_tool.tui.words.refusal_words import refusal

if TYPE_CHECKING:
    from prisma_tool.identify.run.services import Services
    from prisma_tool.tui.search.screen import SearchScreen

_COLLECTIONS = (10_000, 5, 1_000)
"""How often Python looks for cycles: seldom through all that lives, and through so few objects at a time that no key waits for it."""
_NOTICE_SECONDS = 10
_LOOK_SECONDS = 0.5
_OFFER = "Ctrl+P, “Keys as in Rayyan”: u says maybe, U takes back."
_DROPPED = "what was typed before this was shown did nothing"
_KEY_SETS = (
    ("rayyan", "Keys as in Rayyan", "u says maybe, U takes back"),
    ("usual", "Usual keys", "m says maybe, u takes back"),
)
_SEARCH, _FOLLOW = "search", "follow"
Shown = TypeVar("Shown", bound=PlaceScreen)


class ReviewApp(Refusing):
    """Shows the place `start` of a review to `reviewer`, and from there all others, until the reviewer quits.

    Raises:
        UsageError: `settings` name a theme or a key that there is not.
        StoreError: the review cannot be read.
    """

    CSS_PATH = "app.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (WIDEST, "-widest")]  # noqa: RUF012 - Textual declares it as a plain class attribute
    BINDINGS = [  # noqa: RUF012 - likewise
        Binding(place.key, f"go('{place.name}')", place.title, id=f"go.{place.name}", show=False) for place in PLACES
    ]

    def __init__(
        self,
        review: Review,
        reviewer: str,
        start: str = HOME,
        connect: Callable[[], Services] | None = None,
        settings: Settings = USUAL,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(clock)
        self.settings = settings
        self.title = "prisma-tool"
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = checked_theme(settings, self.available_themes, DARK.name)
        self.set_keymap(checked_keys(settings))
        review = review.through(Channel.APPLICATION).opened_for(reviewer)
        self.workspace = Workspace(review, reviewer, connect)
        self.search_task: SearchTask | None = None
        self._to_run: list[SearchPlan] = []
        self._start, self._before = BY_NAME[start], [HOME]
        self._start.prepare(self.workspace)
        self._follower, self._news = ChangeFeed(review.store), Changes()
        self._out_of_reach, self._open = False, ExitStack()
        for place in PLACES:
            self.add_mode(place.name, partial(place.make, self.workspace))

    @property
    def keymap(self) -> Mapping[str, str]:
        """The keys that the reviewer has changed, by the ids of their bindings."""
        return self._keymap

    def on_mount(self) -> None:
        """Begin."""
        if not self.settings.theme and not self.is_headless:
            self.theme = usual_theme(self.console.color_system).name
        gc.set_threshold(*_COLLECTIONS)
        store = self.workspace.review.store
        self._open.enter_context(store.held())
        if store.current is not None:
            store.current.announce = lambda url: self._announce(moved_sentence(url))
        self.switch_mode(self._start.name)
        if self.workspace.review.only_read:
            self.notify(
                one_line(store.only_read), title="Only to look at", severity="warning", markup=False, timeout=_NOTICE_SECONDS
            )
        if self.settings.is_new:
            note_offered(Path(self.settings.path))
            self.notify(_OFFER, title="Used to Rayyan?", markup=False, timeout=_NOTICE_SECONDS)
        self.set_interval(_LOOK_SECONDS, self._look_around)

    def on_unmount(self) -> None:
        """Give back what was kept open."""
        self._open.close()

    def _announce(self, sentence: str) -> None:
        """Pass on, from whichever thread, that the review moved."""
        self.post_message(ReviewMoved(sentence))

    @on(ReviewMoved)
    def _go_on_there(self, message: ReviewMoved) -> None:
        self._open.close()
        self._open.enter_context(self.workspace.review.store.held())
        self.notify(
            one_line(message.sentence), title="The review moved", severity="warning", markup=False, timeout=_NOTICE_SECONDS
        )

    @property
    def pause(self) -> float:
        """For how many seconds a record must have stood before a verdict on it counts."""
        return self.settings.verdict_pause / 1000

    def dropped(self) -> None:
        """Say that something which was sent did nothing."""
        if isinstance(self.screen, PlaceScreen):
            self.screen.tell(_DROPPED)

    # Going from place to place

    def action_go(self, name: str) -> None:
        """Go to a place, by its key, unless the key was meant for something that is under way here."""
        staying = self.screen.staying() if isinstance(self.screen, PlaceScreen) else ""
        if staying and isinstance(self.screen, PlaceScreen):
            self.screen.tell(staying)
        else:
            self.go(name)

    def go(self, name: str) -> None:
        """Go to a place; one that cannot be read is told and not gone to."""
        if name == self.current_mode:
            return
        try:
            BY_NAME[name].prepare(self.workspace)
        except PrismaError as error:
            self._show_refusal("This place cannot be shown", error)
            return
        self._before.append(self.current_mode)
        self._show(name)

    def _show_refusal(self, what: str, error: PrismaError) -> None:
        self.push_screen(TextPage(what, Content(refusal(error)), grave=True))

    def _show(self, name: str) -> None:
        known = name in self._screen_stacks
        self.switch_mode(name)
        if known:
            self.place_screen(name).come_back()

    def place_screen(self, name: str) -> PlaceScreen:
        """The screen of a place that was gone to before."""
        screen = self._screen_stacks[name][0]
        assert isinstance(screen, PlaceScreen)
        return screen

    def action_go_back(self) -> None:
        """Go back to the place before this one."""
        while len(self._before) > 1 and self._before[-1] == self.current_mode:
            self._before.pop()
        name = self._before.pop() if len(self._before) > 1 else HOME
        if name != self.current_mode:
            self._show(name)

    def action_choose_place(self) -> None:
        """Show the list of places."""
        self.push_screen(PlaceList(PLACES, self.current_mode), self._chosen)

    def action_choose_form(self) -> None:
        """Show the list of what is done rarely."""
        if isinstance(self.screen, PlaceScreen):
            choose_form(self.screen)

    def _chosen(self, place: Place | None) -> None:
        if place is not None:
            self.go(place.name)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: the usual, the places, and every key of the present place, no two by one name."""
        bindings = [binding for _, group in screen.KEYS for binding in group] if isinstance(screen, PlaceScreen) else []
        names = Counter([*(place.title for place in PLACES), *(binding.description for binding in bindings)])
        yield from (usual for usual in super().get_system_commands(screen) if usual.title not in names)
        for place in PLACES:
            yield SystemCommand(place.title, f"{place.what} (key {place.key})", partial(self.go, place.name))
        for name, title, words in _KEY_SETS:
            yield SystemCommand(title, words, partial(self.choose_keys, name))
        yield from form_commands(screen)
        for binding in bindings:
            words = binding.tooltip or binding.description
            # "Back" to the record before, and to the place before: where two have one name, their words tell them apart.
            name = binding.description if names[binding.description] == 1 else words
            yield SystemCommand(name, words, partial(screen.run_action, binding.action))

    def choose_keys(self, preset: str) -> None:
        """Go on with another set of keys, and begin with it from now on."""
        chosen = replace(self.settings, preset=preset)
        try:
            keys = checked_keys(chosen)
            keep_preset(Path(self.settings.path), preset)
        except PrismaError as error:
            self._show_refusal("The keys are as they were", error)
            return
        self.settings = chosen
        self.set_keymap(keys)
        self.notify(f"Stored in {one_line(self.settings.path)}.", title="Other keys", markup=False)

    def import_files(self, files: Sequence[Path]) -> None:
        """Offer files for import, at Sources, unless something is under way here."""
        self.action_go(SOURCES)
        if isinstance(self.screen, PlaceScreen) and self.current_mode == SOURCES:
            self.screen.take_files(files)

    def show_report(self, key: str) -> None:
        """Go to a report in the queue of the latest stage that it has reached."""
        for stage in (Stage.FULL_TEXT, Stage.TITLE_ABSTRACT):
            try:
                in_queue = self.workspace.screening_session(stage).refresh(key)
            except PrismaError as error:
                self._show_refusal("The queue could not be read", error)
                return
            if in_queue:
                self.go(stage)
                return
        self.notify(f"{one_line(key)} is in no queue of yours", markup=False)

    async def work_on(self, review: Review) -> None:
        """Go on with this review, as after a restart: every place but the present one is made anew when one next goes there."""
        self.workspace.work_on(review)
        self._before = [HOME]
        for place in PLACES:
            if place.name != self.current_mode and place.name in self._screen_stacks:
                await self.remove_mode(place.name)
                self.add_mode(place.name, partial(place.make, self.workspace))

    # What happens elsewhere

    def _look_around(self) -> None:
        """See, in a thread, what other windows and reviewers did; one look at a time."""
        if not any(worker.group == _FOLLOW for worker in self.workers):
            self.run_worker(self._look, thread=True, group=_FOLLOW, exit_on_error=False)

    def _look(self) -> None:
        try:
            self._news |= self._follower.look(self.workspace.counted())
            taken = (
                [(session, session.revision, session.catch_up(self._news)) for session in self.workspace.screening_sessions]
                if self._news
                else []
            )
        except PrismaError as error:
            self.call_from_thread(self._tell_reach, error)
            return
        if self._news or self._out_of_reach:
            self.call_from_thread(self._take_news, taken)

    def _tell_reach(self, error: PrismaError) -> None:
        """Say once that the database does not answer; deciding says it again where it fails."""
        if not self._out_of_reach:
            self._out_of_reach = True
            title = "The database does not answer"
            self.notify(refusal(error), title=title, severity="error", markup=False, timeout=_NOTICE_SECONDS)

    def _take_news(self, taken: list[tuple[ScreeningSession, int, QueueUpdate]]) -> None:
        if self._out_of_reach:
            self._out_of_reach = False
            self.notify("The database answers again.", markup=False)
        if any(session.revision != revision for session, revision, _ in taken):
            # The reviewer decided while this was being read: it is read again at the next look.
            return
        changes, self._news = self._news, Changes()
        for session, _, caught in taken:
            session.take_over(caught)
        if changes and isinstance(self.screen, PlaceScreen):
            self.screen.show_changes(changes)

    # Searches run beside everything else

    def begin_searches(self, plans: Sequence[SearchPlan]) -> None:
        """Run searches one after the other; one that fails does not hold up the next, stopping one stops all."""
        first, *self._to_run = plans
        self.begin_search(first)

    def begin_search(self, plan: SearchPlan) -> None:
        """Run a search in a thread of its own."""
        search_task = self.search_task = SearchTask(
            plan, lambda: self.post_message(SearchProgressed()), lambda ended: self.post_message(SearchOver(ended))
        )
        self.run_worker(lambda: search_task.perform(self.workspace.searches), thread=True, group=_SEARCH, exit_on_error=False)

    def stop_searches(self) -> None:
        """Stop the running search, which stays resumable, and run none of those that were to follow."""
        self._to_run = []
        if self.search_task is not None:
            self.search_task.stop()

    @on(SearchProgressed)
    def _follow_search(self) -> None:
        for screen in self._search_screens():
            screen.follow()

    @on(Worker.StateChanged)
    def _search_broke_down(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is told like any failure; the run stays as a killed program leaves it."""
        if event.worker.group == _SEARCH and event.state is WorkerState.ERROR and self.search_task is not None:
            self._end_search(
                SearchEnded(self.search_task.plan, None, f"an error in the program ({event.worker.error!r}); please report it")
            )

    @on(SearchOver)
    def _search_is_over(self, message: SearchOver) -> None:
        self._end_search(message.ended)

    def _end_search(self, ended: SearchEnded) -> None:
        self.search_task = None
        words = ended_text(ended)
        if isinstance(self.screen, LeaveScreen):
            self.exit() if self.screen.leaving else self.screen.dismiss(None)
        if self.screen not in self._search_screens():
            self.notify(f"{words}. Press 2 to see it.", title="Search", markup=False, timeout=_NOTICE_SECONDS)
        for screen in self._search_screens():
            screen.ended(ended.plan.name, words)
        for screening in self.open_screens(ReportScreen):
            screening.search_ended()
        if self._to_run:
            self.begin_searches(self._to_run)

    def _search_screens(self) -> list[SearchScreen]:
        # What it needs is imported when somebody goes there.
        from prisma_tool.tui.search.screen import SearchScreen

        return self.open_screens(SearchScreen)

    def open_screens(self, kind: type[Shown]) -> list[Shown]:
        """The screens of this kind in all places that were gone to."""
        return [screen for stack in self._screen_stacks.values() for screen in stack if isinstance(screen, kind)]

    async def on_exit_app(self) -> None:
        """Store what was decided before the program ends because its terminal or page went away."""
        for screening in self.open_screens(ReportScreen):
            await screening.votes.settle()

    async def action_quit(self) -> None:
        """Leave once every decision is stored, unless one is refused; while a search runs, ask first and stop it cleanly."""
        for screening in self.open_screens(ReportScreen):
            if not await screening.votes.settle():
                self._show(screening.STAGE)
                return
        if self.search_task is None:
            self.exit()
        elif not isinstance(self.screen, LeaveScreen):
            self._to_run = []
            self.push_screen(LeaveScreen(self.search_task))


def run(review: Review, reviewer: str, start: str = HOME, settings: Settings = USUAL) -> None:
    """Work on a review in the terminal until the reviewer quits; everything is stored when it is done.

    Args:
        review: The review.
        reviewer: Who works.
        start: The name of the place shown first.
        settings: The user's theme and keys.

    Raises:
        UsageError: standard input or standard error, on which the screen is drawn, is not a terminal; or `settings` cannot be meant.
        StoreError: the review cannot be read.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "The application needs a terminal. Without one, use the commands: `prisma-tool decide KEY VERDICT`, "
            "`decide --from CSV`, `dedupe --merge` or `--not-duplicate`, `study link LABEL KEY ...`."
        )
    # What was imported so far stays, and is never gone through again in search of unused objects.
    gc.freeze()
    ReviewApp(review, reviewer, start, settings=settings).run()
