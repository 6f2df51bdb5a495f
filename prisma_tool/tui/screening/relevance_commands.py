"""The order of the title/abstract queue on the screen: choosing it, learning beside the reviewer's work, and why a record is shown.

Invariant: a decision never waits for the model; looks are coalesced, at most one runs, and another follows if somebody decided meanwhile.
"""

from __future__ import annotations

from textual.content import Content

from prisma_tool.errors import PrismaError
from prisma_tool.model.log.events import Event
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.screening.prioritised.queue_order import WHAT, OrderName
from prisma_tool.tui.dialogs.choice import PickScreen
from prisma_tool.tui.frame.text_page import ReadingScreen
from prisma_tool.tui.screening.full_text_commands import FullTextDeeds
from prisma_tool.tui.screening.stopping_text import stopping_part, why_text
from prisma_tool.tui.sessions.change_feed import News
from prisma_tool.tui.sessions.relevance_session import Arranged
from prisma_tool.tui.sessions.workspace import Workplace

_ORDERS = tuple(OrderName)


class OrderingScreen(FullTextDeeds):
    """Arranges the desk's queue; at full text there is nothing to arrange."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self.ordering = workplace.ordering() if self.STAGE is Stage.TITLE_ABSTRACT else None
        self.looking, self.look_again, self.looked_at = False, False, -1

    def on_mount(self) -> None:
        """Begin in the order that was chosen last; Textual calls what the screens above do on mount by itself."""
        if self.ordering is not None and self.ordering.order is not OrderName.SOURCE:
            self._arrange_anew(afresh=True)

    # Choosing

    def action_order(self) -> None:
        """Ask in which order to go on."""
        if self.ordering is not None:
            labels = [f"{name.value + ' ·' * (name is self.ordering.order):<12} {WHAT[name]}" for name in _ORDERS]
            self.app.push_screen(PickScreen("In which order do you want to screen?", labels), self._chosen)

    def _chosen(self, place: int | None) -> None:
        if place is not None and self.ordering is not None:
            ordering, name = self.ordering, _ORDERS[place]
            if self.attempt("The order was not changed", lambda: ordering.choose(name)):
                self.paint_word(f"order: {name.value}" + (" - arranging ..." if name is not OrderName.SOURCE else ""))
                self._arrange_anew(afresh=True)

    # Learning

    def paint(self, said: str = "") -> None:
        """Show the report; what was decided is learned meanwhile."""
        super().paint(said)
        self._follow()

    def hear(self, news: News) -> None:
        """What others did may change the order too."""
        super().hear(news)
        if news.voted or news.whole:
            self._follow()

    def _follow(self) -> None:
        if self.ordering is not None and self.ordering.learns and self.looked_at != self.desk.deeds and self.is_mounted:
            self._arrange_anew()

    def _arrange_anew(self, *, afresh: bool = False) -> None:
        if self.looking:
            self.look_again = True
            return
        self.looking, self.looked_at = True, self.desk.deeds
        self.run_worker(lambda: self._arrange_in_thread(afresh=afresh), thread=True, group="ordering")

    def _arrange_in_thread(self, *, afresh: bool) -> None:
        ordering = self.ordering
        if ordering is None:
            return
        try:
            found = ordering.learn()
        except PrismaError as error:
            self.app.call_from_thread(self._failed, error)
        else:
            self.app.call_from_thread(self._arranged, found, afresh=afresh)

    def _failed(self, error: PrismaError) -> None:
        self.looking = self.look_again = False
        self.paint_word(one_line(f"the order is as it was: {error.message}"))

    def _arranged(self, found: Arranged, *, afresh: bool) -> None:
        """Take over an order that was found; the report on the screen stays, unless another order was asked for."""
        self.looking = False
        ordering = self.ordering
        if ordering is None:
            return
        if found.order is ordering.order:
            ordering.take(found)
            self._lay(found, afresh=afresh)
        if self.look_again or found.order is not ordering.order:
            self.look_again = False
            self._arrange_anew(afresh=found.order is not ordering.order)

    def _lay(self, found: Arranged, *, afresh: bool) -> None:
        here = self.desk.current
        waiting = [key for key in found.keys if key != here] if not afresh else list(found.keys)
        before = [key for key in found.decided if key != here]
        kept = [here] if here is not None and not afresh else []
        self.desk.arrange([*before, *kept, *waiting])
        if afresh:
            self.desk.position = self.desk.next_waiting(0)
            self.paint(f"order: {found.order.value}")
        else:
            self._show_progress()

    def decided(self, stored: Event) -> None:
        """Note what was decided, for the draws by chance."""
        if self.ordering is not None:
            self.ordering.note_decided(stored.subject, relevant=stored.text("verdict") != Verdict.EXCLUDE)

    # Telling

    def action_why(self) -> None:
        """Tell why this record is shown now."""
        if self.ordering is None or self.shown is None:
            return
        key = self.shown.item.key
        text = why_text(self.ordering.order, self.ordering.why(key), by_chance=self.ordering.by_chance(key))
        self.app.push_screen(ReadingScreen("Why this record is shown", text))

    def _panel(self, width: int) -> Content:
        """The panel, with what stopping would risk."""
        panel = super()._panel(width)
        latest = self.ordering.latest if self.ordering else None
        return panel if latest is None else Content("\n\n").join([panel, stopping_part(latest.outlook, width)])
