"""Settling uncertain pairs one after the other.

Invariant: the next pair is painted only after the store has confirmed the answer about the one before, and an answer is always
about the pair that is on the screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from prisma_tool.dedupe.run import deduplicate
from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line
from prisma_tool.tui.duplicates.clusters_dialog import ClustersScreen
from prisma_tool.tui.duplicates.keys import DUPLICATES
from prisma_tool.tui.duplicates.pair_end import end_text, unreadable_text
from prisma_tool.tui.duplicates.pair_text import summary
from prisma_tool.tui.duplicates.pair_view import PairView
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.sessions.duplicates_session import DIFFERENT, SAME, Pair
from prisma_tool.tui.sessions.workspace import Workplace
from prisma_tool.tui.widgets.progress_heading import SittingHead
from prisma_tool.tui.widgets.record_text import QUIET

_NOT_STORED = "The answer was not stored"


class DuplicatesScreen(PlaceScreen):
    """Shows where the list of pairs stands and turns keys into answers."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../frame/settle_screen.tcss", "screen.tcss"]
    KEYS = DUPLICATES
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(DUPLICATES)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self.pairs = workplace.pairs()
        self.shown: Pair | None = None

    def compose(self) -> ComposeResult:
        """Heading, the reason for asking, the pair, keys."""
        yield SittingHead(self.pairs.review.protocol.title, "Duplicates", self.pairs.reviewer)
        with Vertical(id="above"):
            yield Static(id="standing")
            yield Static(id="said")
        yield Static(id="reason")
        yield PairView()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin at the first pair."""
        self.paint()

    def paint(self, said: str = "") -> None:
        """Show the pair at the present place; `said` is a word on what has just happened."""
        try:
            self.shown = self.pairs.read()
            what = self.shown or end_text(self.pairs.progress(), self.pairs.answered, self.pairs.standing())
        except PrismaError as error:
            self.shown, what = None, unreadable_text()
            self.trouble("The next pair could not be read", error)
        self.query_one(SittingHead).show(self.pairs.progress())
        self.query_one("#standing", Static).update(self._place())
        self.query_one("#said", Static).update(Content.styled(said, QUIET))
        self.query_one("#reason", Static).update(summary(self.shown) if self.shown else "")
        self.query_one(PairView).show(what)

    def _place(self) -> Content:
        if self.shown is None:
            return Content("")
        return Content.styled(f"Pair {self.pairs.position + 1} of {len(self.pairs.items)}: one report or two?", QUIET)

    def _do(self, failed: str, deed: Callable[[], str]) -> None:
        """Do a deed and paint what follows from it; a refusal is shown and changes nothing. The deed returns a word on itself."""
        try:
            said = deed()
        except PrismaError as error:
            self.trouble(failed, error)
        else:
            self.paint(said)

    def action_compare(self) -> None:
        """Compare what is new with all, in a thread, and join what is certain."""
        self.paint("comparing the records that are new ...")
        self.run_worker(self._compare, thread=True, exclusive=True, group="compare")

    def _compare(self) -> None:
        try:
            before = self.pairs.standing()
            after = deduplicate(self.pairs.review, time.monotonic)
        except PrismaError as error:
            self.app.call_from_thread(self.trouble, "The records could not be compared", error)
        else:
            joined = after.duplicates_removed - before.duplicates_removed
            words = f"compared: {joined} more duplicates, {after.uncertain} pairs wait for a person"
            self.app.call_from_thread(self._do, "The pairs could not be read", lambda: self._read_anew(words))

    def action_same(self) -> None:
        """State that the pair that is shown is one report."""
        if self.shown is not None:
            self._do(_NOT_STORED, lambda: self._answer(self.pairs.same, SAME))

    def action_different(self) -> None:
        """State that the pair that is shown is two reports."""
        if self.shown is not None:
            self._do(_NOT_STORED, lambda: self._answer(self.pairs.different, DIFFERENT))

    def _answer(self, deed: Callable[[], None], name: str) -> str:
        before = len(self.pairs.items)
        deed()
        along = before - len(self.pairs.items) - 1
        settled = f"; {_pairs(along)} settled with it" if along > 0 else ""
        return f"last answer: {name}, stored{settled}"

    def action_undo(self) -> None:
        """Take back the last answer and show its pair again."""
        self._do("Nothing was taken back", self._undo)

    def _undo(self) -> str:
        taken_back = self.pairs.undo()
        if not taken_back:
            return "nothing to take back"
        first = taken_back[0]
        return one_line(f"taken back: {first.text('verdict')} ({first.subject}, {first.text('other')})")

    def action_skip(self) -> None:
        """Leave the pair for later."""
        self.pairs.skip()
        self.paint()

    def action_step(self, by: int) -> None:
        """Go to a neighbouring pair."""
        self.pairs.step(by)
        self.paint()

    def action_clusters(self) -> None:
        """Show all records of both clusters."""
        if self.shown is not None:
            self._do("The clusters could not be read", self._open_clusters)

    def _open_clusters(self) -> str:
        self.app.push_screen(ClustersScreen(self.pairs.members()), self._take_out)
        return ""

    def _take_out(self, key: str | None) -> None:
        if key is not None:
            self._do("The record was not taken out", lambda: self._taken_out(key))

    def _taken_out(self, key: str) -> str:
        others = self.pairs.split(key)
        return one_line(f"{key} taken out; it was with {', '.join(others)}")

    def action_scroll(self, lines: int) -> None:
        """Move the pair by lines."""
        self.query_one(PairView).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the pair by pages."""
        view = self.query_one(PairView)
        view.scroll_relative(y=pages * max(1, view.size.height - 2), animate=False)

    def come_back(self) -> None:
        """The list may have changed meanwhile."""
        self._do("The pairs could not be read", self._read_anew)

    def _read_anew(self, said: str = "") -> str:
        self.pairs.reload()
        return said


def _pairs(n: int) -> str:
    return "1 other pair" if n == 1 else f"{n} other pairs"
