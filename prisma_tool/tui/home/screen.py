"""Where the review stands and what to do next: the first place.

Invariant: counting runs in a thread, so that the page is there at once whatever the size of the review; old counts are marked as such.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.history.overview import Overview, Step, overview
from prisma_tool.model.text import one_line
from prisma_tool.store.engine.database import Transaction
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.frame.place_screen import GOING_AROUND, PlaceScreen
from prisma_tool.tui.frame.place_table import BY_NAME, HOME, PLACES
from prisma_tool.tui.home.first_steps import first_steps
from prisma_tool.tui.home.pipeline import NO_JOINS, JoinsToLookAt, pipeline
from prisma_tool.tui.importing.flow import Importing
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.title_line import TitleLine

HOME_KEYS: Groups = (
    (
        "The review",
        (
            Binding("enter", "next_step", "Next step", id="home.next", tooltip="Go to where the next sensible action is"),
            Binding("j,down", "scroll(1)", "Down", id="home.down", show=False, tooltip="Scroll down"),
            Binding("k,up", "scroll(-1)", "Up", id="home.up", show=False, tooltip="Scroll up"),
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


class HomeScreen(PlaceScreen):
    """The phases of the review with their counts, what is pending for whom, and the next sensible action."""

    CSS_PATH = "screen.tcss"
    KEYS = HOME_KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(HOME_KEYS)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.overview: Overview | None = None
        self.joins = NO_JOINS
        failed = partial(self.show_error, "No snapshot was taken")
        self._keeper = BackgroundQuery[None, Path](self, self._back_up, self._backed_up, failed)
        self.importing = Importing(self, self._imported)
        failed = partial(self.show_error, "The review could not be counted")
        self._counter = BackgroundQuery[None, tuple[Overview, JoinsToLookAt]](self, self._count, self._show, failed)

    def compose(self) -> ComposeResult:
        """The title, the pipeline, the places, the keys."""
        yield TitleLine(self.workspace.review.protocol.title, "Home", self.workspace.reviewer)
        with VerticalScroll(can_focus=False):
            yield Static(id="pipeline")
            yield Static(_places(), id="places")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Count."""
        self.query_one("#pipeline", Static).update(Content.styled("counting ...", QUIET))
        self.action_count()

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

    def _count(self, _: None, __: Callable[[], bool]) -> tuple[Overview, JoinsToLookAt]:
        with self.workspace.review.store.read() as transaction:
            counted = overview(transaction, self.workspace.reviewer)
            return counted, _joins_to_look_at(transaction, self.workspace.seen_joins.until)

    def _show(self, _: None, counted: tuple[Overview, JoinsToLookAt]) -> None:
        self.overview, self.joins = counted
        steps = first_steps(self.overview, self.workspace.review.protocol)
        page = pipeline(self.overview, self.joins)
        self.query_one("#pipeline", Static).update(Content("\n\n").join([steps, page]) if steps else page)

    def action_put_away(self) -> None:
        """Say no more of the joined pairs that are least certain now."""
        if self.overview is not None and self.joins.least_certain:
            self.workspace.seen_joins.keep(self.joins.until)
            self._show(None, (self.overview, NO_JOINS))

    def action_scroll(self, lines: int) -> None:
        """Move the page by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_back_up(self) -> None:
        """Take a snapshot, in a thread."""
        self._keeper.ask(None)

    def _back_up(self, _: None, __: Callable[[], bool]) -> Path:
        from prisma_tool.review.copies.backup import back_up

        return back_up(self.workspace.review)

    def _backed_up(self, _: None, path: Path) -> None:
        self.tell(f"The snapshot is {one_line(str(path))}")

    def action_import_files(self) -> None:
        """Import files."""
        self.importing.begin()

    def _imported(self, outcome: str) -> None:
        if outcome:
            self.tell(outcome)
        self.action_count()

    def action_next_step(self) -> None:
        """Go to where the next sensible action is."""
        step = self.overview.next_step if self.overview else None
        if step is Step.IMPORT:
            self.importing.begin()
        elif step is not None and step in BY_NAME:
            self.application.go(step)


def _joins_to_look_at(transaction: Transaction, seen: int) -> JoinsToLookAt:
    # Matching needs libraries that the first page does not; here nobody waits for them.
    from prisma_tool.dedupe.joined.least_certain import listed_since

    listed = listed_since(transaction, seen)
    newest = max((pair.since for pair in listed), default=0)
    return JoinsToLookAt(len(listed), sum(bool(pair.would_ask) for pair in listed), newest)


def _places() -> Content:
    others = [place for place in PLACES if place.name != HOME]
    return Content("\n").join(
        [Content.assemble((f" {place.key} ", "bold reverse"), f"  {place.title:<16}", (place.what, QUIET)) for place in others]
    )
