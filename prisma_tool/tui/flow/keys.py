"""The keys of the figure, in groups. Footer, help, palette and bindings come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import GOING_AROUND

FLOW: Groups = (
    (
        "The marked number",
        (
            Binding("enter", "open", "List", id="flow.open", tooltip="List the records behind the number; so does a click on it"),
            Binding("tab", "step(1)", "Next", id="flow.next", tooltip="Next number in reading order"),
            Binding("shift+tab", "step(-1)", "Before", id="flow.previous", show=False, tooltip="Number before in reading order"),
            Binding("j,down", "toward(0,1)", "Down", id="flow.down", show=False, tooltip="Number below"),
            Binding("k,up", "toward(0,-1)", "Up", id="flow.up", show=False, tooltip="Number above"),
            Binding("l,right", "toward(1,0)", "Right", id="flow.right", show=False, tooltip="Number to the right"),
            Binding("h,left", "toward(-1,0)", "Left", id="flow.left", show=False, tooltip="Number to the left"),
        ),
    ),
    (
        "The figure",
        (
            Binding(
                "greater_than_sign",
                "write",
                "Write",
                key_display=">",
                id="flow.write",
                tooltip="Write the figure to a file: svg, pdf, png, docx, csv, ...",
            ),
            Binding("V", "checks", "Check", id="flow.checks", tooltip="The relations between the numbers, and whether they hold"),
            Binding(
                "number_sign",
                "close_version",
                "Close version",
                key_display="#",
                id="flow.close",
                show=False,
                tooltip="Close a version of the review: what is included now is frozen, later work is an update",
            ),
            Binding("r", "count", "Read anew", id="flow.count", tooltip="Count anew; coming back here does so too"),
            Binding("space,pagedown", "page(1)", "Page down", id="flow.page-down", show=False),
            Binding("b,pageup", "page(-1)", "Page up", id="flow.page-up", show=False),
            Binding("home", "edge(0)", "Top", id="flow.top", show=False, tooltip="Top of the figure"),
            Binding("end", "edge(1)", "End", id="flow.end", show=False, tooltip="Notes below the figure"),
        ),
    ),
    GOING_AROUND,
)
