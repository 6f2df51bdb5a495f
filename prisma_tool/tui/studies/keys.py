"""The keys of the studies screen, in groups; those of its two lists belong to the lists. Footer, help and bindings come from here."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import GOING_ON, widening
from prisma_tool.tui.record_browser.faceted_settling import facets_key

ON_REPORTS = (
    "In the list of suggested reports",
    (
        Binding("space", "screen.choose", "Choose", id="studies.choose", tooltip="Choose the marked report, or not"),
        Binding("x", "screen.leave", "Put away", id="studies.leave", tooltip="Put the suggestion away for this sitting"),
    ),
)
ON_STUDIES = (
    "In the list of studies",
    (
        Binding(
            "delete,backspace",
            "screen.unlink",
            "Unlink",
            id="studies.unlink",
            tooltip="Take the marked report out of its studies",
        ),
    ),
)
_LINKING = (
    "Linking",
    (
        Binding("s", "link", "Same", id="studies.link", tooltip="The chosen reports are of the same study: link them to it"),
        Binding("J", "cite", "Cite", id="studies.cite", show=False, tooltip="Search by citation from all included reports"),
        Binding("u", "undo", "Undo", id="studies.undo", tooltip="Take back your last answer and show its suggestion"),
    ),
)
_GOING = (
    "Going through the suggestions",
    (
        Binding("l,right", "step(1)", "Next", id="studies.next", show=False, tooltip="Next suggestion"),
        Binding("h,left", "step(-1)", "Back", id="studies.previous", show=False, tooltip="Previous suggestion"),
        Binding("tab", "other", "Other list", id="studies.other", tooltip="The studies that there are, and back"),
        facets_key("shift+tab", "studies"),
        widening("studies", "All suggestions again; where all are shown, back to where you were before", show=False),
    ),
)
ON_SCREEN: Groups = (_LINKING, _GOING, GOING_ON)
ALL: Groups = (_LINKING, ON_REPORTS, ON_STUDIES, _GOING, GOING_ON)
