"""Stopping title/abstract screening from the screen, and taking it up again: a person's act, after a question that says what follows.

Invariant: what is asked was counted by the very function that then stores it; both run in a thread, and a refusal changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual.content import Content

from prisma_tool.errors import PrismaError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.log.stopping_acts import stop_in_force
from prisma_tool.screening.prioritised.queue_order import OrderName
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.relevance_commands import RelevanceCommands
from prisma_tool.tui.screening.stopping_text import reopened_text, reopening_question, stop_question, stopped_text

if TYPE_CHECKING:
    from prisma_tool.screening.prioritised.stopping import StopResult

Result = TypeVar("Result")
_NOT_STOPPED, _NOT_REOPENED = "Screening was not stopped", "Screening was not taken up again"


class StoppingCommands(CommandGroup):
    """Stops screening by the protocol's rule, or takes it up again where it is stopped."""

    NAME = "stopping"

    def stop_or_reopen(self) -> None:
        """Ask whether to stop, or where screening is stopped, whether to go on."""
        self.screen.show_message("looking whether screening may stop ...")
        self._in_thread(_NOT_STOPPED, self._look, self._ask)

    def _in_thread(self, failed: str, work: Callable[[], Result], use: Callable[[Result], None]) -> None:
        def run() -> None:
            try:
                result = work()
            except PrismaError as error:
                self.screen.app.call_from_thread(self.screen.show_error, failed, error)
            else:
                self.screen.app.call_from_thread(use, result)

        self.screen.run_worker(run, thread=True, exclusive=True, group=self.NAME)

    def _look(self) -> Event | StopResult:
        """The stop in force, or what a stop would come to."""
        review = self.session.review
        with review.store.read() as transaction:
            stopped = stop_in_force(event_rows.not_undone(transaction, EventKind.STOPPING))
        if stopped is not None:
            return stopped
        from prisma_tool.screening.prioritised.stopping import stop

        return stop(review, self.session.reviewer, check=True)

    def _ask(self, state: Event | StopResult) -> None:
        if not self.screen.is_current:
            return  # asked about nothing that the reviewer still looks at
        self.screen.show_message("")
        if isinstance(state, Event):
            dialog = ConfirmDialog("Screening is stopped", reopening_question(state), "takes screening up again")
            self.screen.app.push_screen(dialog, self._reopen)
        else:
            dialog = ConfirmDialog("Stop screening titles and abstracts?", stop_question(state), "stops screening")
            self.screen.app.push_screen(dialog, self._stop)

    def _stop(self, agreed: bool | None) -> None:
        from prisma_tool.screening.prioritised.stopping import stop

        if agreed:
            self._in_thread(
                _NOT_STOPPED,
                lambda: stop(self.session.review, self.session.reviewer),
                lambda done: self._read_back("Screening is stopped", stopped_text(done)),
            )

    def _reopen(self, agreed: bool | None) -> None:
        from prisma_tool.screening.prioritised.stopping import reopen

        if agreed:
            self._in_thread(
                _NOT_REOPENED,
                lambda: reopen(self.session.review, self.session.reviewer),
                lambda keys: self._read_back("Screening goes on", reopened_text(len(keys))),
            )

    def _read_back(self, heading: str, text: Content) -> None:
        """Say what now stands; queue and panel follow."""
        self.screen.come_back()
        relevance = self.screen.commands[RelevanceCommands.NAME]
        if isinstance(relevance, RelevanceCommands) and relevance.ordering.order is not OrderName.SOURCE:
            relevance.look()
        self.screen.app.push_screen(TextPage(heading, text))
