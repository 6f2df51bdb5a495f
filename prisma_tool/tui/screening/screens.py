"""Deciding about one record after the other, at title/abstract and at full text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import BindingType

from prisma_tool.errors import PrismaError
from prisma_tool.model.protocol.criteria import conclusion
from prisma_tool.model.protocol.protocol import NO_RESULTS, Reason
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.studies.links import Captured
from prisma_tool.tui.dialogs.exclusion_reason import ReasonScreen
from prisma_tool.tui.dialogs.note import NoteScreen
from prisma_tool.tui.frame.key_table import FULL_TEXT, TITLE_ABSTRACT, bindings_of
from prisma_tool.tui.screening.criteria_panel import AnsweringScreen
from prisma_tool.tui.screening.duplicate_dialog import DuplicateScreen
from prisma_tool.tui.screening.position_line import verdict_words
from prisma_tool.tui.screening.relevance_commands import OrderingScreen
from prisma_tool.tui.sessions.screening_session import Like
from prisma_tool.tui.widgets.record_text import note_lines

_UNDECIDED = "The decision was not stored"


class ScreeningScreen(OrderingScreen):
    """Turns keys into the desk's deeds."""

    in_order = False
    """Whether the ordered criteria are asked about every record that comes."""

    def action_decide(self, verdict: str) -> None:
        """Give this verdict on the record that is shown."""
        self._decide(Verdict(verdict))

    def _decide(self, verdict: Verdict, reason: str = "") -> None:
        if self.shown is not None:
            self._do_here(_UNDECIDED, lambda: self._stored(verdict, reason))

    def _stored(self, verdict: Verdict, reason: str, answers: Mapping[str, str] | None = None) -> str:
        stored = self.desk.decide(verdict, reason, answers)
        if stored is None:
            return ""
        self.decided(stored)
        return f"last decision: {verdict_words(stored, self.desk.protocol)}, stored"

    def action_exclude(self) -> None:
        """Exclude at once, without a reason."""
        self._decide(Verdict.EXCLUDE)

    def action_exclude_for_reason(self) -> None:
        """Ask for the reason, then exclude."""
        if self.shown is None:
            return
        if not self.desk.takes_reasons:
            self.paint("this review keeps no reasons at title/abstract; e excludes")
            return
        if not self.desk.protocol.reasons:
            self.paint("review.toml lists no exclusion reasons; add [[reason]] tables")
            return
        if self.attempt(_UNDECIDED, self.desk.check_retrieved):
            self.app.push_screen(ReasonScreen(self.desk.protocol.reasons), self._exclude_for)

    def _exclude_for(self, reason: Reason | None) -> None:
        if reason is not None:
            self._decide(Verdict.EXCLUDE, reason.id)

    def action_answer(self) -> None:
        """Go through the ordered criteria; the first "no" becomes the reason."""
        criteria = self.desk.protocol.criteria
        if not criteria:
            self.paint("review.toml lists no criteria: add [[criterion]] tables, or reasons such as Wrong population")
        elif self.shown is not None and self.attempt(_UNDECIDED, self.desk.check_retrieved):
            self.app.push_screen(AnsweringScreen(criteria, self.action_scroll), self._answered)

    def _answered(self, answers: dict[str, str] | None) -> None:
        said = conclusion(self.desk.protocol.criteria, answers) if answers else None
        if said is None:
            self.in_order = False
        elif self.shown is not None:
            reason = said.reason if self.desk.takes_reasons else ""
            self._do_here(_UNDECIDED, lambda: self._stored(said.verdict, reason, answers))

    def action_in_order(self) -> None:
        """Ask the ordered criteria about every record that comes, until Esc."""
        self.in_order = True
        self.action_answer()

    def paint(self, said: str = "") -> None:
        """Show the report; in the mode of ordered criteria, ask about one that waits."""
        super().paint(said)
        if self.in_order and self.shown is not None and self.shown.item.waits:
            self.call_after_refresh(self.action_answer)

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
            self._decide(Verdict.EXCLUDE, NO_RESULTS if self.desk.takes_reasons else "")
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

    def action_acknowledge(self) -> None:
        """Keep the decision although the record has changed since."""
        if self.shown is not None and self.shown.raised:
            self._do_here("The acknowledgement was not stored", self._acknowledged)
        else:
            self.paint("nothing has changed about this record since you decided")

    def _acknowledged(self) -> str:
        self.desk.acknowledge()
        return "acknowledged: your decision stands"


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
