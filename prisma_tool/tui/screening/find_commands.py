"""Looking for things while screening: by number, by words in the queue, by words in the record, and at all records of a report.

Invariant: a search through the queue runs in a thread; its answer is dropped where the reviewer has asked something else meanwhile.
"""

from __future__ import annotations

import re

from textual.content import Content

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import counted, one_line
from prisma_tool.tui.dialogs.text_prompt import TextPromptDialog
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.end_page import SHOW_ALL
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions.queue_cursor import QueueFilter
from prisma_tool.tui.widgets.cluster_text import cluster_text
from prisma_tool.tui.widgets.record_view import RecordView

_FILTER_HINT = 'words, "phrases", stem*, -without · is:maybe label:x year:2020 · = year >= 2015 · empty: all · Enter · Esc'


class FindCommands(CommandGroup):
    """Finds, narrows and jumps."""

    NAME = "find"

    def __init__(self, screen: ReportScreen) -> None:
        super().__init__(screen)
        self.matches: tuple[int, ...] = ()
        """Where the text that is looked for begins in the page, in their order."""
        self.asked = ""

    def jump(self) -> None:
        """Ask for a number in the list, or a key."""
        hint = f"a number from 1 to {len(self.session.path):,}, or a key such as pubmed:34531250 · Enter · Esc"
        self.screen.ask(TextPromptDialog("Go to which record?", hint), self._jump)

    def _jump(self, typed: str | None) -> None:
        if typed:
            self.screen.run_command("The record could not be looked up", lambda: self._jumped(typed))

    def _jumped(self, typed: str) -> str:
        number = typed.replace(",", "")
        there = self.session.jump(int(number)) if number.isdecimal() else self.session.go_to(typed)
        return "" if there else one_line(f"{typed} is not in this list")

    def filter(self) -> None:
        """Ask to what the list is to be narrowed."""
        now = self.session.filter.typed if self.session.filter else ""
        self.screen.ask(TextPromptDialog("Show only records with", _FILTER_HINT, now), self.narrow)

    def narrow(self, typed: str | None) -> None:
        """Narrow the queue to what was typed, or to nothing; None leaves it as it is."""
        if typed is None:
            return
        if not typed:
            self.session.narrow(None)
            self.screen.paint("all records")
            return
        self.asked = typed
        self.screen.show_message("looking ...")
        self.screen.run_worker(lambda: self._look_through(typed), thread=True, exclusive=True, group="filter")

    def _look_through(self, typed: str) -> None:
        try:
            narrowed = self.session.find(typed)
        except PrismaError as error:
            self.screen.app.call_from_thread(self._refused, error)
        else:
            self.screen.app.call_from_thread(self._narrowed, typed, narrowed)

    def _refused(self, error: PrismaError) -> None:
        self.screen.show_message("")
        self.screen.show_error("This cannot be looked for", error)

    def _narrowed(self, typed: str, narrowed: QueueFilter | None) -> None:
        if typed != self.asked:
            return
        if narrowed is not None and not any(key in narrowed.keys for key in self.session.queue.keys):
            self.screen.paint(one_line(f"nothing in this list has {typed}"))
            return
        self.session.narrow(narrowed)
        self.screen.paint(f"{len(self.session.path):,} found; {SHOW_ALL}" if narrowed else "all records")

    def clear(self) -> None:
        """Show the whole list again where it is narrowed."""
        if self.session.filter is not None:
            self.narrow("")

    def find(self) -> None:
        """Ask what to look for in the text of this record."""
        if self.report is not None:
            self.screen.ask(TextPromptDialog("Find in this record", "Enter finds it, ; goes on · Esc"), self._find)

    def _find(self, typed: str | None) -> None:
        if not typed:
            return
        self.matches = tuple(
            match.start() for match in re.finditer(re.escape(typed), self.screen.page.content.plain, re.IGNORECASE)
        )
        marked = self.screen.page.content
        for start in self.matches:
            marked = marked.stylize("reverse bold", start, start + len(typed))
        self.screen.query_one(RecordView).mark(marked)
        self.screen.show_message(
            f"{counted(len(self.matches), 'time')} here" if self.matches else one_line(f"“{typed}” is not in this record")
        )
        self.find_next()

    def find_next(self) -> None:
        """Go to the next place where it was found, and from the last to the first."""
        if self.matches:
            here, *others = self.matches
            self.matches = (*others, here)
            self.screen.query_one(RecordView).show_offset(here)

    def page_changed(self) -> None:
        """Nothing has been looked for in this page yet."""
        self.matches = ()

    def records(self) -> None:
        """Show all records of this report, and why they are together."""
        if self.report is None:
            return
        # Matching needs libraries that screening does not; the first record need not wait for them.
        from prisma_tool.dedupe import manual

        try:
            _, verdicts = manual.explain(self.session.review, self.report.item.key)
        except PrismaError as error:
            self.screen.show_error("The records could not be read", error)
            return
        text = cluster_text(self.report.records, verdicts)
        self.screen.app.push_screen(TextPage("Records of this report", text or Content("It is a single record.")))
