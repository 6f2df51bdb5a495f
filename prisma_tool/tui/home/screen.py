"""Where the review stands and what to do next: the first place.

Invariant: counting runs in a thread, so that the page is there at once whatever the size of the review; old counts are marked as such.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.history.activity import LogEntry, LogFilter, log_page
from prisma_tool.history.overview import Overview, Step, overview
from prisma_tool.history.pace import RecentPace, pace
from prisma_tool.model.text import one_line
from prisma_tool.store.engine.database import Transaction
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.frame.place_screen import GOING_AROUND, PlaceScreen
from prisma_tool.tui.frame.place_table import BY_NAME, HOME, PLACES
from prisma_tool.tui.home.first_steps import first_steps
from prisma_tool.tui.home.fitted_text import FittedText
from prisma_tool.tui.home.lately import log_text, week_heading, week_text
from prisma_tool.tui.home.pipeline import pipeline
from prisma_tool.tui.home.to_do import NO_JOINS, JoinsToLookAt, ToDo, to_do
from prisma_tool.tui.home.to_do_list import ToDoList
from prisma_tool.tui.home.warning_screen import WarningScreen
from prisma_tool.tui.importing.flow import Importing
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.title_line import TitleLine, going_to

HOME_KEYS: Groups = (
    (
        "The review",
        (
            Binding(
                "enter",
                "enter",
                "Go there",
                id="home.next",
                tooltip="Go to where the marked line is done; the next step is marked first",
            ),
            Binding("j,down", "move(1)", "Down", id="home.down", show=False, tooltip="Mark the next line"),
            Binding("k,up", "move(-1)", "Up", id="home.up", show=False, tooltip="Mark the line before"),
            Binding(
                "plus",
                "import_files",
                "Import",
                key_display="+",
                id="home.import",
                tooltip="Import files that were exported elsewhere",
            ),
            Binding(
                "B",
                "back_up",
                "Back up",
                id="home.back-up",
                show=False,
                tooltip="Take a snapshot of the review, in its folder backups",
            ),
            Binding("r", "count", "Read anew", id="home.count", tooltip="Count anew"),
            Binding("x", "put_away", "Put away", id="home.put-away", show=False, tooltip="Put the note on joined pairs away"),
        ),
    ),
    GOING_AROUND,
)

_KEY = 2
"""Cells of a place's key beside its name and the blanks around it."""
_LATEST = 40
"""Entries of the log that are read; as many are shown as there is room for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the page shows, read at one time."""

    overview: Overview
    joins: JoinsToLookAt
    pace: Mapping[str, RecentPace]
    log: tuple[LogEntry, ...]
    now: datetime


