"""The keys of the search screen, in groups. The footer, the help and the bindings all come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import GOING_AROUND

SEARCH: Groups = (
    (
        "Searching",
        (
            Binding("r", "run_search", "Run", id="search.run", tooltip="Run or rerun the marked search; so does Enter on it"),
            Binding("R", "run_all", "All", id="search.run-all", tooltip="Run or rerun all searches, one after the other"),
            Binding("x", "stop_search", "Stop", id="search.stop", tooltip="Stop the running search; it goes on where it stopped"),
            Binding("d", "details", "Details", id="search.details", tooltip="Strategy, translation and warnings"),
        ),
    ),
    (
        "Looking",
        (
            Binding("tab", "other_list", "Sets", id="search.other", tooltip="Between the searches and what the last run brought"),
            Binding("a", "attention", "Changes", id="search.attention", tooltip="What changed about decided records"),
            Binding("j", "mark(1)", "Down", id="search.down", show=False),
            Binding("k", "mark(-1)", "Up", id="search.up", show=False),
        ),
    ),
    GOING_AROUND,
)
