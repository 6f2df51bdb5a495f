"""From the question which files to what came of each: the steps between the dialogs.

Invariant: one file after the other; leaving one, or failing at one, holds up no other, and the end says what became of all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from textual.content import Content

from prisma_tool.errors import PrismaError
from prisma_tool.identify.files.import_file import FileReport
from prisma_tool.model.text import one_line
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.importing.files_dialog import FilesDialog
from prisma_tool.tui.importing.preview_dialog import LABELS, PreviewDialog
from prisma_tool.tui.importing.preview_text import votes_lines
from prisma_tool.tui.sessions.import_session import ImportSession, Looked, Origin
from prisma_tool.tui.uploaded_files import UPLOADS
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.words.refusal_words import refusal

_MORE = "\n  "
_LARGE = 1_000_000
"""Bytes of a file of which reading may take a second."""
_JOINING = "3, then R, joins duplicates"
"""What came of a file in more than a line stands on a page: a notice goes before it is read."""


class Importing:
    """Imports files for a place; `over` is called when all were dealt with, with what came of a single one."""

    def __init__(self, place: PlaceScreen, over: Callable[[str], None]) -> None:
        self.place, self.over = place, over
        self._looking = BackgroundQuery[tuple[Path, Origin], Looked](place, self._look, self._looked, self._look_failed)
        self._bringing = BackgroundQuery[Looked, FileReport](place, self._bring, self._brought, self._failed)
        self._files: list[Path] = []
        self._n = 0
        self._outcomes: list[str] = []
        self._brought_new = False
        self._asked: tuple[Path, Origin] | None = None
        """What is looked at once more, as somebody said it."""

    def begin(self, search: str = "") -> None:
        """Ask which files; `search` is the declared search that found them."""
        folder = self.place.workspace.review.folder
        recent = [folder / UPLOADS, Path.home() / "Downloads", Path.cwd(), folder.parent]
        self.place.app.push_screen(FilesDialog(Path.cwd(), recent), lambda files: self.take(files or (), search))

    def take(self, files: Sequence[Path], search: str = "") -> None:
        """Show these files one after the other, and import those that are agreed to; what is under way already goes on before them."""
        if self._files:
            self._files += files
            self._n += len(files)
        elif files:
            self.session = ImportSession(self.place.workspace.review, search, self.place.workspace.reviewer)
            self._files, self._n, self._outcomes, self._brought_new = list(files), len(files), [], False
            self._next()

    def _next(self) -> None:
        if self._files:
            self._asked = None
            self._tell_of_a_large_file()
            self._looking.ask((self._files[0], Origin()))
        elif len(self._outcomes) > 1 or _MORE in self._outcomes[0]:
            next_step = ["", f"Next: {_JOINING}."] if self._brought_new else []
            self.place.app.push_screen(TextPage("Imported", Content("\n".join([*self._outcomes, *next_step]))))
            self.over("")
        else:
            self.over(f"{self._outcomes[0]}{f'; {_JOINING}' if self._brought_new else ''}")

    def _tell_of_a_large_file(self) -> None:
        """One that is not read in a moment."""
        with suppress(OSError):
            if self._files[0].stat().st_size > _LARGE:
                self.place.tell(f"reading {one_line(self._files[0].name)} ...")

    def _look(self, asked: tuple[Path, Origin], _: Callable[[], bool]) -> Looked:
        return self.session.look(*asked)

    def _look_failed(self, error: PrismaError) -> None:
        """What somebody said of the file cannot be: it stays, to be said otherwise. A file that cannot be read at all is left."""
        if self._asked is None:
            self._failed(error)
        else:
            self._looked(self._asked, Looked(*self._asked, problem=refusal(error, LABELS)))

    def _looked(self, _: tuple[Path, Origin], looked: Looked) -> None:
        position = f" · {self._n - len(self._files) + 1} of {self._n}" if self._n > 1 else ""
        dialog = PreviewDialog(looked, position, is_fixed=bool(self.session.search))
        self.place.app.push_screen(dialog, lambda origin: self._answered(looked, origin))

    def _answered(self, looked: Looked, origin: Origin | None) -> None:
        if origin is None:
            self._done(f"{one_line(looked.path.name)}: left, nothing stored")
        elif looked.report is None or origin != looked.origin:
            self._asked = (looked.path, origin)
            self._looking.ask(self._asked)
        else:
            self.place.tell(f"importing {one_line(looked.path.name)} ...")
            self._bringing.ask(looked)

    def _bring(self, looked: Looked, _: Callable[[], bool]) -> FileReport:
        return self.session.bring(looked)

    def _brought(self, looked: Looked, report: FileReport) -> None:
        self._brought_new |= bool(report.new)
        self._done(
            f"{one_line(looked.path.name)}: {report.new:,} new, {report.seen:,} seen before, {report.changed:,} changed, "
            f"{len(report.rejected):,} rejected"
            f"{''.join(f'{_MORE}{line}' for line in votes_lines(report)) if report.earlier_work else ''}"
        )

    def _failed(self, error: PrismaError) -> None:
        """Say it at once of a single file; of several, with what came of the others, so that no dialog lies over another."""
        name = one_line(self._files[0].name)
        if self._n == 1:
            self.place.show_error(f"{name} was not imported", error)
        self._done(f"{name}: not imported: {refusal(error)}")

    def _done(self, outcome: str) -> None:
        self._outcomes.append(outcome)
        del self._files[0]
        self._next()
