"""Files that are dropped on the terminal, or on the page of `serve`: both write their paths as if somebody had pasted them.

Invariant: what is dropped is offered at the place that is shown, or named in a field that asks for a path; it becomes part of no other text
where the way of writing shows that it is no text.
"""

from __future__ import annotations

from pathlib import Path

from textual import events

from prisma_tool.errors import PrismaError
from prisma_tool.plain_files import PDF_HEAD, is_document, open_plain
from prisma_tool.tui.dialogs.folder_files import dropped_files
from prisma_tool.tui.dialogs.typed_paths import TAKES_PATHS
from prisma_tool.tui.frame.changing_keys import REFUSED
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.terminal.repainting import Repainting
from prisma_tool.tui.widgets.seen_first import SeenFirst

_NOWHERE = Path(__file__) / "nowhere"
"""In which no file lies, and which is none: programs that drop files write whole paths, and a word that somebody pastes is none."""


_ADDRESS = "file://"
"""What is pasted so is a dropped file and no text that somebody copied."""
_ANSWER_FIRST = "What is asked here comes first: then drop the files again, or + takes them"


class FileDrops(Repainting):
    """Hands dropped files to the place that is shown: records to be imported, documents to be attached."""

    async def on_event(self, event: events.Event) -> None:
        """Take files that are dropped, and all else as ever."""
        if isinstance(event, events.Paste) and not event.is_forwarded:
            files = dropped_files(event.text, _NOWHERE)
            if files and self._take_dropped(event.text, files):
                return
            if len(files) == 1 and self._takes_paths():
                event = events.Paste(str(files[0]))
        await super().on_event(event)

    def _take_dropped(self, text: str, files: tuple[Path, ...]) -> bool:
        """Whether no field is to write down what files are called."""
        dialog = self.screen
        place = self.screen_stack[0] if isinstance(dialog, SeenFirst) and dialog.LETS_FILES_THROUGH else dialog
        if isinstance(place, PlaceScreen):
            _take(place, files)
        elif self._takes_paths() or not text.startswith(_ADDRESS):
            return False
        else:
            self.notify(_ANSWER_FIRST, markup=False)
        return True

    def _takes_paths(self) -> bool:
        return self.focused is not None and self.focused.has_class(TAKES_PATHS)


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
            return is_document(file.name, stream.read(PDF_HEAD))
    except (OSError, PrismaError):
        return False
