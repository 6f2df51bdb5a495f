"""Something that takes a while: how far it is, and stopping it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from prisma_tool.tui.words.hint import Hint


class WorkingDialog(ModalScreen[None]):
    """Shows how far the work is until whoever does it dismisses this; Escape asks it to stop."""

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "stop", "Stop", id="working.stop")]

    def __init__(self, heading: str, stop: Callable[[], object]) -> None:
        super().__init__()
        self.heading, self._stop = heading, stop

    def compose(self) -> ComposeResult:
        """What is being done, how far it is, and how to stop it."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.heading, "bold"))
            yield Static("beginning ...", markup=False, id="so-far")
            yield Hint("Esc stops it; what has arrived is kept")

    def show(self, words: str) -> None:
        """Show how far it is."""
        self.query_one("#so-far", Static).update(Content(words))

    def action_stop(self) -> None:
        """Ask the work to stop."""
        self.show("stopping ...")
        self._stop()
