"""Asking under which name something is to be written.

Invariant: the name of a file that exists is answered only after the reviewer was told so and has pressed Enter once more.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from prisma_tool.errors import UsageError
from prisma_tool.figure.write import RENDERERS
from prisma_tool.model.text import one_line
from prisma_tool.tui.dialogs.typed_paths import path_typed
from prisma_tool.tui.words.hint import Hint
from prisma_tool.tui.words.refusal_words import refusal


class FileNameDialog(ModalScreen[Path | None]):
    """Answers with a path, or None when cancelled. Names without a folder belong into `folder`."""

    CSS_PATH = "file_name.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="file-name.cancel")]

    def __init__(
        self, folder: Path, what: str = "the figure", proposal: str = "prisma.svg", suffixes: Collection[str] = tuple(RENDERERS)
    ) -> None:
        super().__init__()
        self.folder, self.what, self.proposal, self.suffixes = folder, what, proposal, suffixes
        self._to_replace: Path | None = None

    def compose(self) -> ComposeResult:
        """The question, what may be answered, and a line to write in."""
        suffixes = " ".join(suffix.removeprefix(".") for suffix in self.suffixes)
        with Vertical(classes="box"):
            yield Static(Content.styled(f"Write {self.what} to a file", "bold"))
            yield Input(value=self.proposal, compact=True, select_on_focus=True)
            yield Static(Content(f"Its suffix says how: {suffixes}\nFolder: {one_line(str(self.folder))}"), id="how")
            yield Hint("Enter writes it · Esc writes nothing", id="hint")

    @on(Input.Changed)
    def _another_name(self) -> None:
        self._to_replace = None

    @on(Input.Submitted)
    def _answer(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        if not typed:
            return
        try:
            path = path_typed(typed, self.folder)
        except UsageError as error:
            self._tell(refusal(error))
            return
        if path.suffix.lower() not in self.suffixes:
            self._tell(f"Nothing is written as '{one_line(path.suffix) or one_line(typed)}': choose one of the suffixes above.")
        elif self._exists(path) and path != self._to_replace:
            self._to_replace = path
            self._tell(f"{one_line(typed)} exists already. Enter once more replaces it; another name leaves it as it is.")
        else:
            self.dismiss(path)

    @staticmethod
    def _exists(path: Path) -> bool:
        try:
            return path.exists()
        except OSError:
            # Writing will say what is wrong with the name.
            return False

    def _tell(self, message: str) -> None:
        self.query_one("#hint", Static).update(Content.styled(message, "bold $text-warning"))
