"""Deciding about one record after the other, at title/abstract and at full text.

Invariant: a decision concerns the record that is on the screen, and what is said of it is what was stored.
"""

from __future__ import annotations

from collections.abc import Mapping

from prisma_tool.errors import PrismaError
from prisma_tool.model.protocol.criteria import conclusion
from prisma_tool.model.protocol.protocol import NO_RESULTS, Reason
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Verdict
from prisma_tool.studies.links import CapturedPublication
from prisma_tool.tui.dialogs.exclusion_reason import ExclusionReasonDialog
from prisma_tool.tui.dialogs.note import NoteDialog
from prisma_tool.tui.screening.criteria_panel import CriteriaPanel
from prisma_tool.tui.screening.duplicate_dialog import DuplicateDialog
from prisma_tool.tui.screening.position_line import verdict_text
from prisma_tool.tui.screening.report_screen import CommandGroup, ReportScreen
from prisma_tool.tui.sessions.screening_session import SimilarRecord
from prisma_tool.tui.widgets.record_text import note_lines

_UNDECIDED = "The decision was not stored"


class DecisionCommands(CommandGroup):
    """Verdicts, the ordered criteria, duplicates, notes, and taking back."""

    NAME = "decision"

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__(screen)
        self.in_order = False
        """Whether the ordered criteria are asked about every record that comes."""
        self._looks = False

    def decide(self, verdict: str) -> None:
        """Give this verdict on the record that is shown."""
        if self.screen.counts():
            self._decide(Verdict(verdict))

    def _decide(self, verdict: Verdict, reason: str = "") -> None:
        if self.report is not None:
            self.screen.run_on_report(_UNDECIDED, lambda: self._stored(verdict, reason))

    def _stored(self, verdict: Verdict, reason: str, answers: Mapping[str, str] | None = None) -> str:
        stored = self.session.decide(verdict, reason, answers)
        if stored is None:
            return ""
        self.screen.decided(stored)
        return f"last decision: {verdict_text(stored, self.session.protocol)}, stored"

    def exclude(self) -> None:
        """Exclude at once, without a reason."""
        self.decide(Verdict.EXCLUDE)

    def exclude_for_reason(self) -> None:
        """Ask for the reason, then exclude."""
        if self.report is None or not self.screen.counts():
            return
        if not self.session.takes_reasons:
            self.screen.show_message("this review keeps no reasons at title/abstract; e excludes")
            return
        if not self.session.protocol.reasons:
            self.screen.show_message("review.toml lists no exclusion reasons; add [[reason]] tables")
            return
        if self.screen.attempt(_UNDECIDED, self.session.check_retrieved):
            self.screen.ask(ExclusionReasonDialog(self.session.protocol.reasons), self._exclude_for)

    def _exclude_for(self, reason: Reason | None) -> None:
        if reason is not None:
            self._decide(Verdict.EXCLUDE, reason.id)

    def answer(self) -> None:
        """Go through the ordered criteria; the first "no" becomes the reason."""
        criteria = self.session.protocol.criteria
        if not criteria:
            self.screen.show_message(
                "review.toml lists no criteria: add [[criterion]] tables, or reasons such as Wrong population"
            )
        elif self.report is not None and self.screen.attempt(_UNDECIDED, self.session.check_retrieved):
            self.screen.ask(CriteriaPanel(criteria, self.screen.action_scroll), self._answered)

    def _answered(self, answers: dict[str, str] | None) -> None:
        concluded = conclusion(self.session.protocol.criteria, answers) if answers else None
        if concluded is None:
            self.in_order = False
        elif self.report is not None and self.screen.counts():
            reason = concluded.reason if self.session.takes_reasons else ""
            self.screen.run_on_report(_UNDECIDED, lambda: self._stored(concluded.verdict, reason, answers))

    def answer_in_order(self) -> None:
        """Ask the ordered criteria about every record that comes, until Esc."""
        self.in_order = True
        self.answer()

    def painted(self) -> None:
        """In the mode of ordered criteria, ask about a record that waits."""
        if self.in_order and self.report is not None and self.report.item.waits:
            self.screen.call_after_refresh(self.answer)

    def captured(self) -> None:
        """Answer a register entry whose trial is reported by a publication in the review."""
        if self.report is not None and self.report.captured:
            through = self.report.captured[0]
            if self.screen.counts():
                self.screen.run_on_report(_UNDECIDED, lambda: self._captured(through))
        else:
            self.screen.show_message("no publication in this review reports this record's trial")

    def _captured(self, through: CapturedPublication) -> str:
        stored = self.session.capture(through)
        words = f"last decision: {verdict_text(stored, self.session.protocol)}, stored; " if stored else ""
        return f"{words}linked with {one_line(through.key)}"

    def no_results(self) -> None:
        """Exclude a register entry without results for that reason."""
        if self.report is not None and self.report.lacks_results:
            if self.screen.counts():
                self._decide(Verdict.EXCLUDE, NO_RESULTS if self.session.takes_reasons else "")
        else:
            self.screen.show_message("this is not a register entry without results")

    def duplicate_of(self) -> None:
        """Look for like records, without holding up the screen, and ask of which this one is a duplicate."""
        if self.report is not None:
            self._looks = True
            self.screen.show_message("looking for like records ...")
            self.screen.run_worker(self._look_for_like_records, thread=True, exclusive=True)

    def _look_for_like_records(self) -> None:
        here = self.session.current
        try:
            likes = self.session.similar_records()
        except PrismaError as error:
            self._looks = False
            self.screen.app.call_from_thread(self.screen.show_error, "Like records could not be looked for", error)
            return
        self.screen.app.call_from_thread(self._offer, here, likes)

    def asks(self) -> bool:
        """Like records are being looked for, and will be asked about."""
        return self._looks

    def _offer(self, here: str | None, likes: tuple[SimilarRecord, ...]) -> None:
        self._looks = False
        if here != self.session.current or self.screen.app.screen is not self.screen:
            return
        self.screen.paint("" if likes else "no record of this review is like this one")
        if likes:
            self.screen.ask(DuplicateDialog(likes), self._join)

    def _join(self, other: SimilarRecord | None) -> None:
        if other is not None:
            self.screen.run_on_report("The records were not joined", lambda: self._joined(other.key))

    def _joined(self, other: str) -> str:
        self.session.join(other)
        return f"joined with {one_line(other)}"

    def undo(self) -> None:
        """Take back the last decision and show its record again."""
        if self.screen.counts():
            self.screen.run_command("Nothing was taken back", self._undo)

    def _undo(self) -> str:
        taken_back = self.session.undo()
        return f"taken back: {verdict_text(taken_back, self.session.protocol)}" if taken_back else "nothing to take back"

    def note(self) -> None:
        """Ask for a note and keep it."""
        if self.report is not None:
            self.screen.ask(NoteDialog(note_lines(self.report)), self._keep_note)

    def _keep_note(self, text: str | None) -> None:
        if text:
            self.screen.run_on_report("The note was not stored", lambda: self._noted(text))

    def _noted(self, text: str) -> str:
        self.session.note(text)
        return "note stored"

    def acknowledge(self) -> None:
        """Keep the decision although the record has changed since."""
        if self.report is not None and self.report.raised:
            self.screen.run_on_report("The acknowledgement was not stored", self._acknowledged)
        else:
            self.screen.show_message("nothing has changed about this record since you decided")

    def _acknowledged(self) -> str:
        self.session.acknowledge()
        return "acknowledged: your decision stands"
