"""Looking for things while screening: by number, by words in the queue, by words in the record, and at all records of a report.

Invariant: a search through the queue runs in a thread; its answer is dropped where the reviewer has asked something else meanwhile.
"""

from __future__ import annotations

import re

from textual.content import Content

from prisma_tool.dedupe import manual
from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line
from prisma_tool.tui.dialogs.text_prompt import AskScreen
from prisma_tool.tui.frame.text_page import ReadingScreen
from prisma_tool.tui.screening.report_screen import SittingScreen
from prisma_tool.tui.sessions.queue_cursor import Filter
from prisma_tool.tui.widgets.cluster_text import cluster_text
from prisma_tool.tui.widgets.record_view import RecordView

_FILTER_HINT = 'words, "phrases", stem*, -without · is:maybe is:undecided · label:x source:y · empty: all · Enter · Esc'


class LookingScreen(SittingScreen):
    """Finds, narrows and jumps."""

    found: tuple[int, ...] = ()
    """Where the text that is looked for begins in the page, in their order."""
    asked = ""

    def action_jump(self) -> None:
        """Ask for a number in the list, or a key."""
        hint = f"a number from 1 to {len(self.desk.lane)}, or a key such as pubmed:34531250 · Enter · Esc"
        self.app.push_screen(AskScreen("Go to which record?", hint), self._jump)

    def _jump(self, typed: str | None) -> None:
        if typed:
            self._do("The record could not be looked up", lambda: self._jumped(typed))

    def _jumped(self, typed: str) -> str:
        there = self.desk.jump(int(typed)) if typed.isdecimal() else self.desk.go_to(typed)
        return "" if there else one_line(f"{typed} is not in this list")

    def action_filter(self) -> None:
        """Ask to what the list is to be narrowed."""
        now = self.desk.filter.typed if self.desk.filter else ""
        self.app.push_screen(AskScreen("Show only records with", _FILTER_HINT, now), self._narrow)

    def _narrow(self, typed: str | None) -> None:
        if typed is None:
            return
        if not typed:
            self.desk.narrow(None)
            self.paint("all records")
            return
        self.asked = typed
        self.paint_word("looking ...")
        self.run_worker(lambda: self._look_through(typed), thread=True, exclusive=True, group="filter")

    def _look_through(self, typed: str) -> None:
        try:
            found = self.desk.find(typed)
        except PrismaError as error:
            self.app.call_from_thread(self.trouble, "This cannot be looked for", error)
        else:
            self.app.call_from_thread(self._narrowed, typed, found)

    def _narrowed(self, typed: str, found: Filter | None) -> None:
        if typed != self.asked:
            return
        if found is not None and not any(key in found.keys for key in self.desk.queue.keys):
            self.paint(one_line(f"nothing in this list has {typed}"))
            return
        self.desk.narrow(found)
        self.paint(f"{len(self.desk.lane)} found; f with nothing shows all again" if found else "all records")

    def action_clear(self) -> None:
        """Show the whole list again where it is narrowed."""
        if self.desk.filter is not None:
            self._narrow("")

    def action_find(self) -> None:
        """Ask what to look for in the text of this record."""
        if self.shown is not None:
            self.app.push_screen(AskScreen("Find in this record", "Enter finds it, ; goes on · Esc"), self._find)

    def _find(self, typed: str | None) -> None:
        if not typed:
            return
        self.found = tuple(match.start() for match in re.finditer(re.escape(typed), self.page.content.plain, re.IGNORECASE))
        marked = self.page.content
        for start in self.found:
            marked = marked.stylize("reverse bold", start, start + len(typed))
        self.query_one(RecordView).mark(marked)
        self.paint_word(f"{len(self.found)} times here" if self.found else one_line(f"“{typed}” is not in this record"))
        self.action_find_next()

    def action_find_next(self) -> None:
        """Go to the next place where it was found, and from the last to the first."""
        if self.found:
            here, *others = self.found
            self.found = (*others, here)
            self.query_one(RecordView).show_offset(here)

    def paint(self, said: str = "") -> None:
        """A new record has no finds yet."""
        self.found = ()
        super().paint(said)

    def action_records(self) -> None:
        """Show all records of this report, and why they are together."""
        if self.shown is None:
            return
        try:
            _, verdicts = manual.explain(self.desk.review, self.shown.item.key)
        except PrismaError as error:
            self.trouble("The records could not be read", error)
            return
        text = cluster_text(self.shown.records, verdicts)
        self.app.push_screen(ReadingScreen("Records of this report", text or Content("It is a single record.")))
