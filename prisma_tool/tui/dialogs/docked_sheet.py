"""A question that stands below what it is about: the screen behind it gives up the lines that the question takes.

Invariant: nothing of the screen behind is covered while the question is asked, but its line of keys, which do nothing meanwhile.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar, TypeVar

from textual.screen import ModalScreen, Screen
from textual.widget import Widget

Answer = TypeVar("Answer")
_KEYS = 1
"""Lines of keys, which may be covered."""


class DockedSheet(ModalScreen[Answer]):
    """Shows its widget of the class `sheet` at the bottom."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "docked_sheet.tcss"
    _behind: Screen[object] | None = None

    def on_mount(self) -> None:
        """Make room as soon as it is known how much."""
        self._behind = self.app.screen_stack[-2]
        self.call_after_refresh(self.make_room)

    def on_resize(self) -> None:
        """The same lines may need more or less room."""
        self.call_after_refresh(self.make_room)

    def on_unmount(self) -> None:
        """Give the room back."""
        self._shorten(0)

    def make_room(self) -> None:
        """Shorten what stands behind by the lines of the sheet."""
        if self.is_mounted:
            self._shorten(max(0, self.query_one(".sheet", Widget).outer_size.height - _KEYS))

    def _shorten(self, lines: int) -> None:
        if self._behind is not None:
            self._behind.styles.padding = (0, 0, lines, 0)
