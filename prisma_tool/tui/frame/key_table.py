"""Keys in groups, as every place and page of the application declares them: bindings, footer, help and palette come from one table.

Invariant: what the help says of a key is what its binding says.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding, BindingType

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


def key_name(binding: Binding, keymap: Mapping[str, str]) -> str:
    """The keys of a binding as they are called; `keymap` holds those that the reviewer has changed, by binding id."""
    keys = keymap.get(binding.id or "", binding.key)
    return " or ".join(KEY_NAMES.get(key, key) for key in keys.split(","))


def bindings_of(groups: Groups) -> list[BindingType]:
    """The same keys as a screen declares them."""
    return [binding for _, group in groups for binding in group]
