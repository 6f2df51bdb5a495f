"""The page of keys that `?` shows: the groups of a screen, in as many columns as the terminal has room for.

Invariant: a group stands whole in one column, and what does not fit on a line goes on below itself: nothing is cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, zip_longest

from textual import events
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.tui.frame.key_table import Groups, key_name
from prisma_tool.tui.frame.text_page import TextPage

_BETWEEN = "  "
_BETWEEN_COLUMNS = 4
_COLUMN = 48
"""So many cells a column has at least: less would break most explanations."""
_MOST_COLUMNS = 3
_Block = list[Content]
"""The lines of a group."""


class KeyHelp(TextPage):
    """Shows the keys of a screen; `keymap` holds those that the reviewer has changed, by binding id."""

    def __init__(self, groups: Groups, keymap: Mapping[str, str]) -> None:
        super().__init__("Keys", Content(""))
        self.groups, self.keymap = groups, keymap

    def on_resize(self, event: events.Resize) -> None:
        """Lay the keys out for the width that there is."""
        super().on_resize(event)
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        width = self.query_one(VerticalScroll).size.width - 1  # the bar beside a long text
        self.text = help_text(self.groups, self.keymap, width)
        self.query_one("#page-text", Static).update(self.text)


def help_text(groups: Groups, keymap: Mapping[str, str], width: int) -> Content:
    """All keys in their groups, down one column and on in the next; the fewest columns of those that make it as short as it can be."""
    most = max(1, min(_MOST_COLUMNS, len(groups), (width + _BETWEEN_COLUMNS) // (_COLUMN + _BETWEEN_COLUMNS)))
    layouts = [_in_columns(groups, keymap, width, n) for n in range(1, most + 1)]
    shortest = min(map(len, layouts))
    return Content("\n").join(next(lines for lines in layouts if len(lines) == shortest))


def _in_columns(groups: Groups, keymap: Mapping[str, str], width: int, n: int) -> _Block:
    """The lines of the groups in so many columns of one width, the groups cut into runs where the longest column is shortest."""
    room = (width - _BETWEEN_COLUMNS * (n - 1)) // n
    blocks = [_block(heading, bindings, keymap, room) for heading, bindings in groups]
    cuts = ((0, *inner, len(blocks)) for inner in combinations(range(1, len(blocks)), n - 1))
    columns = min(([_column(blocks[a:b]) for a, b in pairwise(cut)] for cut in cuts), key=lambda one: max(map(len, one)))
    lines = zip_longest(*columns, fillvalue=Content(""))
    return [_side_by_side(line, room) for line in lines]


def _column(blocks: Sequence[_Block]) -> _Block:
    return [line for block in blocks for line in (*block, Content(""))][:-1]


def _side_by_side(parts: Sequence[Content], room: int) -> Content:
    *left, last = parts
    padded = [part.pad_right(room - part.cell_length + _BETWEEN_COLUMNS) for part in left]
    return Content("").join([*padded, last])


def _block(heading: str, bindings: Sequence[Binding], keymap: Mapping[str, str], room: int) -> _Block:
    named = [key_name(one, keymap) for one in bindings]
    width = max(map(len, named), default=0)
    lines = [line for name, one in zip(named, bindings, strict=True) for line in _lines(name.ljust(width), one, room)]
    return [Content.styled(heading, "bold"), *lines]


def _lines(name: str, binding: Binding, room: int) -> _Block:
    head = f"{_BETWEEN}{name}{_BETWEEN}"
    first, *others = Content(binding.tooltip or binding.description).wrap(max(1, room - len(head)))
    return [Content(head) + first, *(Content(" " * len(head)) + line for line in others)]
