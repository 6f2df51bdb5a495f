"""The keys of the log, in groups. The footer, the help, the palette and the bindings all come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import GOING_AROUND
from prisma_tool.tui.records.keys import moving

ACTIVITY: Groups = (
    (
        "Finding",
        (
            Binding("p", "choose_person", "Person", id="activity.person", tooltip="What one person did"),
            Binding("t", "choose_kind", "Type", id="activity.kind", tooltip="Decisions, notes, duplicates, searches, ..."),
            Binding("slash", "filter", "Record", key_display="/", id="activity.record", tooltip="What was done about one record, by its key"),
            Binding("x", "show_all", "All", id="activity.all", tooltip="Everything, newest first"),
            Binding("r", "reload", "Reload", id="activity.reload", show=False, tooltip="Read the log anew"),
        ),
    ),
    (
        "The marked entry",
        (
            Binding("enter", "open", "Whole", id="activity.open", tooltip="Show the event whole; so does a click on it"),
            Binding("v", "view", "View", id="activity.view", tooltip="Open the record that it is about"),
            Binding("u", "undo", "Undo", id="activity.undo", tooltip="Take back a decision of your own"),
        ),
    ),
    moving("activity"),
    GOING_AROUND,
)  # fmt: skip
