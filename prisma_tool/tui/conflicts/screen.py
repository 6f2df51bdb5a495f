"""Settling conflicts: both votes with their reasons and notes side by side, the record below, one key for the answer.

Invariant: the next conflict is painted only after the store has confirmed the adjudication of the one before, and an adjudication is
always about the report that is on the screen.
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
from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.protocol import Reason
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.tui.conflicts.keys import CONFLICTS
from prisma_tool.tui.conflicts.vote_text import about, end_text, vote_text
from prisma_tool.tui.dialogs.exclusion_reason import ReasonScreen
from prisma_tool.tui.dialogs.note import NoteScreen
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.sessions.adjudication_session import Dispute
from prisma_tool.tui.sessions.change_feed import News
from prisma_tool.tui.sessions.workspace import Workplace
from prisma_tool.tui.widgets.highlight import terms
from prisma_tool.tui.widgets.progress_heading import SittingHead
from prisma_tool.tui.widgets.record_text import QUIET, Page, page
from prisma_tool.tui.widgets.record_view import RecordView


class ConflictsScreen(PlaceScreen):
    """Shows where the conflicts stand and turns keys into adjudications."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../frame/settle_screen.tcss", "screen.tcss"]
    KEYS = CONFLICTS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(CONFLICTS)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self.settling = workplace.settling()
        self.shown: Dispute | None = None
        self.note, self.said = "", ""
        protocol = workplace.review.protocol
        self.terms = terms(protocol.highlight_include, protocol.highlight_exclude)

    def compose(self) -> ComposeResult:
        """Heading; the votes side by side; the record; keys."""
        yield SittingHead(self.workplace.review.protocol.title, "Conflicts", self.settling.reviewer)
        with Vertical(id="above"):
            yield Static(id="standing")
            yield Static(id="said")
        yield Horizontal(id="votes")
        yield RecordView()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin at the first conflict."""
        self.paint()

    def paint(self, said: str = "") -> None:
        """Show the present conflict; `said` is a word on what has just happened."""
        self.said = said
        try:
            self.shown = self.settling.read()
        except PrismaError as error:
            self.shown = None
            self.trouble("The next conflict could not be read", error)
        self.query_one(SittingHead).show(self.settling.progress())
        self.query_one("#said", Static).update(Content.styled(self._word(said), QUIET))
        self.query_one("#standing", Static).update(self._standing())
        self._paint_votes()
        self.query_one(RecordView).show(self._page())

    def _word(self, said: str) -> str:
        noted = f"note: {self.note}" if self.note else ""
        may_not = self.shown.may_not if self.shown else ""
        return one_line(" · ".join(part for part in (said, noted, may_not) if part))

    def _standing(self) -> Content:
        if self.shown is None:
            return Content("")
        place, total = self.settling.position, len(self.settling.items)
        return about(self.shown.conflict, place, total, self.workplace.review.protocol)

    def _paint_votes(self) -> None:
        box = self.query_one("#votes", Horizontal)
        box.remove_children()
        box.display = self.shown is not None
        if self.shown is not None:
            protocol, notes = self.workplace.review.protocol, self.shown.notes
            box.mount(*(Static(vote_text(vote, notes, protocol), classes="vote") for vote in self.shown.conflict.votes))

    def _page(self) -> Page:
        if self.shown is None:
            return Page((), end_text(self.settling.progress().done), ())
        return page(self.shown.opened, self.terms)

    # Settling

    def action_settle(self, verdict: str) -> None:
        """Settle the conflict on the screen with this verdict."""
        self._settle(Verdict(verdict))

    def action_accept(self) -> None:
        """Exclude for the earliest of the reasons that were given."""
        if self.shown is not None:
            self._settle(Verdict.EXCLUDE, self.shown.conflict.proposed)

    def action_exclude(self) -> None:
        """Exclude; at full text ask for the one reason."""
        if self.shown is None:
            return
        if self.shown.conflict.stage is Stage.TITLE_ABSTRACT:
            self._settle(Verdict.EXCLUDE)
        else:
            self.app.push_screen(ReasonScreen(self.workplace.review.protocol.reasons), self._exclude_for)

    def _exclude_for(self, reason: Reason | None) -> None:
        if reason is not None:
            self._settle(Verdict.EXCLUDE, reason.id)

    def _settle(self, verdict: Verdict, reason: str = "") -> None:
        """Settle what is on the screen, unless the list has moved meanwhile."""
        shown = self.shown
        if shown is None:
            return
        if self.settling.current != shown.conflict:
            self.paint("the conflicts have changed meanwhile; nothing was stored")
            return
        self._do("The conflict was not settled", lambda: self._settled(self.settling.settle(verdict, reason, self.note)))

    def _settled(self, stored: Event | None) -> str:
        self.note = ""
        return f"{stored.subject}: {stored.text('verdict')}, stored" if stored else ""

    def action_undo(self) -> None:
        """Take back the last adjudication and show its conflict again."""
        self._do("Nothing was taken back", self._undo)

    def _undo(self) -> str:
        back = self.settling.undo()
        return f"taken back: {back.text('verdict')} of {back.subject}" if back else "nothing to take back in this sitting"

    def _do(self, failed: str, deed: Callable[[], str]) -> None:
        try:
            said = deed()
        except PrismaError as error:
            self.trouble(failed, error)
        else:
            self.paint(said)

    def action_note(self) -> None:
        """Write a note that is kept with the next adjudication."""
        if self.shown is not None:
            self.app.push_screen(NoteScreen(Content(one_line(self.note))), self._noted)

    def _noted(self, text: str | None) -> None:
        if text is not None:
            self.note = one_line(text)
            self.paint()

    # Going around

    def action_step(self, by: int) -> None:
        """Go to a neighbouring conflict; a note is about the one for which it was written."""
        self.settling.step(by)
        self.note = ""
        self.paint()

    def action_scroll(self, lines: int) -> None:
        """Scroll the record."""
        self.query_one(RecordView).scroll_relative(y=lines, animate=False)

    def action_reload(self) -> None:
        """Read the conflicts anew."""
        self._do("The conflicts could not be read", self._read_anew)

    def _read_anew(self, said: str = "") -> str:
        self.settling.reload()
        return said

    def come_back(self) -> None:
        """Others may have voted or adjudicated meanwhile."""
        self.action_reload()

    def hear(self, news: News) -> None:
        """Another conflict may have come about, or this one may be settled."""
        if news.voted or news.whole:
            said = self.said
            self._do("The conflicts could not be read", lambda: self._read_anew(said))
