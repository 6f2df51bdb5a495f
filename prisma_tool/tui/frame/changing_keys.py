"""Which keys change the review: where nothing can be changed, they say so and do nothing.

A key that is missing here does no harm: the store refuses whatever would be stored. It only says so later.
"""

from __future__ import annotations

from typing import Any

from textual.actions import parse

from prisma_tool.tui.frame.key_table import Groups

REFUSED = "nothing can be changed here: this review may only be read"
_OF_PLACES = {
    "activity": "undo",
    "conflicts": "include exclude accept ongoing awaiting note undo",
    "flow": "close",
    "home": "import back-up",
    "duplicates": "same different compare undo",
    "protocol": "edit change reload",
    "record": "edit labels fetch add cite",
    "screening": (
        "include exclude exclude-for-reason maybe captured no-results answer in-order duplicate undo undo-several acknowledge note order "
        "ongoing awaiting retrieval find-text inbox stop"
    ),
    "search": "run run-all stop check import",
    "studies": "link undo unlink cite",
    "warning": "acknowledge",
}
CHANGING = frozenset(f"{place}.{name}" for place, names in _OF_PLACES.items() for name in names.split())
"""The ids of the bindings whose keys change the review, its files, or its protocol."""


def changing_actions(groups: Groups) -> frozenset[tuple[str, tuple[Any, ...]]]:
    """Name and parameters of the actions that change the review, of all that these keys run."""
    return frozenset(named_action(one.action) for _, bindings in groups for one in bindings if one.id in CHANGING)


def named_action(action: str) -> tuple[str, tuple[Any, ...]]:
    """An action's name and parameters, whatever it is done on."""
    _, name, parameters = parse(action)
    return name, parameters
