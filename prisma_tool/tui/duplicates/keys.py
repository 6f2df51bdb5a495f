"""The keys of the duplicates screen, in groups. The footer, the help and the bindings all come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import GOING_AROUND

DUPLICATES: Groups = (
    (
        "Deciding",
        (
            Binding("s", "same", "Same", id="duplicates.same", tooltip="The two records are one report"),
            Binding("d", "different", "Different", id="duplicates.different", tooltip="They are two reports"),
            Binding("space,k", "skip", "Skip", id="duplicates.skip", tooltip="Leave the pair for later"),
            Binding(
                "r",
                "compare",
                "Run",
                id="duplicates.compare",
                tooltip="Compare what is new with all records, and join what is certain",
            ),
            Binding("u", "undo", "Undo", id="duplicates.undo", tooltip="Take back your last answer and show its pair"),
        ),
    ),
    (
        "Looking",
        (
            Binding("c", "clusters", "Clusters", id="duplicates.clusters", tooltip="All records of both clusters; take one out"),
            Binding("n,right", "step(1)", "Next", id="duplicates.next", show=False, tooltip="Next pair"),
            Binding("p,left", "step(-1)", "Back", id="duplicates.previous", show=False, tooltip="Previous pair"),
            Binding("down", "scroll(1)", "Down", id="duplicates.down", show=False, tooltip="Scroll down"),
            Binding("up", "scroll(-1)", "Up", id="duplicates.up", show=False, tooltip="Scroll up"),
            Binding("pagedown", "page(1)", "Page down", id="duplicates.page-down", show=False),
            Binding("pageup", "page(-1)", "Page up", id="duplicates.page-up", show=False),
        ),
    ),
    GOING_AROUND,
)