class HomeScreen(PlaceScreen):
    """The phases of the review with their counts, what is pending for whom, and the next sensible action."""

    CSS_PATH = "screen.tcss"
    KEYS = HOME_KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(HOME_KEYS)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.standing: Standing | None = None
        self.overview: Overview | None = None
        self.joins = NO_JOINS
        failed = partial(self.show_error, "No snapshot was taken")
        self._keeper = BackgroundQuery[None, Path](self, self._back_up, self._backed_up, failed)
        self.importing = Importing(self, self._imported)
        failed = partial(self.show_error, "The review could not be counted")
        self._counter = BackgroundQuery[None, Standing](self, self._count, self._show, failed)

    def compose(self) -> ComposeResult:
        """The title, the first steps, the pipeline, what waits, the week, the log, the places, the keys."""
        yield TitleLine(self.workspace.review.protocol.title, "Home", self.workspace.reviewer)
        with VerticalScroll(can_focus=False, id="page"):
            yield Static(id="steps")
            yield Static(id="pipeline")
            with Horizontal(id="panes"):
                yield ToDoList()
                with Vertical(id="lately"):
                    yield FittedText(id="week")
                    yield FittedText(id="log")
            yield Static(id="places")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Count."""
        self.query_one("#pipeline", Static).update(Content.styled("counting ...", QUIET))
        self.action_count()

    def is_useful(self, action: str) -> bool:
        """Put away is what there is of it."""
        return action != "put_away" or bool(self.joins.least_certain)

    def come_back(self) -> None:
        """Much may have happened meanwhile."""
        self.action_count()

    def show_changes(self, changes: Changes) -> None:
        """Something was stored."""
        if changes:
            self.action_count()

    def action_count(self) -> None:
        """Count anew, in a thread."""
        self._counter.ask(None)

    def _count(self, _: None, __: Callable[[], bool]) -> Standing:
        review, viewer = self.workspace.review, self.workspace.reviewer
        with review.store.read() as transaction:
            counted, joins = overview(transaction, viewer), _joins_to_look_at(transaction, self.workspace.seen_joins.until)
            lately = pace(transaction)
        return Standing(counted, joins, lately, log_page(review, viewer, LogFilter(), _LATEST).entries, review.store.now())

    def _show(self, _: None, standing: Standing) -> None:
        self.standing, self.overview, self.joins = standing, standing.overview, standing.joins
        steps = first_steps(self.overview, self.workspace.review.protocol, somebody_decided=bool(standing.pace))
        self.query_one("#steps", Static).update(steps)
        self.query_one("#steps").display = bool(steps)
        self.query_one(ToDoList).border_title = "To do"
        self.query_one(ToDoList).show(to_do(self.overview, self.joins))
        self.refresh_bindings()
        self._fill()

    def _fill(self) -> None:
        """Paint what depends on the room that there is."""
        if self.standing is None:
            return
        width = self.query_one("#page").content_size.width
        self.query_one("#pipeline", Static).update(pipeline(self.standing.overview, width))
        self.query_one("#places", Static).update(_places(width))
        self._fill_lately(self.standing)

    def _fill_lately(self, standing: Standing) -> None:
        week, log = self.query_one("#week", FittedText), self.query_one("#log", FittedText)
        week.border_title, log.border_title = week_heading(standing.pace), "Recently"
        names = self.workspace.review.protocol.reviewers or (self.workspace.reviewer,)
        week.show(partial(week_text, standing.pace, names))
        log.show(partial(log_text, standing.log, standing.now))

    def on_resize(self) -> None:
        """The boxes are as wide as there is room."""
        self.call_after_refresh(self._fill)

    def action_put_away(self) -> None:
        """Say no more of the joined pairs that are least certain now."""
        if self.standing is not None and self.joins.least_certain:
            self.workspace.seen_joins.keep(self.joins.until)
            self._show(None, replace(self.standing, joins=NO_JOINS))

    def action_move(self, by: int) -> None:
        """Mark another line of what waits."""
        self.query_one(ToDoList).move(by)

    def action_back_up(self) -> None:
        """Take a snapshot, in a thread."""
        self.tell("taking a snapshot ...")
        self._keeper.ask(None)

    def _back_up(self, _: None, __: Callable[[], bool]) -> Path:
        from prisma_tool.review.copies.backup import back_up

        return back_up(self.workspace.review)

    def _backed_up(self, _: None, path: Path) -> None:
        self.tell(f"The snapshot is {one_line(str(path))}")

    def action_import_files(self) -> None:
        """Import files."""
        self.importing.begin()

    def take_files(self, files: Sequence[Path]) -> None:
        """Import files that were dropped here."""
        self.importing.take(files)

    def _imported(self, outcome: str) -> None:
        if outcome:
            self.tell(outcome)
        self.action_count()

    def action_enter(self) -> None:
        """Go where the marked line leads."""
        item = self.query_one(ToDoList).marked
        if item is not None:
            self._enter(item)

    @on(ToDoList.Picked)
    def _picked(self, event: ToDoList.Picked) -> None:
        self._enter(event.item)

    def _enter(self, item: ToDo) -> None:
        if item.place == Step.IMPORT:
            self.importing.begin()
        elif item.place in BY_NAME:
            self.application.go(item.place)
        elif item.listed is not None:
            self.app.push_screen(WarningScreen(self.workspace, item.listed), lambda _: self.action_count())


def _joins_to_look_at(transaction: Transaction, seen: int) -> JoinsToLookAt:
    # Matching needs libraries that the first page does not; here nobody waits for them.
    from prisma_tool.dedupe.joined.least_certain import listed_since

    listed = listed_since(transaction, seen)
    newest = max((pair.since for pair in listed), default=0)
    return JoinsToLookAt(len(listed), sum(bool(pair.would_ask) for pair in listed), newest)


def _places(width: int) -> Content:
    """The other places by their keys, as many in a line as fit; none is broken."""
    lines, used = [Content("")], 0
    for place in PLACES:
        text = f"  {place.title}   "
        if place.name == HOME:
            continue
        if used and used + len(text) + _KEY > width:
            lines, used = [*lines, Content("")], 0
        lines[-1] += Content.assemble((f" {place.key} ", "bold reverse"), text[1:]).stylize(going_to(place.name))
        used += len(text) + _KEY
    return Content("\n").join(lines)
