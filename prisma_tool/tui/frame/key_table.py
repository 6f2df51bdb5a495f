"""Keys in groups, as every place and page of the application declares them: bindings, footer, help and palette come from one table.

Invariant: what the help says of a key is what its binding says.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding, BindingType
from textual.content import Content

Groups = tuple[tuple[str, tuple[Binding, ...]], ...]

KEY_NAMES = {
    "question_mark": "?",
    "right": "→",
    "left": "←",
    "down": "↓",
    "up": "↑",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "Esc",
    "colon": ":",
    "slash": "/",
    "semicolon": ";",
    "full_stop": ".",
    "exclamation_mark": "!",
    "greater_than_sign": ">",
    "asterisk": "*",
    "plus": "+",
    "equals_sign": "=",
    "number_sign": "#",
    "delete": "Del",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "enter": "Enter",
    "backspace": "Backspace",
}
_BETWEEN = "  "


def help_text(groups: Groups, keymap: Mapping[str, str]) -> Content:
    """All keys of a screen, in their groups; `keymap` holds the keys that the reviewer has changed, by binding id."""
    width = max((len(_named(one, keymap)) for _, bindings in groups for one in bindings), default=0)
    parts = [
        Content("\n").join([Content.styled(heading, "bold"), *(_line(one, keymap, width) for one in bindings)])
        for heading, bindings in groups
    ]
    return Content("\n\n").join(parts)


def _line(binding: Binding, keymap: Mapping[str, str], width: int) -> Content:
    named = f"{_named(binding, keymap):<{width}}"
    return Content(f"{_BETWEEN}{named}{_BETWEEN}{binding.tooltip or binding.description}")


def _named(binding: Binding, keymap: Mapping[str, str]) -> str:
    keys = keymap.get(binding.id or "", binding.key)
    return " or ".join(KEY_NAMES.get(key, key) for key in keys.split(","))


def bindings_of(groups: Groups) -> list[BindingType]:
    """The same keys as a screen declares them."""
    return [binding for _, group in groups for binding in group]
