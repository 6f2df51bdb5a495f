"""fulltext/inbox from the screen: seen when something is put there, attached once the reviewer has agreed.

Invariants: nothing is attached without a key pressed after its ground was shown; a file is looked at only once it has stopped growing; what
waits there is said once, not at every look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.content import Content

from prisma_tool.errors import PrismaError
from prisma_tool.fulltext.inbox import (
    ChosenFile,
    InboxContents,
    InboxFile,
    attach,
    chosen_for_certain,
    look_through,
    waiting_files,
)
from prisma_tool.fulltext.links import system_viewer
from prisma_tool.model.text import counted, one_line
from prisma_tool.store.records import records
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.screening.workbench.text_commands import TextCommands
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.words.refusal_words import refusal

_SECONDS = 2.0
_NOT_ATTACHED = "Nothing was attached"
_MOST = 6
"""Reports among which one is asked to choose."""
Waiting = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Question:
    """Whether the files that lie there are to be looked at, and shown whatever they are."""

    shows: bool


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a look at the folder brought; `contents` is None where nothing new has come to rest there."""

    waiting: Waiting
    contents: InboxContents | None
    titles: dict[str, str]


class InboxCommands(CommandGroup):
    """Follows the inbox and attaches what lies there."""

    NAME = "inbox"

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__(screen)
        self._seen: Waiting = ()
        self._last: Waiting = ()
        self._asker = BackgroundQuery[_Question, _Looked](screen, self._look, self._looked, self._failed)

    def mounted(self) -> None:
        """Begin to follow the folder."""
        if not self.session.review.only_read:
            self.screen.set_interval(_SECONDS, self.watch)

    def watch(self) -> None:
        """See whether something was put there."""
        if self.screen.is_current and not self._asker.is_busy:
            self._asker.ask(_Question(shows=False))

    def show(self) -> None:
        """Look through the folder and show what there is."""
        self.screen.show_message("looking through fulltext/inbox ...")
        self._asker.ask(_Question(shows=True))

    def _look(self, question: _Question, _: Callable[[], bool]) -> _Looked:
        review, waiting = self.session.review, waiting_files(self.session.review)
        has_come = waiting != self._seen and waiting == self._last and waiting != ()
        if not (question.shows or has_come):
            return _Looked(waiting, None, {})
        text = self.screen.commands[TextCommands.NAME]
        assert isinstance(text, TextCommands)
        contents = look_through(review, text.loader.reader)
        keys = {one.key for file in contents.unsure for one in file.candidates[:_MOST]}
        with review.store.read() as transaction:
            titles = {key: one_line(stored.citation.title) for key, stored in records.records_by_key(transaction, keys).items()}
        return _Looked(waiting, contents, titles)

    def _looked(self, question: _Question, looked: _Looked) -> None:
        self._last = looked.waiting
        if looked.contents is None:
            return
        self._seen = looked.waiting
        if question.shows:
            self._offer(looked.contents, looked.titles)
        else:
            self.screen.show_message(inbox_words(looked.contents))

    def _failed(self, error: PrismaError) -> None:
        self._seen = self._last
        self.screen.show_error("The inbox could not be looked through", error)

    def _offer(self, contents: InboxContents, titles: dict[str, str]) -> None:
        self.screen.show_message("")
        n = len(contents.certain)
        if n:
            consequence = f"attaches the {counted(n, 'certain file')}"
        else:
            consequence = "goes on to those that are unsure" if contents.unsure else "closes this"
        dialog = ConfirmDialog("fulltext/inbox", inbox_text(contents), consequence)
        self.screen.app.push_screen(dialog, lambda yes: self._agreed(contents, titles, yes=bool(yes)))

    def _agreed(self, contents: InboxContents, titles: dict[str, str], *, yes: bool) -> None:
        if not yes:
            return
        chosen = chosen_for_certain(contents)
        if chosen and not self.screen.run_command(_NOT_ATTACHED, lambda: self._attached(chosen)):
            # No further question comes over the reason.
            return
        self._ask_about(list(contents.unsure), titles)

    def _attached(self, chosen: list[ChosenFile]) -> str:
        attach(self.session.review, chosen, self.session.reviewer)
        self.session.refresh()
        return f"{counted(len(chosen), 'file')} of fulltext/inbox attached, stored"

    def _ask_about(self, files: list[InboxFile], titles: dict[str, str]) -> None:
        """Ask about one file after the other that may belong to a report."""
        if not files:
            return
        file, *others = files
        candidates = file.candidates[:_MOST]
        labels = [one_line(f"{titles.get(one.key, '')} ({one.key})") for one in candidates]
        heading = one_line(f"{file.name}: {file.words}. Attach it to")

        def answered(place: int | None) -> None:
            if place is None:
                return
            if place == len(candidates):
                self._open(file)
                self._ask_about(files, titles)
                return
            if place > len(candidates) or self.screen.run_command(
                _NOT_ATTACHED, lambda: self._attached([ChosenFile(file, candidates[place].key)])
            ):
                self._ask_about(others, titles)

        self.screen.app.push_screen(ChoiceDialog(heading, [*labels, "Look at the file first", "Leave it in the inbox"]), answered)

    def _open(self, file: InboxFile) -> None:
        try:
            system_viewer(str(self.session.review.folder / "fulltext" / "inbox" / file.name))
        except PrismaError as error:
            self.screen.show_message(refusal(error))


def inbox_words(contents: InboxContents) -> str:
    """What lies there in a few words: `+ shows 3 files in the inbox, 2 certain`."""
    n = len(contents.certain) + len(contents.unsure) + len(contents.foreign)
    return f"+ shows {counted(n, 'file')} in the inbox, {len(contents.certain)} certain"


def inbox_text(contents: InboxContents) -> Content:
    """What lies there: what is certain with its ground, what is asked about, and what stays with why."""
    lines = [_line(one.candidates[0].key, "bold", one) for one in contents.certain]
    lines += [_line("unsure", "italic", one) for one in contents.unsure]
    lines += [_line("stays", "dim", one) for one in contents.foreign]
    lacking = "report still wants" if contents.lacking == 1 else "reports still want"
    rest = f"{contents.lacking} {lacking} a file."
    return Content("\n").join([*lines, Content.styled(f"Then {rest}" if lines else f"Nothing lies there. {rest}", "dim")])


def _line(head: str, style: str, file: InboxFile) -> Content:
    return Content.assemble((f"{one_line(head)}  ", style), one_line(file.name), (f"  {one_line(file.words)}", "dim"))
