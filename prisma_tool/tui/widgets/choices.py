"""A list to choose one line from, by its key or by arrows and Enter.

Invariant: nothing is chosen before the reviewer has moved to it, so that Enter pressed too early does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase

from textual.content import Content
from textual.geometry import Size
from textual.widgets import OptionList
from textual.widgets.option_list import Option

KEYS = "123456789" + ascii_lowercase
"""The keys of the lines in their order; lines beyond them are reached with the arrows."""

KEYS_BESIDE_VERDICTS = "".join(key for key in KEYS if key not in "eim")
"""Those that are no verdict: a dialog that a verdict opens must not take the repeats of a key that is held down for an answer."""


class Choices(OptionList):
    """Shows each label after its key, one of `keys`."""

    def __init__(self, labels: Sequence[str], keys: str = KEYS) -> None:
        super().__init__(*(Option(_line(keys[place : place + 1], label)) for place, label in enumerate(labels)))
        self.keys = keys
        # Otherwise such a list begins at its first line.
        self.highlighted = None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """High enough for lines that a scrollbar beside them has made longer, so that none is needed where there is room."""
        return super().get_content_height(container, viewport, width - self.scrollbar_size_vertical)

    def place_of(self, character: str | None) -> int | None:
        """The place of the line that has this key; None where no line has it."""
        place = self.keys.find(character) if character else -1
        return place if 0 <= place < self.option_count else None


def _line(key: str, label: str) -> Content:
    return Content.assemble((f" {key or ' '} ", "bold reverse"), f"  {label}")
