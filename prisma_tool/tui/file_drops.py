"""Files that are dropped on the terminal, or on the page of `serve`: both write their paths as if somebody had pasted them.

Invariant: what is dropped on a place is offered there, and becomes part of no text; dialogs take paths as they take any text.
"""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.widgets import Input, TextArea

from prisma_tool.errors import PrismaError
from prisma_tool.plain_files import open_plain
from prisma_tool.tui.dialogs.folder_files import dropped_files
from prisma_tool.tui.frame.changing_keys import REFUSED
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.importing.preview_dialog import PreviewDialog
from prisma_tool.tui.terminal.repainting import Repainting
from prisma_tool.tui.uploaded_files import HEAD, is_document

_NOWHERE = Path(__file__)
"""In which no file lies: programs that drop files write whole paths, and a word that somebody pastes is none."""


_ANSWER_FIRST = "What is asked here comes first: then drop the files again, or i imports them"


class FileDrops(Repainting):
    """Hands dropped files to the place that is shown: records to be imported, documents to be attached."""

    async def on_event(self, event: events.Event) -> None:
        """Take files that are dropped, and all else as ever."""
        files = dropped_files(event.text, _NOWHERE) if isinstance(event, events.Paste) and not event.is_forwarded else ()
        if not (files and self._take_dropped(files)):
            await super().on_event(event)

    def _take_dropped(self, files: tuple[Path, ...]) -> bool:
        """Whether the files went to a place; a field of a dialog takes their paths."""
        place = self.screen_stack[0] if isinstance(self.screen, PreviewDialog) else self.screen
        if isinstance(place, PlaceScreen):
            _take(place, files)
        elif isinstance(self.focused, (Input, TextArea)):
            return False
        else:
            self.notify(_ANSWER_FIRST, markup=False)
        return True


def _take(place: PlaceScreen, files: tuple[Path, ...]) -> None:
    documents = tuple(file for file in files if _is_document(file))
    others = tuple(file for file in files if file not in documents)
    if place.workspace.review.only_read:
        place.tell(REFUSED)
    elif not others:
        place.take_documents(documents)
    else:
        if documents:
            PlaceScreen.take_documents(place, documents)
        place.take_files(others)


def _is_document(file: Path) -> bool:
    try:
        with open_plain(file) as stream:
            return is_document(file.name, stream.read(HEAD))
    except (OSError, PrismaError):
        return False
