"""Screening one record after the other.

Invariant: the next record is painted only after the store has confirmed the decision about the one before, and a decision is
always about the record that is on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from prisma_tool.dedupe.studies import Captured
from prisma_tool.errors import PrismaError
from prisma_tool.model.protocol import NO_RESULTS, Reason
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.tui.desk import Like
from prisma_tool.tui.follower import News
from prisma_tool.tui.place import PlaceScreen
from prisma_tool.tui.screens.duplicate_of import DuplicateScreen
from prisma_tool.tui.screens.keys import FULL_TEXT, TITLE_ABSTRACT, bindings_of
from prisma_tool.tui.screens.note import NoteScreen
from prisma_tool.tui.screens.reading import ReadingScreen
from prisma_tool.tui.screens.reason import ReasonScreen
from prisma_tool.tui.screens.retrieval import RetrievalAnswer, RetrievalScreen
from prisma_tool.tui.shown import Shown
from prisma_tool.tui.widgets.end_page import end_page, unreadable_page
from prisma_tool.tui.widgets.heading import Heading
from prisma_tool.tui.widgets.highlight import terms
from prisma_tool.tui.widgets.record_text import QUIET, Page, note_lines, page
from prisma_tool.tui.widgets.record_view import RecordView
from prisma_tool.tui.widgets.side_panel import PANEL_WIDTH, SidePanel, panel_text
from prisma_tool.tui.widgets.standing import retrieval_told, standing_line, status_words, verdict_words
from prisma_tool.tui.workplace import Workplace

WIDE = 120
"""From this many columns on, the panel has room beside a record."""
_MODAL_WIDTH = 68
_UNDECIDED = "The decision was not stored"


class ScreeningScreen(PlaceScreen):
    """Shows where the desk stands and turns keys into its deeds."""

    CSS_PATH = "screening.tcss"
    STAGE: ClassVar[Stage]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.desk = desk = workplace.desk(self.STAGE)
        self.shown: Shown | None = None
        self.page = unreadable_page()
        self.terms = terms(desk.protocol.highlight_include, desk.protocol.highlight_exclude)

    def compose(self) -> ComposeResult:
        """Heading, record with the panel beside it, keys."""
        yield Heading(self.desk)
        with Horizontal():
            with Vertical():
                with Vertical(id="above"):
                    yield Static(id="standing")
                    yield Static(id="said")
                yield RecordView()
            yield SidePanel()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin at the first record that waits."""
        self.paint()

    def paint(self, said: str = "") -> None:
        """Show the report at the desk's place; `said` is a word on what has just happened."""
        try:
            self.shown = self.desk.read()
        except PrismaError as error:
            self.shown, self.page = None, unreadable_page()
            self.trouble("The next record could not be read", error)
        else:
            self.page = self._page()
        self.query_one(RecordView).show(self.page)
        self.query_one("#standing", Static).update(standing_line(self.desk, self.shown))
        self.paint_word(said)
        self._show_progress()

    def _show_progress(self) -> None:
        self.query_one(Heading).show(self.desk.progress())
        self.query_one(SidePanel).show(self._panel(PANEL_WIDTH))

    def _page(self) -> Page:
        return page(self.shown, self.terms) if self.shown else end_page(self.desk.progress(), self.desk.stage)

    def _panel(self, width: int) -> Content:
        return panel_text(self.desk.protocol, self.desk.stage, self.desk.progress(), self.page.marks, width)

    def paint_word(self, said: str) -> None:
        """Show a word on what has just happened."""
        self.query_one("#said", Static).update(Content.styled(said, QUIET))

    def _do_here(self, failed: str, deed: Callable[[], str | None]) -> None:
        """Do a deed about the report that is on the screen, or show which one the desk stands at now."""
        if self._on_screen():
            self._do(failed, deed)
        elif self.shown is not None:
            self.paint("the queue has moved meanwhile; nothing was stored")

    def _do(self, failed: str, deed: Callable[[], str | None]) -> None:
        """Do a deed and paint what follows from it; a refusal is shown and changes nothing. The deed may return a word on itself."""
        try:
            said = deed()
        except PrismaError as error:
            self.trouble(failed, error)
        else:
            self.paint(said or "")

    def action_decide(self, verdict: str) -> None:
        """Give this verdict on the record that is shown."""
        self._decide(Verdict(verdict))

    def _decide(self, verdict: Verdict, reason: str = "") -> None:
        if self.shown is not None:
            self._do_here(_UNDECIDED, lambda: self._stored(verdict, reason))

    def _stored(self, verdict: Verdict, reason: str) -> str:
        stored = self.desk.decide(verdict, reason)
        return f"last decision: {verdict_words(stored, self.desk.protocol)}, stored" if stored else ""

    def action_exclude(self) -> None:
        """Exclude at once, without a reason."""
        self._decide(Verdict.EXCLUDE)

    def action_exclude_for_reason(self) -> None:
        """Ask for the reason, then exclude."""
        if self.shown is None:
            return
        if not self.desk.protocol.reasons:
            self.paint("review.toml lists no exclusion reasons; add [[reason]] tables")
            return
        try:
            self.desk.check_retrieved()
        except PrismaError as error:
            self.trouble(_UNDECIDED, error)
        else:
            self.app.push_screen(ReasonScreen(self.desk.protocol.reasons), self._exclude_for)

    def _exclude_for(self, reason: Reason | None) -> None:
        if reason is not None:
            self._decide(Verdict.EXCLUDE, reason.id)

    def action_captured(self) -> None:
        """Answer a register entry whose trial is reported by a publication in the review."""
        if self.shown is not None and self.shown.captured:
            through = self.shown.captured[0]
            self._do_here(_UNDECIDED, lambda: self._captured(through))
        else:
            self.paint("no publication in this review reports this record's trial")

    def _captured(self, through: Captured) -> str:
        stored = self.desk.capture(through)
        words = f"last decision: {verdict_words(stored, self.desk.protocol)}, stored; " if stored else ""
        return f"{words}linked with {one_line(through.key)}"

    def action_no_results(self) -> None:
        """Exclude a register entry without results for that reason."""
        if self.shown is not None and self.shown.lacks_results:
            self._decide(Verdict.EXCLUDE, NO_RESULTS)
        else:
            self.paint("this is not a register entry without results")

    def action_duplicate_of(self) -> None:
        """Look for like records, without holding up the screen, and ask of which this one is a duplicate."""
        if self.shown is not None:
            self.paint("looking for like records ...")
            self.run_worker(self._look_for_like_records, thread=True, exclusive=True)

    def _look_for_like_records(self) -> None:
        here = self.desk.current
        try:
            found = self.desk.alike()
        except PrismaError as error:
            self.app.call_from_thread(self.trouble, "Like records could not be looked for", error)
            return
        self.app.call_from_thread(self._offer, here, found)

    def _offer(self, here: str | None, found: tuple[Like, ...]) -> None:
        if here != self.desk.current or self.app.screen is not self:
            return
        self.paint("" if found else "no record of this review is like this one")
        if found:
            self.app.push_screen(DuplicateScreen(found), self._join)

    def _join(self, other: Like | None) -> None:
        if other is not None:
            self._do_here("The records were not joined", lambda: self._joined(other.key))

    def _joined(self, other: str) -> str:
        self.desk.join(other)
        return f"joined with {one_line(other)}"

    def action_undo(self) -> None:
        """Take back the last decision and show its record again."""
        self._do("Nothing was taken back", self._undo)

    def _undo(self) -> str:
        taken_back = self.desk.undo()
        return f"taken back: {verdict_words(taken_back, self.desk.protocol)}" if taken_back else "nothing to take back"

    def action_note(self) -> None:
        """Ask for a note and keep it."""
        if self.shown is not None:
            self.app.push_screen(NoteScreen(note_lines(self.shown)), self._keep_note)

    def _keep_note(self, text: str | None) -> None:
        if text:
            self._do_here("The note was not stored", lambda: self._noted(text))

    def _noted(self, text: str) -> str:
        self.desk.note(text)
        return "note stored"

    def action_retrieval(self) -> None:
        """Ask whether the full text is at hand."""
        if self.shown is not None:
            self.app.push_screen(RetrievalScreen(retrieval_told(self.shown)), self._keep_retrieval)

    def _keep_retrieval(self, answer: RetrievalAnswer | None) -> None:
        if answer is not None:
            self._do_here("The retrieval was not stored", lambda: self._retrieved(answer))

    def _retrieved(self, answer: RetrievalAnswer) -> str:
        self.desk.retrieve(answer.status, answer.note)
        return f"last answer: {status_words(answer.status)}, stored"

    def action_step(self, by: int) -> None:
        """Go to a neighbouring record."""
        self.desk.step(by)
        self.paint()

    def action_skip(self) -> None:
        """Go to the next record that waits."""
        self.paint("back at the first that waits" if self.desk.skip() else "")

    def action_scroll(self, lines: int) -> None:
        """Move the record's text by lines."""
        self.query_one(RecordView).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the record's text by pages."""
        view = self.query_one(RecordView)
        view.scroll_relative(y=pages * max(1, view.size.height - 2), animate=False)

    def action_criteria(self) -> None:
        """Show the panel: over the record where it does not fit beside it, else show or hide it."""
        if self.app.size.width < WIDE:
            self.app.push_screen(ReadingScreen("Criteria, highlights, progress", self._panel(_MODAL_WIDTH)))
        else:
            panel = self.query_one(SidePanel)
            panel.set_class(not panel.has_class("-hidden"), "-hidden")

    def action_acknowledge(self) -> None:
        """Keep the decision although the record has changed since."""
        if self.shown is not None and self.shown.raised:
            self._do_here("The acknowledgement was not stored", self._acknowledged)
        else:
            self.paint("nothing has changed about this record since you decided")

    def _acknowledged(self) -> str:
        self.desk.acknowledge()
        return "acknowledged: your decision stands"

    def search_ended(self) -> None:
        """New records may have come; a reviewer who waits at the end of the list is shown them."""
        if self.desk.current is None:
            self.come_back()

    def hear(self, news: News) -> None:
        """Another window may have decided: the counts follow, and the record is painted anew where it is not as it was."""
        self._show_progress()
        here = {record.key for record in self.shown.records} if self.shown else set()
        if self.shown and self._on_screen() and not news.whole and not here & news.spoken_of:
            return
        try:
            now = self.desk.read()
        except PrismaError as error:
            self.paint_word(one_line(error.message))
            return
        if now is None or now != self.shown:
            self.paint("changed in another window" if now and now.item.key in here else "")

    def _on_screen(self) -> bool:
        """Whether the desk still stands at the report that is on the screen: what happens elsewhere may move it."""
        return self.shown is not None and self.desk.current == self.shown.item.key

    def come_back(self) -> None:
        """Much may have happened meanwhile; the report that is shown stays."""
        self._do("The queue could not be read", self._came_back)

    def _came_back(self) -> str:
        self.desk.refresh()
        return ""


class TitleAbstractScreen(ScreeningScreen):
    """Screening by title and abstract: a reason is optional."""

    STAGE = Stage.TITLE_ABSTRACT
    KEYS = TITLE_ABSTRACT
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(TITLE_ABSTRACT)


class FullTextScreen(ScreeningScreen):
    """Assessing full texts: exclusion needs a reason, and there are retrievals and two more verdicts."""

    STAGE = Stage.FULL_TEXT
    KEYS = FULL_TEXT
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(FULL_TEXT)
