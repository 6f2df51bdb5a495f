"""Telling that review.toml cannot be used as it stands."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from prisma_tool.model.text import one_line


class ProtocolErrorScreen(ModalScreen[bool]):
    """Answers whether the reviewer wants to edit it again."""

    CSS_PATH = "error_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "dismiss(True)", "Edit again", id="protocol-wrong.edit"),
        Binding("escape,q,enter", "dismiss(False)", "Leave it", id="protocol-wrong.leave"),
    ]

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence

    def compose(self) -> ComposeResult:
        """What is wrong, what that means, and what one can do."""
        with Vertical(classes="box"):
            yield Static(Content.styled("review.toml cannot be used as it stands", "bold"))
            yield Static(Content(one_line(self.sentence)), classes="said")
            yield Static(
                Content(
                    "Here the protocol from before stays in force. The application does not open again until this is mended."
                ),
                classes="said",
            )
            yield Static("e edits it again · Esc leaves it for now", markup=False, classes="hint")
