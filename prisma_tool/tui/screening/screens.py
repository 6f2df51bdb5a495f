"""Screening by title and abstract: which commands it has, and by which keys."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.screening.decision_commands import DecisionCommands
from prisma_tool.tui.screening.facets.facet_commands import FacetCommands
from prisma_tool.tui.screening.facets.faceted_screen import FacetedScreen
from prisma_tool.tui.screening.find_commands import FindCommands
from prisma_tool.tui.screening.keys import TITLE_ABSTRACT
from prisma_tool.tui.screening.record_commands import RecordCommands
from prisma_tool.tui.screening.relevance_commands import RelevanceCommands
from prisma_tool.tui.screening.stopping_commands import StoppingCommands


class TitleAbstractScreen(FacetedScreen):
    """Screening by title and abstract: a reason is optional, and the queue has an order."""

    STAGE = Stage.TITLE_ABSTRACT
    GROUPS = (FindCommands, FacetCommands, RelevanceCommands, StoppingCommands, DecisionCommands, RecordCommands)
    KEYS = TITLE_ABSTRACT
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(TITLE_ABSTRACT)
