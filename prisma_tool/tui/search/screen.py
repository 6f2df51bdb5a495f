"""The searches of the review: how they stand, running them again, and what the last run of each brought.

Invariant: what is shown is read from the store; the running search is shown beside it and never counted in.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.text_page import ReadingScreen
from prisma_tool.tui.search.changes_dialog import AttentionScreen
from prisma_tool.tui.search.keys import SEARCH
from prisma_tool.tui.search.text import details, entry_text, members_text, part_text, raised_line
from prisma_tool.tui.sessions.search_session import Entry
from prisma_tool.tui.sessions.workspace import Workplace
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.updates.changes_since_decision import Raised

_NO_SEARCHES = "review.toml has no searches: add a [[search]] table (name, source, term), then open this screen again."


class SearchScreen(PlaceScreen):
    """The running search belongs to the application: it goes on wherever the reviewer is."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["screen.tcss"]
    KEYS = SEARCH
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(SEARCH)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self.searches = workplace.searches
        self.entries: list[Entry] = []
        self.raised: list[Raised] = []
        self.told_of = ""

    def compose(self) -> ComposeResult:
        """Heading, what waits, the searches, the sets of the marked one, keys."""
        title = one_line(self.searches.review.protocol.title) or "(review without a title)"
        with Horizontal(id="head"):
            yield Static(Content.styled(title, "bold"), id="title")
            yield Static(Content(f"Searches · {one_line(self.searches.reviewer)}"), id="place")
        yield Static(id="raised")
        yield OptionList(id="searches")
        yield Static(id="brought")
        yield OptionList(id="parts")
        yield Static(id="said")
        with VerticalScroll(id="strategy", can_focus=False):
            yield Static(id="details")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Show the searches as they stand."""
        self.read()
        self._list("searches").focus()

    def read(self, mark: str = "", said: str = "") -> None:
        """Read everything anew; `mark` names the search to mark, `said` is a word on what has just happened."""
        try:
            self.entries = self.searches.entries()
        except PrismaError as error:
            self.trouble("The searches could not be read", error)
            return
        shown = self._list("searches")
        place = next((n for n, entry in enumerate(self.entries) if entry.plan.name == mark), shown.highlighted or 0)
        shown.clear_options()
        shown.add_options([Option(entry_text(entry, self.application.errand)) for entry in self.entries])
        shown.highlighted = place if self.entries else None
        self.run_worker(self._look_for_changes, thread=True, exclusive=True)
        self.tell(said if self.entries else _NO_SEARCHES)
        self._show_parts()

    def _look_for_changes(self) -> None:
        """Read what changed about decided records, in a thread: over a large review this takes a second or two."""
        try:
            found = self.searches.raised()
        except PrismaError as error:
            self.app.call_from_thread(self.trouble, "The changes could not be read", error)
        else:
            self.app.call_from_thread(self._show_raised, found)

    def _show_raised(self, found: list[Raised]) -> None:
        self.raised = found
        if self.is_mounted:
            self.query_one("#raised", Static).update(raised_line(found))

    def tell(self, said: str) -> None:
        """Show a line on what has just happened."""
        self.query_one("#said", Static).update(Content(said))

    def follow(self) -> None:
        """Show how far the running search is."""
        shown = self._list("searches")
        for place, entry in enumerate(self.entries):
            shown.replace_option_prompt_at_index(place, entry_text(entry, self.application.errand))

    def ended(self, name: str, said: str) -> None:
        """Show what a search brought that has just ended, and offer its sets."""
        self.read(name, said)
        self._to_parts()

    def _list(self, name: str) -> OptionList:
        return self.query_one(f"#{name}", OptionList)

    def _marked(self) -> Entry | None:
        place = self._list("searches").highlighted
        return self.entries[place] if place is not None and place < len(self.entries) else None

    def _show_parts(self) -> None:
        entry, parts = self._marked(), self._list("parts")
        self.told_of = entry.plan.name if entry else ""
        parts.clear_options()
        name = one_line(entry.plan.name) if entry else ""
        heading = f"What the last run of {name} brought; Enter lists the records" if entry and entry.last else ""
        self.query_one("#brought", Static).update(Content.styled(heading, QUIET))
        self.query_one("#details", Static).update(details(entry) if entry else "")
        if entry and entry.last:
            parts.add_options([Option(part_text(part)) for part in entry.last.parts])

    @on(OptionList.OptionHighlighted, "#searches")
    def _other_search(self) -> None:
        entry = self._marked()
        # Word of the mark comes late: the sets may be shown already, and have a mark of their own.
        if entry is not None and entry.plan.name != self.told_of:
            self._show_parts()

    @on(OptionList.OptionSelected, "#searches")
    def action_run_search(self) -> None:
        """Run or rerun the marked search."""
        entry = self._marked()
        if entry is None:
            return
        if (errand := self.application.errand) is not None:
            self.tell(f"{one_line(errand.plan.name)} is running; one search runs at a time. x stops it.")
            return
        self.application.begin_search(entry.plan)
        self.tell("")
        self.follow()

    def action_run_all(self) -> None:
        """Run or rerun all searches, one after the other."""
        if self.application.errand is not None:
            self.tell("a search is running; x stops it")
        elif self.entries:
            self.application.begin_searches([entry.plan for entry in self.entries])
            self.follow()

    @on(OptionList.OptionSelected, "#parts")
    def _list_records(self, event: OptionList.OptionSelected) -> None:
        entry = self._marked()
        if entry is None or entry.last is None:
            return
        part = entry.last.parts[event.option_index]
        try:
            members = self.searches.members(entry.last, part)
        except PrismaError as error:
            self.trouble("The records could not be read", error)
        else:
            heading = f"{one_line(entry.plan.name)}: {part.n} {part.name}"
            self.app.push_screen(ReadingScreen(heading, members_text(members, part.n)))

    def action_stop_search(self) -> None:
        """Stop the running search; it stays resumable."""
        if self.application.errand is None:
            self.tell("no search is running")
        else:
            self.application.stop_searches()
            self.follow()

    def action_details(self) -> None:
        """Show the marked search whole."""
        entry = self._marked()
        if entry is not None:
            self.app.push_screen(ReadingScreen(f"{one_line(entry.plan.name)}: {one_line(entry.plan.source)}", details(entry)))

    def action_attention(self) -> None:
        """List what changed about decided records; one can be gone to."""
        if self.raised:
            self.app.push_screen(AttentionScreen(self.raised), self._go_to)
        else:
            self.tell("nothing has changed about decided records")

    def _go_to(self, key: str | None) -> None:
        if key is not None:
            self.application.show_report(key)

    def action_other_list(self) -> None:
        """Go between the searches and the sets."""
        if self._list("parts").has_focus:
            self._list("searches").focus()
        else:
            self._to_parts()

    def _to_parts(self) -> None:
        parts = self._list("parts")
        if parts.option_count:
            parts.highlighted = parts.highlighted or 0
            parts.focus()

    def action_mark(self, by: int) -> None:
        """Move the mark in the list that has the keys."""
        here = self._list("parts" if self._list("parts").has_focus else "searches")
        here.action_cursor_down() if by > 0 else here.action_cursor_up()

    def come_back(self) -> None:
        """Another window may have run a search meanwhile."""
        self.read(self.told_of)
