"""The keys of the list of records and of the page of one record, in groups. Footer, help, palette and bindings come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.list_keys import moving
from prisma_tool.tui.frame.place_screen import GOING_ON, widening

RECORDS: Groups = (
    (
        "Finding",
        (
            Binding("f,slash", "filter", "Filter", id="records.filter", tooltip='Words, "a phrase", stem*, -without; = begins a condition'),
            Binding("K", "choose_set", "Kind", id="records.set", tooltip="Included, excluded, undecided, duplicates, ..."),
            Binding("tab", "facets", "Facets", id="records.facets", tooltip="Between the list and its facets: arrows and Enter choose a value, or take it back"),
            widening("records", "Take filter and set away; where there are none, back to where you were before"),
        ),
    ),
    (
        "The marked record",
        (
            Binding("enter", "open", "Open", id="records.open", tooltip="Open the record whole, with its history; so does a click on it"),
            Binding("greater_than_sign", "write", "Write", key_display=">", id="records.write", show=False, tooltip="Write the records that are listed to a file: ris, csv, xlsx, bib, ..."),
            Binding("Q", "go_to_queue", "To queue", id="records.queue", tooltip="Go to its report in the queue where it is decided"),
        ),
    ),
    moving("records"),
    GOING_ON,
)  # fmt: skip
