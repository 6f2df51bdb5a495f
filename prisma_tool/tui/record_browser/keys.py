"""The keys of one record that is read whole, and of the list of records behind a number."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.list_keys import moving

RECORD: Groups = (
    (
        "Reading",
        (
            Binding("j,down", "scroll(1)", "Down", id="record.down", show=False, tooltip="Scroll down"),
            Binding("k,up", "scroll(-1)", "Up", id="record.up", show=False, tooltip="Scroll up"),
            Binding("space,pagedown", "page(1)", "Page down", id="record.page-down", show=False),
            Binding("b,pageup", "page(-1)", "Page up", id="record.page-up", show=False),
            Binding("l,right", "step(1)", "Next", id="record.next", tooltip="Next record of the list"),
            Binding("h,left", "step(-1)", "Back", id="record.previous", tooltip="Record before in the list"),
        ),
    ),
    (
        "Doing",
        (
            Binding(
                "Q", "go_to_queue", "To queue", id="record.queue", tooltip="Go to its report in the queue where it is decided"
            ),
            Binding("J", "cite", "Cite", id="record.cite", tooltip="Search for what this record cites and what cites it"),
        ),
    ),
    (
        "Other",
        (
            Binding("escape,enter", "close", "Close", id="record.close", key_display="Esc", tooltip="Back to the list"),
            Binding("question_mark", "help", "Help", id="place.help", tooltip="This page"),
            Binding("q", "app.quit", "Quit", id="place.quit", tooltip="Leave; everything is stored already"),
        ),
    ),
)
NUMBER: Groups = (
    (
        "The marked record",
        (
            Binding("enter", "open", "Open", id="number.open", tooltip="Open the record whole; so does a click on it"),
            Binding(
                "Q", "go_to_queue", "To queue", id="number.queue", tooltip="Go to its report in the queue where it is decided"
            ),
        ),
    ),
    moving("number"),
    (
        "Other",
        (
            Binding("escape", "close", "Close", id="number.close", tooltip="Back to where the number stands"),
            Binding("question_mark", "help", "Help", id="place.help", tooltip="This page"),
            Binding("q", "app.quit", "Quit", id="place.quit", tooltip="Leave; everything is stored already"),
        ),
    ),
)
