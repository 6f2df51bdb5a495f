"""The keys of Sources, in groups. Footer, help and bindings come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import GOING_AROUND

SEARCH: Groups = (
    (
        "Searching",
        (
            Binding(
                "R",
                "run_search",
                "Run",
                id="search.run",
                tooltip="Run or rerun the marked search, import the files of a declared one, show what an import could not read; so does Enter",
            ),
            Binding(
                "asterisk",
                "run_all",
                "All",
                key_display="*",
                id="search.run-all",
                tooltip="Run or rerun all searches, one after the other",
            ),
            Binding(
                "plus",
                "import_files",
                "Import",
                key_display="+",
                id="search.import",
                tooltip="Import files that were exported elsewhere",
            ),
            Binding(
                "H",
                "stop_search",
                "Halt",
                id="search.stop",
                tooltip="Halt the running search; it goes on where it stopped",
            ),
            Binding(
                "V", "check", "Check", id="search.check", tooltip="The strategy as it would be searched, its hits, and findings"
            ),
            Binding("M", "details", "More", id="search.details", tooltip="Strategy, translation and warnings, whole"),
        ),
    ),
    (
        "Looking",
        (
            Binding("tab", "other_list", "Sets", id="search.other", tooltip="Between the searches and what the last run brought"),
            Binding(
                "exclamation_mark",
                "attention",
                "Changes",
                key_display="!",
                id="search.attention",
                tooltip="What changed about decided records",
            ),
            Binding("j", "mark(1)", "Down", id="search.down", show=False),
            Binding("k", "mark(-1)", "Up", id="search.up", show=False),
        ),
    ),
    GOING_AROUND,
)
