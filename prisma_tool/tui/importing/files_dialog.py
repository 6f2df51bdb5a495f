"""Choosing files: a path to type or complete, recent files, and the folder to walk through.

Invariant: the files that are answered were marked or typed by the reviewer; nothing is opened here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePath
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import counted, one_line
from prisma_tool.tui.dialogs.folder_files import (
    RECORD_SUFFIXES,
    FolderEntry,
    beginning_with,
    completed,
    dropped_files,
    folder_entries,
    recent_files,
)
from prisma_tool.tui.dialogs.typed_paths import TAKES_PATHS, path_typed
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.words.hint import Hint
from prisma_tool.tui.words.refusal_words import refusal

_HINT = "Tab completes · ↓ to the list · Space marks several · Enter opens a folder or takes what is marked · Esc takes nothing"
_NAME = 24
"""Cells of a file's name, so that sizes stand below each other."""
_UNITS = ((1 << 20, "MB"), (1 << 10, "kB"))


class FilesDialog(ModalScreen[tuple[Path, ...] | None]):
    """Answers with files, or None when cancelled; begins in `folder`, with the newest files of `recent` above.

    `shown` is the folder whose files are listed below the recent ones: the one a path leads to while it is typed. `heading` is the question; `likely` are the suffixes of the files that are meant, the others are dim.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["files_dialog.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="files.cancel"),
        Binding("tab", "complete", "Complete", id="files.complete", priority=True),
    ]

    def __init__(
        self,
        folder: Path,
        recent: Sequence[Path] = (),
        heading: str = "Import which files?",
        likely: frozenset[str] = RECORD_SUFFIXES,
    ) -> None:
        super().__init__()
        self.folder = self.shown = folder
        self.recent = recent_files(recent, likely)
        self.heading, self.likely = heading, likely
        self.entries: list[FolderEntry] = []
        self.listed: list[FolderEntry] = []
        self.marked: dict[Path, None] = {}

    def compose(self) -> ComposeResult:
        """The question, a line for a path, the files, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled(self.heading, "bold"))
            hint = "a path, files dropped here, or the list below"
            yield Input(placeholder=hint, compact=True, select_on_focus=False, classes=TAKES_PATHS)
            yield Static(id="where")
            yield OptionList()
            yield Hint(_HINT, id="hint")

    def on_mount(self) -> None:
        """Show the folder."""
        self._walk_to(self.folder)
        self.query_one(Input).focus()

    def _walk_to(self, folder: Path) -> None:
        try:
            entries = folder_entries(folder)
        except PrismaError as error:
            self._tell(refusal(error))
            return
        self.folder = self.shown = folder
        above = [FolderEntry(folder.parent, is_folder=True)] if folder.parent != folder else []
        elsewhere = [one for one in self.recent if one.path.parent != folder]
        self.entries = self.listed = [*elsewhere, *above, *entries]
        self._paint(0)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        """Show what the path may become that is being typed, and the folder again where nothing is."""
        typed = event.value.strip()
        self.entries = beginning_with(typed, self.folder) if typed else self.listed
        self.shown = self.entries[0].path.parent.resolve() if typed and self.entries else self.folder
        self._paint(0)

    def _paint(self, highlighted: int) -> None:
        files = self.query_one(OptionList)
        files.clear_options()
        files.add_options(Option(self._line(entry)) for entry in self.entries)
        files.highlighted = highlighted if self.entries else None
        marked = f"{counted(len(self.marked), 'file')} marked · " if self.marked else ""
        self.query_one("#where", Static).update(Content.styled(f"{marked}folder {one_line(str(self.shown))}", QUIET))

    def _line(self, entry: FolderEntry) -> Content:
        mark = "[x] " if entry.path in self.marked else "    " if entry.is_folder else "[ ] "
        if entry.is_folder:
            return Content.assemble(mark, (".." if entry.path == self.folder.parent else f"{one_line(entry.path.name)}/", "bold"))
        changed = datetime.fromtimestamp(entry.changed).astimezone()
        elsewhere = "" if entry.path.parent == self.folder else f", in {one_line(str(entry.path.parent))}"
        recent = f"  recent{elsewhere}" if entry in self.recent else ""
        name = one_line(entry.path.name)
        # A long name may push its own size aside, and no other's.
        about = f"{' ' * (_NAME - cell_len(name))}  {_size(entry.size):>8}  {changed:%Y-%m-%d}{recent}"
        return Content.assemble(mark, (name, "" if entry.is_one_of(self.likely) else QUIET), (about, QUIET))

    def _marked_entry(self) -> tuple[int, FolderEntry] | None:
        place = self.query_one(OptionList).highlighted
        return None if place is None else (place, self.entries[place])

    def on_key(self, event: events.Key) -> None:
        """The arrow that leaves the line of the path, and Space in the list."""
        files = self.query_one(OptionList)
        if event.key == "down" and self.query_one(Input).has_focus:
            event.stop()
            files.focus()
        elif event.key == "space" and files.has_focus:
            event.stop()
            self._mark()

    def _mark(self) -> None:
        at = self._marked_entry()
        if at is not None and not at[1].is_folder:
            if at[1].path in self.marked:
                del self.marked[at[1].path]
            else:
                self.marked[at[1].path] = None
            self._paint(at[0])

    def action_complete(self) -> None:
        """Complete what was typed of a path, and show its folder."""
        line = self.query_one(Input)
        line.focus()
        line.value = completed(line.value, self.folder)
        line.cursor_position = len(line.value)

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        entry = self.entries[event.option_index]
        if entry.is_folder:
            self._walk_to(entry.path)
        else:
            self.dismiss(tuple(self.marked) or (entry.path,))

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        if not typed:
            self.query_one(OptionList).focus()
            return
        try:
            path = path_typed(typed, self.folder)
        except PrismaError as error:
            self._tell(refusal(error))
            return
        if dropped := dropped_files(typed, self.folder):
            self.dismiss(tuple(dict.fromkeys((*self.marked, *dropped))))
        elif path.is_dir():
            event.input.value = ""
            self._walk_to(path.resolve())
        elif path.is_file():
            self.dismiss(tuple(dict.fromkeys((*self.marked, path))))
        else:
            self._tell(f"There is no file {path}. Tab completes the name.")

    def _tell(self, message: str) -> None:
        self.query_one("#hint", Static).update(Content.styled(one_line(message), "bold $text-warning"))


def _size(size: int) -> str:
    return next((f"{size / unit:.1f} {name}" for unit, name in _UNITS if size >= unit), f"{size} bytes")
