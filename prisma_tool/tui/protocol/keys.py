"""The keys of the protocol, in groups. The footer, the help, the palette and the bindings all come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import GOING_AROUND

PROTOCOL: Groups = (
    (
        "Changing it",
        (
            Binding("e", "edit", "Edit", id="protocol.edit", tooltip="Open review.toml in your editor ($VISUAL or $EDITOR)"),
            Binding(
                "m", "reasons", "Reasons", id="protocol.reasons", tooltip="Rename, move, add and merge the exclusion reasons"
            ),
            Binding("r", "reload", "Reload", id="protocol.reload", tooltip="Read review.toml anew and go on under it"),
        ),
    ),
    (
        "Reading",
        (
            Binding("j,down", "scroll(1)", "Down", id="protocol.down", show=False, tooltip="Scroll down"),
            Binding("k,up", "scroll(-1)", "Up", id="protocol.up", show=False, tooltip="Scroll up"),
            Binding("space,pagedown", "page(1)", "Page down", id="protocol.page-down", show=False),
            Binding("b,pageup", "page(-1)", "Page up", id="protocol.page-up", show=False),
            Binding("home", "edge(0)", "Top", id="protocol.top", show=False, tooltip="Beginning"),
            Binding("end", "edge(1)", "End", id="protocol.end", show=False, tooltip="End"),
        ),
    ),
    GOING_AROUND,
)
