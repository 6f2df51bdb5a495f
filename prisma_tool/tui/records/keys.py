"""The keys of the list of records and of the page of one record, in groups. Footer, help, palette and bindings come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import GOING_AROUND


def moving(prefix: str) -> tuple[str, tuple[Binding, ...]]:
    """The keys by which one goes through a list of rows; `prefix` begins the ids of their bindings."""
    return (
        "Going through the list",
        (
            Binding("j,down", "move(1)", "Down", id=f"{prefix}.down", show=False, tooltip="Next line"),
            Binding("k,up", "move(-1)", "Up", id=f"{prefix}.up", show=False, tooltip="Line before"),
            Binding("space,pagedown", "page(1)", "Page down", id=f"{prefix}.page-down", show=False),
            Binding("b,pageup", "page(-1)", "Page up", id=f"{prefix}.page-up", show=False),
            Binding("home", "edge(0)", "First", id=f"{prefix}.first", show=False, tooltip="First line"),
            Binding("end", "edge(1)", "Last", id=f"{prefix}.last", show=False, tooltip="Last line"),
        ),
    )


RECORDS: Groups = (
    (
        "Finding",
        (
            Binding("slash", "filter", "Filter", key_display="/", id="records.filter", tooltip='Words, "a phrase", stem*, -without; = begins a condition'),
            Binding("s", "choose_set", "Set", id="records.set", tooltip="Included, excluded, undecided, duplicates, ..."),
            Binding("x", "show_all", "All", id="records.all", tooltip="Take filter and set away"),
        ),
    ),
    (
        "The marked record",
        (
            Binding("enter", "open", "Open", id="records.open", tooltip="Open the record whole, with its history; so does a click on it"),
            Binding("o", "go_to_queue", "To queue", id="records.queue", tooltip="Go to its report in the queue where it is decided"),
        ),
    ),
    moving("records"),
    GOING_AROUND,
)  # fmt: skip
RECORD: Groups = (
    (
        "Reading",
        (
            Binding("j,down", "scroll(1)", "Down", id="record.down", show=False, tooltip="Scroll down"),
            Binding("k,up", "scroll(-1)", "Up", id="record.up", show=False, tooltip="Scroll up"),
            Binding("space,pagedown", "page(1)", "Page down", id="record.page-down", show=False),
            Binding("b,pageup", "page(-1)", "Page up", id="record.page-up", show=False),
            Binding("n,l,right", "step(1)", "Next", id="record.next", tooltip="Next record of the list"),
            Binding("p,h,left", "step(-1)", "Back", id="record.previous", tooltip="Record before in the list"),
        ),
    ),
    (
        "Doing",
        (
            Binding(
                "o", "go_to_queue", "To queue", id="record.queue", tooltip="Go to its report in the queue where it is decided"
            ),
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
