"""Adjudicating conflicts: both votes with their reasons and notes side by side, the record below, one key for the answer.

Invariant: names, reasons and notes reach `Content` as plain text in one line each.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from pathlib import PurePath
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.protocol import Protocol, Reason
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.screening.adjudication import Conflict
from prisma_tool.tui.dialogs.exclusion_reason import ExclusionReasonDialog
from prisma_tool.tui.dialogs.note import NoteDialog
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.frame.place_screen import GOING_ON, widening
from prisma_tool.tui.frame.settle_screen import text_page
from prisma_tool.tui.record_browser.faceted_settling import FacetedSettleScreen, facets_key
from prisma_tool.tui.sessions.adjudication_session import AdjudicationSession, ConflictDetails
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.sessions.record_page_data import title_of
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.highlight import terms
from prisma_tool.tui.widgets.progress_line import STAGE_NAMES
from prisma_tool.tui.widgets.record_text import QUIET, ReportPage, day, report_page
from prisma_tool.tui.widgets.record_view import RecordView
from prisma_tool.tui.widgets.verdict_look import look_of

CONFLICTS: Groups = (
    (
        "Settling",
        (
            Binding("i", "settle('include')", "Include", id="conflicts.include", tooltip="Include it; the votes are kept"),
            Binding("e", "exclude", "Exclude", id="conflicts.exclude", tooltip="Exclude it; at full text choose the reason"),
            Binding("y", "accept", "As proposed", id="conflicts.accept", tooltip="Exclude it for the earliest reason given"),
            Binding("O", "settle('ongoing')", "Ongoing", id="conflicts.ongoing", show=False, tooltip="The study is ongoing"),
            Binding(
                "W", "settle('awaiting')", "Awaiting", id="conflicts.awaiting", show=False, tooltip="Awaiting classification"
            ),
            Binding("n", "note", "Note", id="conflicts.note", tooltip="Write a note to keep with the adjudication"),
            Binding("u", "undo", "Undo", id="conflicts.undo", tooltip="Take back your last adjudication"),
        ),
    ),
    (
        "Going through the conflicts",
        (
            Binding("l,right", "step(1)", "Next", id="conflicts.next", tooltip="Next conflict"),
            Binding("h,left", "step(-1)", "Back", id="conflicts.previous", show=False, tooltip="Conflict before this one"),
            Binding("j,down", "scroll(1)", "Down", id="conflicts.down", show=False, tooltip="Scroll the record down"),
            Binding("k,up", "scroll(-1)", "Up", id="conflicts.up", show=False, tooltip="Scroll the record up"),
            Binding("r", "reload", "Read anew", id="conflicts.reload", show=False, tooltip="Read the conflicts anew"),
            facets_key("tab", "conflicts"),
            widening("conflicts", "All conflicts again; where all are shown, back to where you were before", show=False),
        ),
    ),
    GOING_ON,
)


class ConflictsScreen(FacetedSettleScreen[Conflict, ConflictDetails]):
    """Shows the conflicts and turns keys into adjudications."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../frame/settle_screen.tcss", "screen.tcss"]
    KEYS = CONFLICTS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(CONFLICTS)
    TASK, ITEM, POSITION = "Conflicts", "conflict", "Conflict {:,} of {:,}"
    ON_ITEM = ("settle", "exclude", "note")
    NEXT_PLACES = ("go.title-abstract", "go.full-text", "go.team")
    UNREADABLE = "Your adjudications so far are stored. Press l or h to try again."
    session: AdjudicationSession

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.adjudication())
        self.note = ""
        self._note_about: Hashable = None
        self.protocol = workspace.review.protocol
        self.terms = terms(self.protocol.highlight_include, self.protocol.highlight_exclude)

    def compose_item(self) -> Iterable[Widget]:
        """The votes side by side; the record."""
        return Horizontal(id="votes"), RecordView()

    def show_item(self, content: ConflictDetails | Content) -> None:
        """Show votes and record; a note is about the conflict for which it was written."""
        about = None if self.item is None else self.session.identity(self.item)
        if about != self._note_about:
            self.note, self._note_about = "", about
        votes = self.query_one("#votes", Horizontal)
        votes.remove_children()
        votes.display = not isinstance(content, Content)
        if isinstance(content, Content):
            self.query_one(RecordView).show(ReportPage((), content, ()))
        else:
            sides = (vote_text(vote, content.notes, self.protocol) for vote in content.conflict.votes)
            votes.mount(*(Static(side, classes="vote") for side in sides))
            self.query_one(RecordView).show(report_page(content.opened, self.terms))

    def position_text(self) -> Content:
        """Which conflict of how many, at which stage, and what is proposed."""
        if self.details is None:
            return Content("")
        conflict = self.details.conflict
        head = Content.styled(f"{super().position_text().plain} · {STAGE_NAMES[conflict.stage]}", QUIET)
        if not conflict.reasons_only:
            return head
        label = one_line(self.protocol.reason_label(conflict.proposed_reason))
        return Content.assemble(head, " · only the reasons differ; ", (f"y: {label}", "bold"), ", the earliest in the list")

    def is_useful(self, action: str) -> bool:
        """A reason is accepted where only the reasons differ; what was settled in this sitting can be taken back."""
        state = {
            "accept": self.details is not None and self.details.conflict.reasons_only,
            "undo": bool(self.session.answers),
        }
        return state.get(action, True) and super().is_useful(action)

    def message_text(self) -> str:
        """What has happened, the note that is written already, and why this reviewer may not adjudicate."""
        note = f"note: {self.note}" if self.note else ""
        refusal = self.details.refusal if self.details else ""
        return one_line(" · ".join(part for part in (self.message, note, refusal) if part))

    def end_page(self, progress: Progress) -> Content:
        """The page where no conflict waits; that any was settled is said of this sitting, which knows it."""
        if not progress.done:
            return text_page("No conflict waits.", "Where two reviewers differ on a report, it waits here until it is settled.")
        done = f"{progress.done:,} settled in this sitting; u takes back the last."
        return text_page("No conflicts are left.", f"{done} The flow counts what was settled as you decided.")

    def concerns(self, changes: Changes) -> bool:
        """A vote may bring a conflict about, and an adjudication settle one."""
        return bool(changes.voted) or changes.whole

    # Adjudicating

    def action_settle(self, verdict: str) -> None:
        """Settle the conflict on the screen with this verdict."""
        self._adjudicate(Verdict(verdict))

    def action_accept(self) -> None:
        """Exclude for the earliest of the reasons that were given."""
        if self.details is not None:
            self._adjudicate(Verdict.EXCLUDE, self.details.conflict.proposed_reason)

    def action_exclude(self) -> None:
        """Exclude; at full text ask for the one reason."""
        if self.details is None:
            return
        if self.details.conflict.stage is Stage.TITLE_ABSTRACT:
            self._adjudicate(Verdict.EXCLUDE)
        else:
            self.app.push_screen(ExclusionReasonDialog(self.protocol.reasons, self.action_scroll), self._exclude_for)

    def _exclude_for(self, reason: Reason | None) -> None:
        if reason is not None:
            self._adjudicate(Verdict.EXCLUDE, reason.id)

    def _adjudicate(self, verdict: Verdict, reason: str = "") -> None:
        self.answer("The conflict was not settled", lambda: self._adjudicated(verdict, reason))

    def _adjudicated(self, verdict: Verdict, reason: str) -> str:
        stored = self.session.adjudicate(verdict, reason, self.note)
        return self._sentence(stored, f"{stored.text('verdict')}, stored") if stored else ""

    def _sentence(self, ruling: Event, what: str) -> str:
        """What has happened, in the colour of its verdict, and to which report."""
        return f"{look_of(ruling.text('verdict')).sign} {what} · {title_of(self.workspace.review, ruling.subject)}"

    def take_back(self) -> str:
        """Take back the last adjudication."""
        taken_back = self.session.undo()
        if taken_back is None:
            return "nothing to take back in this sitting"
        return self._sentence(taken_back, f"taken back: {taken_back.text('verdict')}")

    def action_note(self) -> None:
        """Write a note that is kept with the next adjudication."""
        if self.details is not None:
            self.app.push_screen(NoteDialog(Content(one_line(self.note))), self._take_note)

    def _take_note(self, text: str | None) -> None:
        if text is not None:
            self.note = one_line(text)
            self.paint()


def vote_text(vote: Event, notes: Iterable[Event], protocol: Protocol) -> Content:
    """One side: who, the verdict with its reason, and what was noted."""
    return Content("\n").join(list(_side(vote, notes, protocol)))


def _side(vote: Event, notes: Iterable[Event], protocol: Protocol) -> Iterator[Content]:
    yield Content.styled(one_line(vote.reviewer), "bold")
    reason = vote.text("reason")
    label = one_line(protocol.reason_label(reason)) if reason else ""
    look = look_of(vote.text("verdict"))
    verdict = (f" {look.sign} {vote.text('verdict').upper()} ", f"bold reverse {look.style}")
    yield Content.assemble(verdict, f" {label}", (f"  {day(vote)}", QUIET))
    if vote.text("note"):
        yield Content(one_line(vote.text("note")))
    yield from (Content(f"Note: {one_line(note.text('text'))}") for note in notes if note.reviewer == vote.reviewer)
