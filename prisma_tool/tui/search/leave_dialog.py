"""Leaving while a search runs: it is stopped first, so that it stays resumable."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.text import one_line
from prisma_tool.tui.sessions.search_session import SearchTask
from prisma_tool.tui.widgets.seen_first import SeenFirst
from prisma_tool.tui.words.hint import Hint


class LeaveScreen(SeenFirst[None]):
    """Stops the search once the reviewer has said yes, and stays until the application hears that it has ended."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "leave", "Leave", id="leave.yes"),
        Binding("n,escape,q", "stay", "Stay", id="leave.no"),
    ]

    def __init__(self, search_task: SearchTask) -> None:
        super().__init__()
        self.search_task, self.leaving = search_task, False

    def compose(self) -> ComposeResult:
        """The question and how to answer it."""
        with Vertical(classes="box"):
            yield Static(
                Content.styled(f"The search {one_line(self.search_task.plan.name)} is running. Leave all the same?", "bold")
            )
            yield Static("It is stopped; what has arrived is kept, and the same search goes on from there.", markup=False)
            yield Hint("y leaves · Esc stays")

    def action_leave(self) -> None:
        """Stop the search; the application leaves when it has ended."""
        self.leaving = True
        self.search_task.stop()
        self.query_one(".hint", Static).update("stopping after the present request ...")

    def action_stay(self) -> None:
        """Stay; once the search is being stopped there is no way back."""
        if not self.leaving:
            self.dismiss(None)
