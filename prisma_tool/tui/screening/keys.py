"""The keys of the two screening screens, in groups: which command of which group each runs."""

from __future__ import annotations

from textual.binding import Binding

from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_screen import MORE

_INCLUDE = Binding("i", "command('decision.decide', 'include')", "Include", id="screening.include")
_MAYBE = Binding("m", "command('decision.decide', 'maybe')", "Maybe", id="screening.maybe")
_UNDO = Binding(
    "u", "command('decision.undo')", "Undo", id="screening.undo", tooltip="Take back your last decision and show its record"
)
_SEVERAL = Binding(
    "Z",
    "command('decision.undo_several')",
    "Take back several",
    id="screening.undo-several",
    show=False,
    tooltip="Take back the last so many decisions of this sitting",
)
_EXCLUDE_FOR = "Exclude and choose the reason"
_EXCLUDE_WITH_REASON = Binding(
    "E",
    "command('decision.exclude_for_reason')",
    "Reason",
    id="screening.exclude-for-reason",
    show=False,
    tooltip=_EXCLUDE_FOR,
)
_IN_ORDER = (
    Binding(
        "C",
        "command('decision.answer')",
        "Answer",
        id="screening.answer",
        show=False,
        tooltip="Answer the criteria in order; the first no is the reason",
    ),
    Binding(
        "X",
        "command('decision.answer_in_order')",
        "In order",
        id="screening.in-order",
        show=False,
        tooltip="Ask the criteria about every record that comes",
    ),
)
_DUPLICATE = Binding(
    "s",
    "command('decision.duplicate_of')",
    "Same",
    id="screening.duplicate",
    show=False,
    tooltip="This record is the same report as another: find like records",
)
_GOING = (
    "Going through the records",
    (
        Binding("l,right", "step(1)", "Next", id="screening.next", show=False, tooltip="Next record"),
        Binding("h,left", "step(-1)", "Back", id="screening.previous", show=False, tooltip="Previous record"),
        Binding("j,down", "scroll(1)", "Down", id="screening.down", show=False, tooltip="Scroll down"),
        Binding("k,up", "scroll(-1)", "Up", id="screening.up", show=False, tooltip="Scroll up"),
        Binding("space,pagedown", "page(1)", "Page down", id="screening.page-down", show=False),
        Binding("b,pageup", "page(-1)", "Page up", id="screening.page-up", show=False),
    ),
)
_ORDERING = (
    Binding(
        "o",
        "command('relevance.order')",
        "Order",
        id="screening.order",
        show=False,
        tooltip="By relevance, by chance, newest first, as delivered",
    ),
    Binding("w", "command('relevance.why')", "Why", id="screening.why", show=False, tooltip="Why this record is shown now"),
    Binding(
        "P",
        "command('stopping.stop_or_reopen')",
        "Stop screening",
        id="screening.stop",
        show=False,
        tooltip="Stop title/abstract screening where the rule holds, or take it up again; asks first",
    ),
)
_LOOKING = (
    "Looking for something",
    (
        Binding(
            "f",
            "command('find.filter')",
            "Filter",
            id="screening.filter",
            show=False,
            tooltip="Show only records with some words, label, state",
        ),
        Binding(
            "colon",
            "command('find.jump')",
            "Jump",
            id="screening.jump",
            show=False,
            tooltip="Go to a record by its number or key",
        ),
        Binding("slash", "command('find.find')", "Find", id="screening.find", show=False, tooltip="Find words in this record"),
        Binding(
            "semicolon",
            "command('find.find_next')",
            "Find next",
            id="screening.find-next",
            show=False,
            tooltip="The next place with these words",
        ),
        Binding(
            "D",
            "command('find.records')",
            "Records",
            id="screening.records",
            show=False,
            tooltip="All records of this report, and why they are together",
        ),
    ),
)


def _facets(key: str) -> Binding:
    return Binding(
        key,
        "command('facets.focus')",
        "Facets",
        id="screening.facets",
        show=False,
        tooltip="To the facets below the queue, one of which narrows it, and back",
    )


_RECORD = (
    "The record itself",
    (
        Binding(
            "t",
            "command('record.edit')",
            "Correct",
            id="record.edit",
            show=False,
            tooltip="Correct a field, or paste the abstract",
        ),
        Binding(
            "L", "command('record.labels')", "Labels", id="record.labels", show=False, tooltip="Put a label on, or take it off"
        ),
        Binding(
            "v",
            "command('record.open')",
            "Open",
            id="record.open",
            show=False,
            tooltip="Open the PDF, DOI, PubMed or register page",
        ),
        Binding(
            "Y", "command('record.copy_citation')", "Copy citation", id="record.copy", show=False, tooltip="Copy the citation"
        ),
        Binding(
            "G",
            "command('record.fetch_abstracts')",
            "Fetch abstracts",
            id="record.fetch",
            show=False,
            tooltip="Fetch missing abstracts from PubMed",
        ),
        Binding(
            "N",
            "command('record.add_report')",
            "Add a report",
            id="record.add",
            show=False,
            tooltip="Add a report that this one led to, or any other",
        ),
    ),
)
_ACKNOWLEDGE = Binding(
    "A",
    "command('decision.acknowledge')",
    "Acknowledge",
    id="screening.acknowledge",
    show=False,
    tooltip="Keep your decision on a changed record",
)


