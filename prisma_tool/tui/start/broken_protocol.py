"""What one sees where a review.toml cannot be used and its review therefore not be opened: the line that is wrong, and how to go on."""

from __future__ import annotations

import os
from pathlib import Path

from prisma_tool.errors import PrismaError
from prisma_tool.review.protocol.file import protocol_text
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.user_settings import USUAL, Settings
from prisma_tool.tui.external_editor import edit, editor_command
from prisma_tool.tui.protocol.error_dialog import NextAct, ProtocolErrorScreen
from prisma_tool.tui.start.start_app import ThemedApp
from prisma_tool.tui.words.refusal_words import refusal

_CONSEQUENCE = "The review opens as soon as this is mended; nothing in it was changed."


def broken_protocol(folder: Path) -> tuple[str, str] | None:
    """Why review.toml cannot be used, and its text as far as it can be read; None where nothing is wrong with it."""
    text = ""
    try:
        text = protocol_text(folder)
        parse_protocol(text, str(folder / FILE_NAME))
    except PrismaError as error:
        return error.message, text
    return None


class BrokenProtocolApp(ThemedApp):
    """Shows why; `tries_again` is true where the person wants the review to be opened once more."""

    def __init__(self, folder: Path, sentence: str, text: str, settings: Settings = USUAL) -> None:
        super().__init__(settings)
        self.folder, self.sentence, self.text = folder, sentence, text
        self.tries_again = False

    def on_mount(self) -> None:
        """Show what is wrong."""
        self._show()

    def _show(self) -> None:
        self.push_screen(ProtocolErrorScreen(self.sentence, self.text, _CONSEQUENCE), self._take_answer)

    def _take_answer(self, what: NextAct | None) -> None:
        try:
            if what is NextAct.EDIT:
                edit(self, editor_command(os.environ), self.folder / FILE_NAME)
        except PrismaError as error:
            self.notify(refusal(error), severity="error", markup=False)
            self._show()
            return
        self.tries_again = what is not None
        self.exit()
