"""A queue with its facets below it, as both stages of screening have it."""

from __future__ import annotations

from typing import cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from prisma_tool.tui.record_browser.facet_list import FacetList
from prisma_tool.tui.screening.facets.facet_commands import OF_QUEUE, FacetCommands
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.widgets.queue_list import QueueList


class FacetedScreen(ReportScreen):
    """Shows the facets of its queue; `GROUPS` has their commands."""

    AUTO_FOCUS = ""

    def compose_left(self) -> ComposeResult:
        """The queue, and below it what its reports have in common."""
        with Vertical(id="left"):
            yield self.queue_list()
            yield FacetList(OF_QUEUE)

    def queue_list(self) -> Widget:
        """The list of the queue."""
        return QueueList(self.workspace.review, self.session)

    @property
    def _facets(self) -> FacetCommands:
        return cast("FacetCommands", self.commands[FacetCommands.NAME])

    def is_useful(self, action: str) -> bool:
        """Whether there are facets to go to."""
        return (action != "command('facets.focus')" or self.query_one(FacetList).display) and super().is_useful(action)

    @on(FacetList.Chosen)
    def _narrow_to(self, chosen: FacetList.Chosen) -> None:
        self._facets.choose(chosen.field, chosen.value)

    @on(FacetList.Appeared)
    def _show_facets(self) -> None:
        self._facets.painted()
        self.refresh_bindings()
