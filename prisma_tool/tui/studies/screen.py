"""Linking reports to their studies, suggestion by suggestion, beside the studies that there are.

Invariant: the next suggestion is painted only after the store has confirmed the links of the one before, and a link is always about
the reports that are on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.sessions.study_links_session import Shown
from prisma_tool.tui.sessions.workspace import Workplace
from prisma_tool.tui.studies.keys import ALL, ON_SCREEN
from prisma_tool.tui.studies.label_dialog import LabelScreen
from prisma_tool.tui.studies.panes import ReportsPane, StudiesPane
from prisma_tool.tui.studies.suggestion_text import end_text, suggestion_text, unreadable_text
from prisma_tool.tui.widgets.progress_heading import SittingHead
from prisma_tool.tui.widgets.record_text import QUIET

_NO_STUDIES = "No study has reports yet."


class StudiesScreen(PlaceScreen):
    """Shows where the suggestions stand and turns keys into links."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../frame/settle_screen.tcss", "screen.tcss"]
    KEYS = ALL
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(ON_SCREEN)
    AUTO_FOCUS = "ReportsPane"

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self.threads = workplace.threads()
        self.shown: Shown | None = None

    def compose(self) -> ComposeResult:
        """Heading; the suggestion with its reports, the studies beside it; keys."""
        yield SittingHead(self.threads.review.protocol.title, "Studies", self.threads.reviewer)
        with Vertical(id="above"):
            yield Static(id="standing")
            yield Static(id="said")
        with Horizontal():
            with Vertical(id="suggested"):
                yield Static(id="suggestion")
                yield ReportsPane()
            with Vertical(id="known"):
                yield Static(id="studies-head")
                yield StudiesPane()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin at the first suggestion."""
        self.paint()
        self.paint_studies()

    def paint(self, said: str = "") -> None:
        """Show the suggestion at the present place; `said` is a word on what has just happened."""
        progress = self.threads.progress()
        try:
            self.shown = self.threads.read()
            text = suggestion_text(self.shown) if self.shown else end_text(progress, self.threads.linked)
        except PrismaError as error:
            self.shown, text = None, unreadable_text()
            self.trouble("The next suggestion could not be read", error)
        self.query_one(SittingHead).show(progress)
        self.query_one("#standing", Static).update(self._place())
        self.query_one("#said", Static).update(Content.styled(said, QUIET))
        self.query_one("#suggestion", Static).update(text)
        self.query_one(ReportsPane).show(self.shown.reports if self.shown else ())

    def paint_studies(self) -> None:
        """Show the studies as they are linked now."""
        try:
            found = self.threads.studies()
        except PrismaError as error:
            self.trouble("The studies could not be read", error)
            return
        head = f"Studies: {len(found)}" if found else _NO_STUDIES
        self.query_one("#studies-head", Static).update(Content.styled(head, "bold"))
        self.query_one(StudiesPane).show(found)

    def _place(self) -> Content:
        if self.shown is None:
            return Content("")
        place = f"Suggestion {self.threads.position + 1} of {len(self.threads.items)}: reports of one study?"
        return Content.styled(place, QUIET)

    def _do(self, failed: str, deed: Callable[[], str]) -> None:
        """Do a deed that may change links, and paint what follows from it; a refusal is shown and changes nothing."""
        try:
            said = deed()
        except PrismaError as error:
            self.trouble(failed, error)
        else:
            self.paint(said)
            self.paint_studies()

    def action_link(self) -> None:
        """Ask for the study's label, then link the chosen reports."""
        shown = self.shown
        if shown is None or self._back_to_suggestion():
            return
        if not shown.chosen:
            self.paint("no report is chosen; space chooses the marked one")
            return
        screen = LabelScreen(one_line(shown.label), len(shown.chosen))
        self.app.push_screen(screen, lambda label: self._link(shown, label))

    def _link(self, shown: Shown, label: str | None) -> None:
        if label is not None:
            self._do("The link was not stored", lambda: self._linked(shown, label))

    def _linked(self, shown: Shown, label: str) -> str:
        n = self.threads.link(shown, label)
        return one_line(f"{n} linked to {label}, stored") if n else one_line(f"all were in {label} already")

    def action_undo(self) -> None:
        """Take back the last answer and show its suggestion again."""
        self._do("Nothing was taken back", self._undo)

    def _undo(self) -> str:
        back = self.threads.undo()
        return one_line(f"taken back: {back}") if back else "nothing to take back in this sitting"

    def action_leave(self) -> None:
        """Leave the suggestion aside."""
        if self.shown is not None:
            self.threads.leave()
            self.paint("left aside for this sitting; u brings it back")

    def action_choose(self) -> None:
        """Choose the marked report, or not."""
        marked = self.query_one(ReportsPane).marked
        if marked is not None:
            self.threads.toggle(marked.record.key)
            self.paint()

    def action_unlink(self) -> None:
        """Take the marked report out of its studies."""
        marked = self.query_one(StudiesPane).marked
        if marked is None:
            self.paint("mark a report with the arrows first")
        else:
            self._do("The report was not unlinked", lambda: self._unlinked(marked.record.key))

    def _unlinked(self, key: str) -> str:
        return one_line(f"{key} taken out of {', '.join(self.threads.unlink(key))}")

    def action_step(self, by: int) -> None:
        """Go to a neighbouring suggestion."""
        if not self._back_to_suggestion():
            self.threads.step(by)
            self.paint()

    def _back_to_suggestion(self) -> bool:
        """Show the suggestion first where the studies hide it, so that no key is about what cannot be seen."""
        hidden = not self.query_one("#suggested").display
        if hidden:
            self.action_other()
        return hidden

    def action_other(self) -> None:
        """Go to the other list; a narrow screen shows one at a time."""
        to_studies = not self.has_class("-studies")
        self.set_class(to_studies, "-studies")
        pane = self.query_one(StudiesPane if to_studies else ReportsPane)
        self.call_after_refresh(pane.focus)

    def come_back(self) -> None:
        """Reports may have been included meanwhile."""
        self._do("The suggestions could not be read", self._read_anew)

    def _read_anew(self) -> str:
        self.threads.reload()
        return ""