def _go(*, show: bool) -> Binding:
    tooltip = "Go to another place; 1 to 9 and 0 go there at once"
    return Binding("g", "app.choose_place", "Go to", id="place.go", show=show, tooltip=tooltip)


_BACK = Binding(
    "escape",
    "command('find.clear')",
    "All",
    id="screening.clear",
    show=False,
    tooltip="Show all records again where the list is narrowed",
)
"""In a queue Escape does not leave: pressed once too often after a dialog, the next key would decide at another stage."""
_HELP = Binding("question_mark", "help", "Help", id="place.help", tooltip="This page")


def _skip(*, show: bool) -> Binding:
    return Binding(
        "full_stop", "skip", "Skip", id="screening.skip", show=show, tooltip="Skip to the next record that waits for you"
    )


def _note(*, show: bool) -> Binding:
    return Binding("n", "command('decision.note')", "Note", id="screening.note", show=show, tooltip="Write a note on this record")


def _closing(*, show: bool) -> tuple[Binding, ...]:
    return (
        Binding("c", "criteria", "Criteria", id="screening.criteria", show=show, tooltip="Criteria, highlights and progress"),
        _go(show=show),
        MORE,
        _BACK,
        _HELP,
        Binding("q", "app.quit", "Quit", id="place.quit", tooltip="Leave; every decision is stored already"),
    )


TITLE_ABSTRACT: Groups = (
    (
        "Deciding",
        (
            _INCLUDE,
            Binding("e", "command('decision.exclude')", "Exclude", id="screening.exclude"),
            _EXCLUDE_WITH_REASON,
            _MAYBE,
            Binding(
                "a",
                "command('decision.captured')",
                "Captured",
                id="screening.captured",
                show=False,
                tooltip="Register entry: captured already",
            ),
            Binding(
                "z",
                "command('decision.no_results')",
                "No results",
                id="screening.no-results",
                show=False,
                tooltip="Register entry: no results",
            ),
            *_IN_ORDER,
            _DUPLICATE,
            _UNDO,
            _SEVERAL,
            _ACKNOWLEDGE,
            _note(show=True),
        ),
    ),
    (_GOING[0], (_skip(show=False), *_GOING[1], *_ORDERING)),
    (_LOOKING[0], (*_LOOKING[1], _facets("tab"))),
    _RECORD,
    ("Other", _closing(show=True)),
)
FULL_TEXT: Groups = (
    (
        "Deciding",
        (
            _INCLUDE,
            Binding("e", "command('decision.exclude_for_reason')", "Exclude", id="screening.exclude", tooltip=_EXCLUDE_FOR),
            _EXCLUDE_WITH_REASON,
            _MAYBE,
            Binding(
                "O", "command('decision.decide', 'ongoing')", "Ongoing", id="screening.ongoing", tooltip="The study is ongoing"
            ),
            Binding(
                "W",
                "command('decision.decide', 'awaiting')",
                "Awaiting",
                id="screening.awaiting",
                tooltip="Awaiting classification",
            ),
            Binding(
                "p",
                "command('full_text.retrieval')",
                "Text",
                id="screening.retrieval",
                tooltip="Full text retrieved or not, what was tried, its PDF",
            ),
            Binding(
                "F",
                "command('full_text.find')",
                "Find text",
                id="screening.find-text",
                show=False,
                tooltip="Ask PMC, Unpaywall, Europe PMC and OpenAlex for the full text; again: stop",
            ),
            Binding(
                "plus",
                "command('inbox.show')",
                "Inbox",
                id="screening.inbox",
                show=False,
                tooltip="Attach what lies in fulltext/inbox, by what stands in it",
            ),
            *_IN_ORDER,
            _DUPLICATE,
            _UNDO,
            _SEVERAL,
            _ACKNOWLEDGE,
            _note(show=False),
        ),
    ),
    (
        _GOING[0],
        (
            _skip(show=False),
            *_GOING[1],
            Binding(
                "tab",
                "command('text.swap')",
                "Record",
                id="screening.text",
                show=False,
                tooltip="Between the text and the record",
            ),
            Binding(
                "enter",
                "command('list.show_all')",
                "List",
                id="screening.list",
                show=False,
                tooltip="The reports with their states, to go to one",
            ),
        ),
    ),
    (_LOOKING[0], (*_LOOKING[1], _facets("shift+tab"))),
    _RECORD,
    ("Other", _closing(show=False)),
)
"""The footer of each stage fits into 80 columns; what it leaves out stands in the help."""
