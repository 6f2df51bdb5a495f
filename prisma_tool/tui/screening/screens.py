"""Screening by title and abstract: which commands it has, and by which keys."""

from __future__ import annotations

from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.record_browser.facet_list import FacetList
from prisma_tool.tui.screening.decision_commands import DecisionCommands
from prisma_tool.tui.screening.facets.facet_commands import OF_QUEUE, FacetCommands
from prisma_tool.tui.screening.find_commands import FindCommands
from prisma_tool.tui.screening.keys import TITLE_ABSTRACT
from prisma_tool.tui.screening.record_commands import RecordCommands
from prisma_tool.tui.screening.relevance_commands import RelevanceCommands
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.screening.stopping_commands import StoppingCommands


class TitleAbstractScreen(ReportScreen):
    """Screening by title and abstract: a reason is optional, and the queue has an order."""

    STAGE = Stage.TITLE_ABSTRACT
    AUTO_FOCUS = ""
    GROUPS = (FindCommands, FacetCommands, RelevanceCommands, StoppingCommands, DecisionCommands, RecordCommands)
    KEYS = TITLE_ABSTRACT
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(TITLE_ABSTRACT)

    def compose_left(self) -> ComposeResult:
        """The queue, and below it what its reports have in common."""
        with Vertical(id="left"):
            yield from super().compose_left()
            yield FacetList(OF_QUEUE)

    def is_useful(self, action: str) -> bool:
        """Whether there are facets to go to."""
        return (action != "command('facets.focus')" or self.query_one(FacetList).display) and super().is_useful(action)

    @on(FacetList.Chosen)
    def _narrow_to(self, chosen: FacetList.Chosen) -> None:
        cast("FacetCommands", self.commands[FacetCommands.NAME]).choose(chosen.field, chosen.value)

    @on(FacetList.Appeared)
    def _show_facets(self) -> None:
        self.commands[FacetCommands.NAME].painted()
        self.refresh_bindings()
