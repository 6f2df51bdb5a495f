"""Going through the reports of a screening session one after the other: painting, moving, and commands on what is on the screen.

Invariant: the next record may be painted while the decision about the one before is being stored, but no further key is taken until
the store has answered, and a decision is always about the record that is on the screen. Moving and following others read the store beside the interface, and what they read is
shown only where the session still stands at that report.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from math import inf
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from prisma_tool.errors import PrismaError
from prisma_tool.model.log.events import Event
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.screening.queue import Queue
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.queue_keys import QueueState, queue_state
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.frame.verdict_guard import VerdictGuard
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.end_page import end_page, unreadable_page
from prisma_tool.tui.screening.pending_votes import PendingVotes
from prisma_tool.tui.screening.position_line import position_line
from prisma_tool.tui.screening.side_panel import PANEL_WIDTH, SidePanel, panel_text
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen
from prisma_tool.tui.sessions.screening_session import PendingVote
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.highlight import terms
from prisma_tool.tui.widgets.key_footer import KeyFooter, KeyUse
from prisma_tool.tui.widgets.progress_line import ScreeningHeading
from prisma_tool.tui.widgets.queue_list import QueueList
from prisma_tool.tui.widgets.record_text import QUIET, ReportPage, report_page
from prisma_tool.tui.widgets.record_view import RecordView
from prisma_tool.tui.widgets.verdict_look import message_style
from prisma_tool.tui.words.refusal_words import refusal

Answer = TypeVar("Answer")
WIDE, WIDEST = 120, 160
"""From so many columns on, the queue has room beside a record, and the panel as well."""
_MODAL_WIDTH = 68
_STAYS = 1.0
"""For so many seconds after a key that did not count, digits lead nowhere."""


class ReportScreen(PlaceScreen):
    """Shows the report at which a session stands, and moves.

    What can be done with the report belongs to groups of commands; `GROUPS` says which of them this screen has, and their keys name
    them as `command('group.name')`.
    """

    CSS_PATH = "report_screen.tcss"
    STAGE: ClassVar[Stage]
    GROUPS: ClassVar[tuple[type[CommandGroup], ...]] = ()
    PANEL_FROM: ClassVar[int] = WIDEST
    """From so many columns on the panel stands beside the report."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.session = workspace.opening_session(self.STAGE)
        self.report: ReportOnScreen | None = None
        self.page = unreadable_page()
        self.message, self.panel = "", Content("")
        self.terms = terms(self.session.protocol.highlight_include, self.session.protocol.highlight_exclude)
        self._asked_about: str | None = None
        self.guard = VerdictGuard(0)
        self._refused_at = -inf
        self.votes = PendingVotes(self)
        self.commands: dict[str, CommandGroup] = {group.NAME: group(self) for group in self.GROUPS}
        self._state = QueueState(self.STAGE)

    def compose(self) -> ComposeResult:
        """Heading, record with the panel beside it, keys."""
        yield ScreeningHeading(self.session)
        with Horizontal():
            yield from self.compose_left()
            with Vertical(id="record"):
                with Vertical(id="above"):
                    yield Static(id="standing")
                    yield Static(id="said")
                yield from self.compose_report()
            yield SidePanel()
        yield KeyFooter()

    def compose_left(self) -> ComposeResult:
        """What stands to the left of the report."""
        yield QueueList(self.workspace.review, self.session)

    def compose_report(self) -> ComposeResult:
        """What shows the report."""
        yield RecordView()

    def on_mount(self) -> None:
        """Begin at the first record that waits."""
        self.guard = VerdictGuard(self.application.pause)
        self.query_one("#record").border_title = "Record"
        self.query_one(SidePanel).border_title = "Criteria and progress"
        if self.session.first is None:
            self._begin()
        else:
            self._show(self.session.first)
            self.query_one(RecordView).show(self.page)
            self._show_standing(Content.styled("the queue is being read ...", QUIET))
            # The application is asked: before it has started, no screen is drawn.
            self.app.call_after_refresh(self._has_begun)

    def action_command(self, name: str, *arguments: Any) -> None:
        """Run a command of one of the groups: "find.jump" is `jump` of the group `find`."""
        if self._is_meant(self.guard.unseen(self.application.sent.at)) and self._has_begun():
            group, _, command = name.partition(".")
            getattr(self.commands[group], command)(*arguments)

    def counts(self) -> bool:
        """Whether the verdict that was pressed counts; one that does not is told."""
        sent = self.application.sent
        return self._is_meant(self.guard.too_fast(sent.key, sent.at))

    def _is_meant(self, refusal: str) -> bool:
        if refusal:
            self.show_message(refusal)
            self._refused_at = self.application.clock()
            self.application.drop_what_was_sent()
        return not refusal

    @property
    def is_painted(self) -> bool:
        """Whether the report at which the session stands is on the screen, with the question that comes with it, and all is stored."""
        return self.guard.is_painted and not self.votes and not any(group.opens() for group in self.commands.values())

    def is_useful(self, action: str) -> bool:
        """Whether a key does something as the queue stands."""
        return self._state.is_useful(action)

    def key_use(self) -> KeyUse:
        """Which keys the footer names first as the queue stands."""
        return self._state.key_use()

    def staying(self) -> str:
        """A digit that was typed after a key that did not count was meant for what that key would have asked."""
        if self.application.clock() - self._refused_at < _STAYS or any(group.asks() for group in self.commands.values()):
            return "a decision is under way; press the digit again"
        return ""

    def tell(self, words: str) -> None:
        """Say in the line of messages what happened to a key."""
        self.show_message(words)

    def _has_begun(self) -> bool:
        """Whether the session has begun; it does so now where it has not. Until then no key does anything: the queue is not known."""
        if self.session.first is not None:
            if self.attempt("The queue could not be read", self.session.begin):
                self._begin()
            else:
                self._show_standing(Content("the queue could not be read; press l to try again"))
        return self.session.first is None

    def _begin(self) -> None:
        """Paint before any key is taken; here nobody waits for one."""
        try:
            report = self.session.read()
        except PrismaError as error:
            self._show_unreadable(error)
        else:
            if report is None or report != self.report:
                self._show(report)
        self._after_painting("")
        for group in self.commands.values():
            group.mounted()

    def paint(self, message: str = "") -> None:
        """Show the report at which the session stands; `message` says what has just happened.

        It is read beside the interface, before this screen takes another key: keys that come meanwhile wait, in their order.
        """
        self.guard.coming()
        self.call_next(self._paint_beside, message)

    def paint_while_storing(self, vote: PendingVote) -> None:
        """Show the report at which the session stands, while the vote on the one before is being stored."""
        self.votes.send(vote)
        self.guard.coming()
        self.call_next(self._paint_beside, vote=vote)

    def bring_back(self, report: ReportOnScreen | None) -> None:
        """Show again the report whose vote was refused, as it was: the database that refused may not even be read."""
        self._show(report)
        self._after_painting("")

    async def _paint_beside(self, message: str = "", vote: PendingVote | None = None) -> None:
        report, refused = await self._read_present()
        if vote is not None:
            message = await self.votes.words(vote)
            if not message:
                return
            if report is None and refused is None:
                # What is left at the stage is known only now.
                report, refused = await self._read_present()
        if refused is None:
            self._show(report)
        else:
            self._show_unreadable(refused)
        self._after_painting(message)

    async def _read_present(self) -> tuple[ReportOnScreen | None, PrismaError | None]:
        """The report at which the session stands when it has been read, or why it could not be."""
        try:
            report = await asyncio.to_thread(self.session.read)
            while self._is_stale(report):
                report = await asyncio.to_thread(self.session.read)
        except PrismaError as error:
            return None, error
        return report, None

    def _is_stale(self, report: ReportOnScreen | None) -> bool:
        """Whether the session has moved while this was read."""
        return (report.item.key if report else None) != self.session.current

    def _show(self, report: ReportOnScreen | None) -> None:
        self.report = report
        self.page = report_page(report, self.terms) if report else self._end_page()

    def _end_page(self) -> ReportPage:
        session, only_read = self.session, self.workspace.review.only_read
        narrowed = one_line(session.filter.typed) if session.filter and not session.waits_on_the_way else ""
        return end_page(session.progress(), self.STAGE, session.rest, only_read=only_read, narrowed=narrowed)

    def _show_unreadable(self, error: PrismaError) -> None:
        self.report, self.page = None, unreadable_page()
        self.show_error("The next record could not be read", error)

    def _after_painting(self, message: str) -> None:
        self.guard.coming()
        for group in self.commands.values():
            group.page_changed()
        self.query_one(RecordView).show(self.page)
        self._show_place()
        self.show_message(message)
        self.show_progress()
        for group in self.commands.values():
            group.painted()
        self.call_after_refresh(self._is_on_screen, self._item())

    def _show_standing(self, standing: Content) -> None:
        """Where in the queue stands what is shown, above it."""
        self.query_one("#standing", Static).update(standing, layout=False)

    def _show_place(self) -> None:
        """The place of what is shown among those that there are now."""
        self._show_standing(position_line(self.session, self.report))
        for queue in self.query(QueueList):
            queue.follow()

    def _item(self) -> Hashable:
        """What a verdict would be about: the report with its records as they are shown."""
        return (self.report.item.key, self.report.records) if self.report else None

    def _is_on_screen(self, item: Hashable) -> None:
        if item == self._item():
            self.guard.painted(item, self.application.clock())

    def show_progress(self) -> None:
        """Show how far the session has come, at the top, in the panel, and in which keys are of use."""
        before, self._state = self._state, queue_state(self.session, self.report)
        if before != self._state:
            self.refresh_bindings()
        self.query_one(ScreeningHeading).show(self.session.progress())
        panel = self._panel(PANEL_WIDTH)
        if not panel.is_same(self.panel):
            self.panel = panel
            self.query_one(SidePanel).show(panel)

    def _panel(self, width: int) -> Content:
        session = self.session
        panel = panel_text(session.protocol, session.stage, session.progress(), session.pace(), self.page.marks, width)
        parts = [part for group in self.commands.values() if (part := group.panel_part(width)) is not None]
        return Content("\n\n").join([panel, *parts])

    def show_message(self, message: str) -> None:
        """Say what has just happened, of a vote in its colour."""
        self.message = message
        self.query_one("#said", Static).update(Content.styled(message, message_style(message)), layout=False)

    def run_on_report(self, failed: str, command: Callable[[], PendingVote | str | None]) -> None:
        """Run a command on the report that is on the screen, or the one that a dialog was opened about.

        Where the session stands at another by now, that one is shown and nothing is stored.
        """
        if self._on_screen() and self._asked_about in (None, self.session.current):
            self.run_command(failed, command)
        elif self.report is not None:
            self.paint("the queue has moved meanwhile; nothing was stored")

    def run_command(self, failed: str, command: Callable[[], PendingVote | str | None]) -> bool:
        """Run a command and paint what follows from it; a refusal is shown and changes nothing. True where it was done.

        Args:
            failed: the heading over a refusal.
            command: what to do; gives what is then said of it, or the vote that is to be stored.
        """
        try:
            done = command()
        except PrismaError as error:
            self.show_error(failed, error)
            return False
        if isinstance(done, PendingVote):
            self.paint_while_storing(done)
        else:
            self.paint(done or "")
        return True

    def ask(self, dialog: Screen[Answer], use: Callable[[Answer | None], None]) -> None:
        """Show a dialog about the report on the screen; what its answer leads to is stored for that report or not at all.

        An order that was learned meanwhile, a filter, or another window may paint another report below an open dialog.
        """
        asked_about = self._asked_about or (self.report.item.key if self.report else None)

        def answered(answer: Answer | None) -> None:
            self._asked_about = asked_about
            try:
                use(answer)
            finally:
                self._asked_about = None

        self.app.push_screen(dialog, answered)

    def confirmed(self, vote: Event, before: str, words: str) -> None:
        """A decision was stored: let every group know, and say so in place of what was said of it `before`."""
        for group in self.commands.values():
            group.decided(vote)
        if self.message == before and self.is_mounted:
            self.show_message(words)
            self.show_progress()
            for group in self.commands.values():
                group.confirmed()

    @on(QueueList.Picked)
    def _go_to_picked(self, picked: QueueList.Picked) -> None:
        self.session.jump(picked.place + 1)
        self.paint()

    def action_step(self, by: int) -> None:
        """Go to a neighbouring record."""
        if self._has_begun():
            self.session.step(by)
            self.paint()

    def action_skip(self) -> None:
        """Go to the next record that waits."""
        if self._has_begun():
            self.paint("back at the first that waits" if self.session.skip() else "")

    def action_scroll(self, lines: int) -> None:
        """Move the record's text by lines."""
        self.query_one(RecordView).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the record's text by pages."""
        view = self.query_one(RecordView)
        view.scroll_relative(y=pages * max(1, view.size.height - 2), animate=False)

    def action_criteria(self) -> None:
        """Show the panel: over the record where it does not fit beside it, else show or hide it."""
        if not self._has_begun():
            return
        if self.app.size.width < self.PANEL_FROM:
            self.app.push_screen(TextPage("Criteria, highlights, progress", self._panel(_MODAL_WIDTH)))
        else:
            panel = self.query_one(SidePanel)
            panel.set_class(not panel.has_class("-hidden"), "-hidden")

    def search_ended(self) -> None:
        """New records may have come; a reviewer who waits at the end of the list is shown them."""
        if self.session.current is None:
            self.come_back()

    def show_changes(self, changes: Changes) -> None:
        """Another window may have decided: the counts follow, and the record is painted anew where it is not as it was."""
        if self.session.first is not None:
            return  # what happens before the queue is read is in it
        self.show_progress()
        if self._on_screen():
            self._show_place()
        for group in self.commands.values():
            group.changed_elsewhere(changes)
        here = {record.key for record in self.report.records} if self.report else set()
        if self.report is None or not self._on_screen() or changes.whole or here & changes.touched:
            self.run_worker(self._read_again, thread=True, exclusive=True, group="reading")

    def _read_again(self) -> None:
        try:
            report = self.session.read()
        except PrismaError as error:
            self.app.call_from_thread(self.show_message, refusal(error))
        else:
            self.app.call_from_thread(self._show_changed, report)

    def _show_changed(self, report: ReportOnScreen | None) -> None:
        # The end says how far others are, too.
        if self._is_stale(report) or (report == self.report and report is not None):
            return
        here = {record.key for record in self.report.records} if self.report else set()
        self._show(report)
        self._after_painting("changed in another window" if report and report.item.key in here else self.message)

    def _on_screen(self) -> bool:
        """Whether the session still stands at the report that is on the screen: what happens elsewhere may move it."""
        return self.report is not None and self.session.current == self.report.item.key

    def come_back(self) -> None:
        """Much may have happened meanwhile: the queue is read anew in a thread, and the report that is shown stays."""
        self.guard.appeared(self.application.clock())
        if not self._has_begun():
            return
        revision = self.session.revision
        self.run_worker(lambda: self._read_queue(revision), thread=True, exclusive=True, group="queue")

    def _read_queue(self, revision: int) -> None:
        try:
            queue = self.session.read_queue()
        except PrismaError as error:
            self.app.call_from_thread(self.show_error, "The queue could not be read", error)
        else:
            self.app.call_from_thread(self._take_queue, queue, revision)

    def _take_queue(self, queue: Queue, revision: int) -> None:
        if revision != self.session.revision:
            self.come_back()
            return
        self.session.take_anew(queue)
        self.paint()
