"""Deciding about one record after the other, at title/abstract and at full text.

Invariant: a decision concerns the record that is on the screen, and what is said of it is what was stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from textual.content import Content

from prisma_tool.errors import PrismaError
from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.criteria import conclusion
from prisma_tool.model.protocol.protocol import NO_RESULTS, WITHOUT_TEXT, Reason
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RetrievalStatus, Stage, Verdict
from prisma_tool.reports.state import Phase
from prisma_tool.studies.links import CapturedPublication
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.dialogs.exclusion_reason import ExclusionReasonDialog
from prisma_tool.tui.dialogs.note import NoteDialog
from prisma_tool.tui.dialogs.text_prompt import TextPromptDialog
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.criteria_panel import CriteriaPanel
from prisma_tool.tui.screening.duplicate_dialog import DuplicateDialog
from prisma_tool.tui.screening.position_line import given_text, taken_back_text
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions.record_page_data import title_of
from prisma_tool.tui.sessions.screening_session import PendingVote
from prisma_tool.tui.sessions.similar_records import SimilarRecord
from prisma_tool.tui.widgets.record_text import day, note_lines
from prisma_tool.tui.words.phrases import ago

_UNDECIDED = "The decision was not stored"
_NOT_TAKEN_BACK = "Nothing was taken back"
_OPPOSITE = {Verdict.INCLUDE, Verdict.EXCLUDE}
_READ_ELSEWHERE = "full text read elsewhere"
_READ = ("assessed: the abstract only", _READ_ELSEWHERE)
_LONG = 60
"""Characters of a title that a question shows."""
_DID = {
    Verdict.INCLUDE: "You included",
    Verdict.EXCLUDE: "You excluded",
    Verdict.MAYBE: "You said maybe to",
    Verdict.ONGOING: "You called ongoing",
    Verdict.AWAITING: "You left awaiting classification",
}


def _did(vote: Event) -> str:
    """A vote as a sentence begins: `You excluded`."""
    return _DID[Verdict(vote.text("verdict"))]


def _short(title: str) -> str:
    return title if len(title) <= _LONG else f"{title[: _LONG - 1].rstrip()}…"


class DecisionCommands(CommandGroup):
    """Verdicts, the ordered criteria, duplicates, notes, and taking back."""

    NAME = "decision"

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__(screen)
        self.in_order = False
        """Whether the ordered criteria are asked about every record that comes."""
        self._looks = self._opens = False
        self._changed: set[str] = set()

    def decide(self, verdict: str) -> None:
        """Give this verdict on the record that is shown."""
        if self.screen.counts():
            self._decide(Verdict(verdict))

    def _decide(self, verdict: Verdict, reason: str = "", answers: Mapping[str, str] | None = None) -> None:
        """Store a verdict once all questions about it are answered."""

        def ask_on() -> None:
            if self._is_unread(verdict, reason):
                self._ask_what_was_read(lambda note: self._store(verdict, reason, answers, note))
            else:
                self._store(verdict, reason, answers)

        vote = self.report.item.vote if self.report else None
        if vote is not None and self._is_turned(vote, verdict):
            self._ask_about_change(vote, verdict, ask_on)
        elif self.report is not None:
            ask_on()

    def _store(self, verdict: Verdict, reason: str, answers: Mapping[str, str] | None, note: str = "") -> None:
        self.screen.run_on_report(_UNDECIDED, lambda: self._given(verdict, reason, answers, note))

    def _given(self, verdict: Verdict, reason: str, answers: Mapping[str, str] | None, note: str) -> PendingVote | None:
        if note == _READ_ELSEWHERE:
            self.session.retrieve(RetrievalStatus.RETRIEVED, note)
        return self.session.give(verdict, reason, answers, note)

    def _is_turned(self, vote: Event, verdict: Verdict) -> bool:
        """Whether a verdict would turn the reviewer's own exclusion into an inclusion, or back, and nobody agreed to that yet."""
        return {Verdict(vote.text("verdict")), verdict} == _OPPOSITE and vote.subject not in self._changed

    def _ask_about_change(self, vote: Event, verdict: Verdict, go_on: Callable[[], None]) -> None:
        def answered(agreed: bool | None) -> None:
            if agreed:
                self._changed.add(vote.subject)
                go_on()

        question = f"{_did(vote)} this report on {day(vote)}. {verdict.value.capitalize()} it instead?"
        self.screen.ask(ConfirmDialog("You have decided already", Content(question), f"changes it to {verdict.value}"), answered)

    def _is_unread(self, verdict: Verdict, reason: str) -> bool:
        """Whether a report would be excluded for what its text says, although nobody said that the text is at hand."""
        seeks = self.report is not None and self.report.item.report.phase is Phase.SEEKING
        return self.session.stage is Stage.FULL_TEXT and verdict is Verdict.EXCLUDE and reason not in WITHOUT_TEXT and seeks

    def _ask_what_was_read(self, store: Callable[[str], None]) -> None:
        def answered(place: int | None) -> None:
            if place is not None:
                store(_READ[place])

        dialog = ChoiceDialog(
            "No full text was retrieved. What was assessed?", ("The abstract only", "The full text, read elsewhere")
        )
        self.screen.ask(dialog, answered)

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
            self.screen.ask(ExclusionReasonDialog(self.session.protocol.reasons, self.screen.action_scroll), self._exclude_for)

    def _exclude_for(self, reason: Reason | None) -> None:
        if reason is not None:
            self._decide(Verdict.EXCLUDE, reason.id)

    def answer(self) -> None:
        """Go through the ordered criteria; the first "no" becomes the reason."""
        self._opens = False
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
            self._decide(concluded.verdict, reason, answers)

    def answer_in_order(self) -> None:
        """Ask the ordered criteria about every record that comes, until Esc."""
        self.in_order = True
        self.answer()

    def painted(self) -> None:
        """In the mode of ordered criteria, ask about a record that waits."""
        if self.in_order and self.report is not None and self.report.item.waits:
            self._opens = True
            self.screen.call_after_refresh(self.answer)

    def opens(self) -> bool:
        """In the mode of ordered criteria, the record is asked about as soon as it is painted."""
        return self._opens

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
        words = f"{given_text(stored, self.session.protocol, '')}; " if stored else ""
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
        """Take back the last decision and show its record again; one from before this sitting only after a question."""
        if not self.screen.counts():
            return
        try:
            last = self.session.next_undone()
            question = None if last is None or self.session.is_of_this_sitting(last) else self._question(last)
        except PrismaError as error:
            self.screen.show_error(_NOT_TAKEN_BACK, error)
            return
        if last is None or question is None:
            self.screen.run_command(_NOT_TAKEN_BACK, self._undo)
        else:
            dialog = ConfirmDialog("This was before this sitting", Content(question), "takes it back")
            self.screen.app.push_screen(dialog, partial(self._take_back, last))

    def _question(self, vote: Event) -> str:
        """What would be taken back, from when: `You excluded “Title” 3 months ago (2026-08-12). Take it back?`."""
        when = f"{ago(vote.at, self.session.review.store.now())} ({vote.at.astimezone():%Y-%m-%d})"
        return f"{_did(vote)} “{_short(title_of(self.session.review, vote.subject))}” {when}. Take it back?"

    def _take_back(self, vote: Event, agreed: bool | None) -> None:
        if agreed:
            self.screen.run_command(_NOT_TAKEN_BACK, lambda: self._taken_back(vote))

    def _taken_back(self, vote: Event) -> str:
        there = self.session.take_back(vote)
        return taken_back_text(vote, self.session.protocol) if there else "it was taken back already"

    def _undo(self) -> str:
        taken_back = self.session.undo()
        return taken_back_text(taken_back, self.session.protocol) if taken_back else "nothing to take back"

    def undo_several(self) -> None:
        """Ask how many decisions of this sitting are to be taken back."""
        n = len(self.session.given)
        if n:
            question = f"Take back how many of your {n:,} decisions of this sitting, the latest first?"
            hint = "a number · Enter takes them back, each is told in Activity · Esc changes nothing"
            self.screen.app.push_screen(TextPromptDialog(question, hint), self._undo_so_many)
        else:
            self.screen.show_message("no decision of this sitting is left to take back")

    def _undo_so_many(self, typed: str | None) -> None:
        if typed is None:
            return
        if typed.isdecimal() and 0 < int(typed) <= len(self.session.given):
            self.screen.run_command(_NOT_TAKEN_BACK, lambda: self._several_undone(int(typed)))
        else:
            self.screen.show_message(f"a number from 1 to {len(self.session.given):,} is needed; nothing was taken back")

    def _several_undone(self, number: int) -> str:
        n = self.session.undo_several(number)
        return f"{n:,} {'decision' if n == 1 else 'decisions'} taken back; this is the earliest of them"

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
