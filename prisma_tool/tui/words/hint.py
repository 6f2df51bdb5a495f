"""The line of a dialog that names its keys: a click on what a key does presses the key."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.visual import VisualType
from textual.widgets import Static

PRESS = "press"
"""Under which the style of a text holds the key that a click on it presses."""
_BETWEEN = " · "
_KEYS = {
    "Enter": "enter",
    "Esc": "escape",
    "Tab": "tab",
    "Ctrl+S": "ctrl+s",
    "Space": "space",
    "Backspace": "backspace",
    "Del": "delete",
    "PgUp": "pageup",
    "PgDn": "pagedown",
}
_LETTERS = frozenset("enruy")
"""The single letters that begin a part of a hint; "a" begins words such as "a number"."""


class Hint(Static):
    """Parts that are told apart by a dot, most of which begin with a key."""

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(hint_text(text), id=id, classes="hint")

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another hint."""
        super().update(hint_text(content) if isinstance(content, str) else content, layout=layout)


def hint_text(text: str) -> Content:
    """A hint, each part with the key that it begins with."""
    return Content(_BETWEEN).join([_part(part) for part in text.split(_BETWEEN)])


def _part(part: str) -> Content:
    key = key_of(part)
    return Content.styled(part, Style.from_meta({PRESS: key})) if key else Content(part)


def key_of(part: str) -> str:
    """The key that a part of a hint begins with; empty where it begins with none."""
    first = part.split(" ", 1)[0]
    return first if first in _LETTERS and first != part else _KEYS.get(first, "")
