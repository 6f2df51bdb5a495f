"""The keys of the two screening screens, in groups. The footer, the help and the bindings all come from here, so they cannot disagree."""

from __future__ import annotations

from textual.binding import Binding, BindingType
from textual.content import Content

Groups = tuple[tuple[str, tuple[Binding, ...]], ...]

_INCLUDE = Binding("i", "decide('include')", "Include", id="screening.include")
_MAYBE = Binding("m", "decide('maybe')", "Maybe", id="screening.maybe")
_UNDO = Binding("u", "undo", "Undo", id="screening.undo", tooltip="Take back your last decision and show its record")
_EXCLUDE_FOR = "Exclude and choose the reason"
_DUPLICATE = Binding(
    "d",
    "duplicate_of",
    "Duplicate",
    id="screening.duplicate",
    show=False,
    tooltip="Find like records; this one is a duplicate of ...",
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
_ACKNOWLEDGE = Binding(
    "A", "acknowledge", "Acknowledge", id="screening.acknowledge", show=False, tooltip="Keep your decision on a changed record"
)
_HELP = Binding("question_mark", "help", "Help", id="screening.help", tooltip="This page")


def _skip(*, show: bool) -> Binding:
    return Binding("s", "skip", "Skip", id="screening.skip", show=show, tooltip="Skip to the next record that waits for you")


def _note(*, show: bool) -> Binding:
    return Binding("n", "note", "Note", id="screening.note", show=show, tooltip="Write a note on this record")


def _closing(*, show: bool) -> tuple[Binding, ...]:
    return (
        Binding("c", "criteria", "Criteria", id="screening.criteria", show=show, tooltip="Criteria, highlights and progress"),
        Binding("S", "app.searches", "Searches", id="screening.searches", show=False, tooltip="Searches: run, rerun, what came"),
        _HELP,
        Binding("q", "quit", "Quit", id="screening.quit", tooltip="Leave; every decision is stored already"),
    )


TITLE_ABSTRACT: Groups = (
    (
        "Deciding",
        (
            _INCLUDE,
            Binding("e", "exclude", "Exclude", id="screening.exclude"),
            Binding("E", "exclude_for_reason", _EXCLUDE_FOR, id="screening.exclude-for-reason", show=False),
            _MAYBE,
            Binding("a", "captured", "Captured", id="screening.captured", show=False, tooltip="Register entry: captured already"),
            Binding("z", "no_results", "No results", id="screening.no-results", show=False, tooltip="Register entry: no results"),
            _DUPLICATE,
            _UNDO,
            _ACKNOWLEDGE,
            _note(show=True),
        ),
    ),
    (_GOING[0], (_skip(show=True), *_GOING[1])),
    ("Other", _closing(show=True)),
)
FULL_TEXT: Groups = (
    (
        "Deciding",
        (
            _INCLUDE,
            Binding("e,E", "exclude_for_reason", "Exclude", id="screening.exclude", tooltip=_EXCLUDE_FOR),
            _MAYBE,
            Binding("o", "decide('ongoing')", "Ongoing", id="screening.ongoing", tooltip="The study is ongoing"),
            Binding("w", "decide('awaiting')", "Awaiting", id="screening.awaiting", tooltip="Awaiting classification"),
            Binding("r", "retrieval", "Text", id="screening.retrieval", tooltip="Full text retrieved or not, and a note"),
            _DUPLICATE,
            _UNDO,
            _ACKNOWLEDGE,
            _note(show=False),
        ),
    ),
    (_GOING[0], (_skip(show=False), *_GOING[1])),
    ("Other", _closing(show=False)),
)
"""The footer of each stage fits into 80 columns; what it leaves out stands in the help."""

_NAMES = {"question_mark": "?", "right": "→", "left": "←", "down": "↓", "up": "↑", "pagedown": "PgDn", "pageup": "PgUp"}
_KEYS_WIDTH = 16


def help_text(groups: Groups) -> Content:
    """All keys of a screen, in their groups."""
    parts = [Content("\n").join([Content.styled(heading, "bold"), *map(_line, bindings)]) for heading, bindings in groups]
    return Content("\n\n").join(parts)


def _line(binding: Binding) -> Content:
    keys = " or ".join(_NAMES.get(key, key) for key in binding.key.split(","))
    return Content(f"  {keys:<{_KEYS_WIDTH}}{binding.tooltip or binding.description}")


def bindings_of(groups: Groups) -> list[BindingType]:
    """The same keys as a screen declares them."""
    return [binding for _, group in groups for binding in group]
