"""The text of the report on the screen: read beside the interface, shown in place of the record, and looked through.

Invariants: a text is shown for the report that is on the screen or not at all; what was typed before a text came does not decide on what it
shows; where one was in a text is where one is when one comes back.
"""

from __future__ import annotations

from collections.abc import Callable

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.find_commands import FindCommands
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.screening.workbench.document_page import DocumentPage, document_page
from prisma_tool.tui.screening.workbench.document_pane import DocumentPane
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen
from prisma_tool.tui.sessions.texts.loaded_text import TextLoader
from prisma_tool.tui.sessions.texts.reading_positions import ReadingPositions
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.words.refusal_words import refusal

SHOWN = "-text"
"""The class of a screen that shows the text and not the record."""
_NONE = "no text to read: p attaches a PDF, F looks for one, + takes what lies in fulltext/inbox"
_READING = "reading the text ..."


class TextCommands(CommandGroup):
    """Shows the text of a report, or its record."""

    NAME = "text"

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__(screen)
        self.loader = TextLoader(self.session.review)
        self.positions = ReadingPositions(self.session.review.cache, self.session.reviewer)
        self.wants_text = True
        """Whether the reviewer reads texts; the record is shown where there is none."""
        self.page: DocumentPage | None = None
        self._report: ReportOnScreen | None = None
        self._problem = ""
        self._place = 0
        self._asker = BackgroundQuery[ReportOnScreen, DocumentPage | None](screen, self._load, self._loaded, self._failed)

    @property
    def _pane(self) -> DocumentPane:
        return self.screen.query_one(DocumentPane)

    @property
    def is_shown(self) -> bool:
        """Whether the text is on the screen."""
        return self.screen.has_class(SHOWN)

    def painted(self) -> None:
        """Have the text of the report read, unless it is there."""
        report = self.report
        if report is not None and self._report is not None and _is_same(report, self._report):
            self._report = report
            self._show()
            return
        self._leave()
        self._report, self.page, self._problem = report, None, ""
        self._show()
        if report is not None:
            self._asker.ask(report)

    def _load(self, report: ReportOnScreen, _: Callable[[], bool]) -> DocumentPage | None:
        loaded = self.loader.load(report)
        if loaded is None:
            return None
        return document_page(loaded.identity, loaded.about, loaded.document, report, self.screen.terms)

    def _loaded(self, report: ReportOnScreen, page: DocumentPage | None) -> None:
        if self._report is None or not _is_same(report, self._report) or page is None:
            return
        self.page, self._place = page, self.positions.recall(page.identity)
        self._pane.show(page, page.body + self._place if self._place else 0)
        if not page.parts:
            self._problem = f"{page.problem}; v opens it"
            self._add_message(self._problem)
        elif self.wants_text:
            self._show()
            self.screen.guard.appeared(self.screen.application.clock())
        self.screen.show_progress()

    def _failed(self, error: PrismaError) -> None:
        self._add_message(refusal(error))

    def _add_message(self, words: str) -> None:
        self.screen.show_message(" · ".join(filter(None, (self.screen.message, words))))

    def _show(self) -> None:
        """Show the text where there is one and it is wanted, else the record."""
        self.screen.set_class(self.page is not None and self.wants_text and bool(self.page.parts), SHOWN)

    def _leave(self) -> None:
        """Remember where one was."""
        if self.page is not None and self.page.parts:
            self.positions.keep(self.page.identity, self._place)

    def moved(self, pane: DocumentPane) -> None:
        """Other lines of the text are in sight."""
        if self.page is not None and pane.page is self.page:
            self._place = max(0, pane.top - self.page.body)

    def swap(self) -> None:
        """Show the record in place of the text, or the text in place of the record."""
        if self.page is not None and self.page.parts:
            self.wants_text = not self.is_shown
            self._show()
            self.screen.commands[FindCommands.NAME].page_changed()
            self.screen.show_progress()
        elif self._asker.is_busy:
            self.screen.show_message(_READING)
        elif self.report is not None:
            self.screen.show_message(self._problem or _NONE)

    def close(self) -> None:
        """Remember where one was, and end what reads."""
        self._leave()
        self.loader.close()


def _is_same(one: ReportOnScreen, other: ReportOnScreen) -> bool:
    """Whether two looks at a report show one text."""
    return (one.records, one.text.files, one.raised) == (other.records, other.text.files, other.raised)


class TextFindCommands(FindCommands):
    """Finds words in the text where that is shown, else in the record."""

    @property
    def _text(self) -> TextCommands:
        commands = self.screen.commands[TextCommands.NAME]
        assert isinstance(commands, TextCommands)
        return commands

    def _find(self, typed: str | None) -> None:
        if not self._text.is_shown:
            super()._find(typed)
        elif typed:
            pane = self.screen.query_one(DocumentPane)
            places, top = pane.find(typed), pane.top
            self.matches = (*(place for place in places if place >= top), *(place for place in places if place < top))
            times = f"{len(places):,} times in this text; ; goes on"
            self.screen.show_message(times if places else one_line(f"“{typed}” is not in this text"))
            self.find_next()

    def find_next(self) -> None:
        """Go to the next place where it was found, and from the last to the first."""
        if not self._text.is_shown:
            super().find_next()
        elif self.matches:
            here, *others = self.matches
            self.matches = (*others, here)
            self.screen.query_one(DocumentPane).show_place(here)
