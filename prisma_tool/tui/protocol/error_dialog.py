"""Telling that review.toml cannot be used as it stands."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.error_place import FileLine, lines_around
from prisma_tool.tui.words.hint import Hint

_GOES_ON = "Here the protocol from before stays in force. The application does not open again until this is mended."
_NO_TOML = "is not valid TOML"
_HOW_TOML_IS_WRITTEN = (
    "A line is name = value: a text in quotation marks, a list in [brackets] with commas between, yes and no as true and false. "
    "A line [name] begins a table."
)


class NextAct(StrEnum):
    """What is to be done about it."""

    EDIT = "edit"
    READ = "read"


class ProtocolErrorScreen(ModalScreen[NextAct | None]):
    """Shows the line that is meant, where one can be told; answers what the reviewer wants to do."""

    CSS_PATH = "error_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "do('edit')", "Edit again", id="protocol-wrong.edit"),
        Binding("r", "do('read')", "Read anew", id="protocol-wrong.read"),
        Binding("escape,q,enter", "dismiss(None)", "Leave it", id="protocol-wrong.leave"),
    ]

    def __init__(self, sentence: str, text: str = "", consequence: str = _GOES_ON) -> None:
        super().__init__()
        self.sentence, self.consequence, self.lines = sentence, consequence, lines_around(text, sentence)

    def compose(self) -> ComposeResult:
        """What is wrong, what that means, and what one can do."""
        with Vertical(classes="box"):
            yield Static(Content.styled("review.toml cannot be used as it stands", "bold"))
            yield Static(Content(one_line(self.sentence)), classes="said")
            if self.lines:
                yield Static(Content("\n").join(map(_line, self.lines)), classes="said lines")
            if _NO_TOML in self.sentence:
                yield Static(Content(_HOW_TOML_IS_WRITTEN), classes="said")
            yield Static(Content(self.consequence), classes="said")
            yield Hint("e edits it again · r reads it anew · Esc leaves it for now")

    def action_do(self, what: str) -> None:
        """Answer what is wanted."""
        self.dismiss(NextAct(what))


def _line(line: FileLine) -> Content:
    style = "bold $text-error" if line.is_wrong else "dim"
    return Content.styled(f"{'▸' if line.is_wrong else ' '} {line.number:>4}  {one_line(line.text)}", style)
