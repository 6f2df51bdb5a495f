"""The order of the title/abstract queue on the screen: choosing it, learning beside the reviewer's work, and why a record is shown.

Invariant: a decision never waits for the model; looks are coalesced, at most one runs, and another follows if somebody decided meanwhile.
"""

from __future__ import annotations

from textual.content import Content
from textual.worker import get_current_worker

from prisma_tool.errors import PrismaError
from prisma_tool.model.log.events import Event
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Verdict
from prisma_tool.screening.prioritised.queue_order import ORDER_DESCRIPTIONS, OrderName
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.screening.stopping_text import stopping_part, why_text, with_words_marked
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.relevance_session import Arrangement
from prisma_tool.tui.widgets.record_view import RecordView
from prisma_tool.tui.words.refusal_words import refusal

_ORDERS = tuple(OrderName)
_NOTICE_SECONDS = 10


class RelevanceCommands(CommandGroup):
    """Arranges the title/abstract queue, and says why a record is shown."""

    NAME = "relevance"

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__(screen)
        self.ordering = screen.workspace.ordering()
        self.looking, self.look_again, self.looked_at = False, False, -1
        self.encoded_rows = 0

    def mounted(self) -> None:
        """Begin in the order that was chosen last."""
        if self.ordering.order is not OrderName.SOURCE:
            self._arrange_anew(afresh=True)

    # Choosing

    def order(self) -> None:
        """Ask in which order to go on."""
        labels = [f"{name.value + ' ·' * (name is self.ordering.order):<12} {ORDER_DESCRIPTIONS[name]}" for name in _ORDERS]
        self.screen.ask(ChoiceDialog("In which order do you want to screen?", labels), self._choose)

    def _choose(self, position: int | None) -> None:
        if position is not None:
            name = _ORDERS[position]
            if self.screen.attempt("The order was not changed", lambda: self.ordering.choose(name)):
                self.screen.show_message(f"order: {name.value}" + (" - arranging ..." if name is not OrderName.SOURCE else ""))
                self._arrange_anew(afresh=True)

    # Learning

    def painted(self) -> None:
        """What was decided is learned while the report is read."""
        self._follow()

    def changed_elsewhere(self, changes: Changes) -> None:
        """What others did may change the order too."""
        if changes.voted or changes.whole:
            self._follow()

    def _follow(self) -> None:
        if self.ordering.learns and self.looked_at != self.session.revision and self.screen.is_mounted:
            self._arrange_anew()

    def look(self) -> None:
        """Look anew: something has changed beside the votes."""
        self._arrange_anew()

    def _arrange_anew(self, *, afresh: bool = False) -> None:
        if self.looking:
            self.look_again = True
            return
        self.looking, self.looked_at = True, self.session.revision
        self.screen.run_worker(lambda: self._arrange_in_thread(afresh=afresh), thread=True, group="ordering")

    def _arrange_in_thread(self, *, afresh: bool) -> None:
        try:
            arranged = self.ordering.learn()
        except PrismaError as error:
            self.screen.app.call_from_thread(self._failed, error)
        else:
            self.screen.app.call_from_thread(self._take, arranged, afresh=afresh)

    def _failed(self, error: PrismaError) -> None:
        self.looking = self.look_again = False
        self.screen.show_message(f"the order is as it was: {refusal(error)}")

    def _take(self, arranged: Arrangement, *, afresh: bool) -> None:
        """Take over an order; the report on the screen stays, unless another order was asked for."""
        self.looking = False
        wanted = self.ordering.order
        if arranged.order is wanted:
            self.ordering.take(arranged)
            self._lay(arranged, afresh=afresh)
            self._read_meaning(arranged)
        if self.look_again or arranged.order is not wanted:
            self.look_again = False
            self._arrange_anew(afresh=arranged.order is not wanted)

    def _read_meaning(self, arranged: Arrangement) -> None:
        """Encode, beside the reviewer's work and once for a pool, what the protocol wants read by its meaning."""
        rows = len(arranged.pool.features) if arranged.pool is not None and arranged.pool.lacks_meaning else 0
        if rows and rows != self.encoded_rows and not self.screen.workspace.review.only_read:
            self.encoded_rows = rows
            self._notify("The meaning of the records is being read; until that is done the order goes by their words.")
            self.screen.run_worker(self._encode_in_thread, thread=True, exclusive=True, group="encoding")

    def _encode_in_thread(self) -> None:
        worker, app = get_current_worker(), self.screen.app
        try:
            complete = self.ordering.encode(lambda: not worker.is_cancelled)
        except PrismaError as error:
            app.call_from_thread(self._notify, f"The order goes by words alone. {refusal(error)}")
        else:
            if complete:
                app.call_from_thread(self.look)

    def _notify(self, message: str) -> None:
        """Say something that stays for a while: the line of messages belongs to the decisions."""
        self.screen.notify(one_line(message), markup=False, timeout=_NOTICE_SECONDS)

    def _lay(self, arranged: Arrangement, *, afresh: bool) -> None:
        here = self.session.current
        waiting = [key for key in arranged.keys if key != here] if not afresh else list(arranged.keys)
        before = [key for key in arranged.decided if key != here]
        kept = [here] if here is not None and not afresh else []
        self.session.arrange([*before, *kept, *waiting])
        if afresh:
            self.session.position = self.session.next_waiting(0)
            self.screen.paint(f"order: {arranged.order.value}")
        else:
            self.screen.show_progress()

    def decided(self, stored: Event) -> None:
        """Note what was decided, for the draws by chance."""
        self.ordering.note_decided(stored.subject, relevant=stored.text("verdict") != Verdict.EXCLUDE)

    def confirmed(self) -> None:
        """It is learned while the report is read."""
        self._follow()

    # Explaining

    def why(self) -> None:
        """Tell why this record is shown now."""
        if self.report is None:
            return
        key = self.report.item.key
        explanation = self.ordering.why(key)
        text = why_text(self.ordering.order, explanation, by_chance=self.ordering.by_chance(key))
        if explanation is not None:
            words = [one.word for one in explanation.words]
            self.screen.query_one(RecordView).mark(with_words_marked(self.screen.page.content, words))
        self.screen.app.push_screen(TextPage("Why this record is shown", text))

    def panel_part(self, width: int) -> Content | None:
        """What stopping would risk."""
        latest = self.ordering.latest
        return stopping_part(latest.risk, width) if latest else None
