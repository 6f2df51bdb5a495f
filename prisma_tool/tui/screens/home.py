"""Where the review stands and what to do next: the first place."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Footer

from prisma_tool.tui.place import GOING_AROUND, PlaceScreen
from prisma_tool.tui.screens.keys import Groups, bindings_of
from prisma_tool.tui.workplace import Workplace

HOME_KEYS: Groups = (GOING_AROUND,)


class HomeScreen(PlaceScreen):
    """The phases of the review with their counts, what is pending for whom, and the next sensible action."""

    KEYS = HOME_KEYS
    BINDINGS = bindings_of(HOME_KEYS)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.workplace = workplace

    def compose(self) -> ComposeResult:
        """Nothing yet but the keys."""
        yield Footer(show_command_palette=False, compact=True)
