"""The keys of the screen in its last line.

Invariant: a footer holds the keys that it shows and none that it showed before, however often its screen is left and come back to.
"""

from __future__ import annotations

from textual.widgets import Footer


class KeyFooter(Footer):
    """Textual's footer, compact and without the key of the palette."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    async def recompose(self) -> None:
        """Show the keys of now in place of those that were shown."""
        await super().recompose()
        # Each key watches whether its footer is compact, and Textual keeps that watcher, and by it the key, until the value is next
        # set. Setting what is set already lets those go that are no longer shown.
        self.mutate_reactive(Footer.compact)
