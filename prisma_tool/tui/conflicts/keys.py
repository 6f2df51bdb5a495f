"""The keys of the conflicts screen, in groups. Footer, help and bindings come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import GOING_AROUND

CONFLICTS: Groups = (
    (
        "Settling",
        (
            Binding("i", "settle('include')", "Include", id="conflicts.include", tooltip="Include it; the votes are kept"),
            Binding("e", "exclude", "Exclude", id="conflicts.exclude", tooltip="Exclude it; at full text choose the reason"),
            Binding("y", "accept", "As proposed", id="conflicts.accept", tooltip="Exclude it for the earliest reason given"),
            Binding("o", "settle('ongoing')", "Ongoing", id="conflicts.ongoing", show=False, tooltip="The study is ongoing"),
            Binding(
                "w", "settle('awaiting')", "Awaiting", id="conflicts.awaiting", show=False, tooltip="Awaiting classification"
            ),
            Binding("n", "note", "Note", id="conflicts.note", tooltip="Write a note to keep with the adjudication"),
            Binding("u", "undo", "Undo", id="conflicts.undo", tooltip="Take back your last adjudication"),
        ),
    ),
    (
        "Going through the conflicts",
        (
            Binding("l,right", "step(1)", "Next", id="conflicts.next", tooltip="Next conflict"),
            Binding("h,left", "step(-1)", "Back", id="conflicts.previous", show=False, tooltip="Conflict before this one"),
            Binding("j,down", "scroll(1)", "Down", id="conflicts.down", show=False, tooltip="Scroll the record down"),
            Binding("k,up", "scroll(-1)", "Up", id="conflicts.up", show=False, tooltip="Scroll the record up"),
            Binding("r", "reload", "Read anew", id="conflicts.reload", show=False, tooltip="Read the conflicts anew"),
        ),
    ),
    GOING_AROUND,
)
