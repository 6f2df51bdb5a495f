"""A text that is drawn for the width that it has.

Invariant: whenever the width changes, the first time that there is one included, the text is drawn anew, so none stands that was meant for another.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static


class FittedText(Static):
    """Draws what it is given, now and at every new width."""

    _draw: Callable[[int], Content] | None = None

    def show(self, draw: Callable[[int], Content]) -> None:
        """Show this; `draw` makes the text for a number of cells."""
        self._draw = draw
        self._redraw()

    def on_resize(self) -> None:
        """The width may be another."""
        self._redraw()

    def _redraw(self) -> None:
        width = self.content_size.width
        if self._draw is not None and width:
            self.update(self._draw(width))
