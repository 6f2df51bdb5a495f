"""All records of the review, to browse and to filter.

Invariant: looking for records never holds up the keys; what is shown answers the filter that stands above it, or says that it is still
looking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from prisma_tool.errors import PrismaError
from prisma_tool.formats.writers import WRITERS
from prisma_tool.model.text import counted, one_line
from prisma_tool.records.browse import MatchingRecords, RecordFilter
from prisma_tool.records.export import Selection, export
from prisma_tool.records.facets import FacetCounts, Facets, with_value
from prisma_tool.records.filter_text import filter_of, is_condition, text_of
from prisma_tool.records.report_sets import SETS
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.file_name import FileNameDialog
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.record_browser.facet_list import FacetList
from prisma_tool.tui.record_browser.list_screen import RecordListScreen
from prisma_tool.tui.record_browser.record_list import RecordList, about
from prisma_tool.tui.records.keys import RECORDS
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.filter_input import FilterInput
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.row_list import RowList
from prisma_tool.tui.widgets.title_line import TitleLine
from prisma_tool.tui.words.refusal_words import refusal

_PAUSE = 0.12
"""How long the typing must rest before it is looked for, in seconds."""
WIDE = 120
"""From so many columns on, facets stand beside the list."""
_HINT = 'words, "a phrase", stem*, -without; or a condition: = year >= 2015 and source = Embase'


class _FoundRecords(NamedTuple):
    """What was found by which filter."""

    query: RecordFilter
    positions: Sequence[int]


class RecordsScreen(RecordListScreen):
    """Shows the records that are looked for."""

    CSS_PATH: ClassVar[str] = "screen.tcss"
    KEYS = RECORDS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(RECORDS)
    AUTO_FOCUS = ""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.request = RecordFilter()
        self.displayed: RecordFilter | None = None
        self._uncounted: _FoundRecords | None = None
        """What was found and is not counted yet."""
        self._rest: Timer | None = None
        failed = partial(self.show_error, "The records were not written")
        self.writer = BackgroundQuery[tuple[RecordFilter, Path], int](self, self._write, self._written, failed)
        self.facets = Facets(workspace.review)
        failed = partial(self.show_error, "The records could not be counted")
        self.counter = BackgroundQuery[_FoundRecords, FacetCounts](self, self._count, self._show_counts, failed)
        self.seeker = BackgroundQuery[RecordFilter, MatchingRecords](self, self._find, self._show, self._not_found)

    def compose(self) -> ComposeResult:
        """Heading, filter, what it found, the records, the marked one, keys."""
        yield TitleLine(self.workspace.review.protocol.title, "Records", self.workspace.reviewer)
        with Horizontal(id="filter-line"):
            yield Static(Content("Filter"), id="filter-label")
            yield FilterInput(placeholder=_HINT, compact=True, id="filter")
        with Horizontal(id="above"):
            yield Static(id="found")
            yield Static(id="said")
        with Horizontal(id="lists"):
            yield RecordList()
            yield FacetList()
        yield Static(id="about")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show all records."""
        self.seek(self.request)

    # Looking for records

    def seek(self, query: RecordFilter) -> None:
        """Look for other records; those found before stay until the answer is there."""
        self.request = query
        self._say("looking ..." if query.is_quick else "looking at every record; this may take a few seconds ...")
        self.seeker.ask(query)

    def _find(self, query: RecordFilter, is_awaited: Callable[[], bool]) -> MatchingRecords:
        def goes_on(percent: int) -> bool:
            self.call_later(self._say, f"looking at every record: {percent} %")
            return is_awaited()

        return self.facets.find(query, goes_on)

    def _show(self, query: RecordFilter, matches: MatchingRecords) -> None:
        """Show what was found; where it was looked for anew, the marked line stays where it is."""
        is_same, self.displayed = query == self.displayed, query
        self._say("")
        self.list.show(matches, self.list.mark if is_same else 0)
        self.refresh_bindings()
        self._uncounted = _FoundRecords(query, matches.positions)
        self._count_facets()

    def _not_found(self, error: PrismaError) -> None:
        self._say("")
        self.query_one("#about", Static).update(Content.styled(refusal(error), "bold $text-error"))

    def _say(self, message: str) -> None:
        self.query_one("#said", Static).update(Content.styled(message, QUIET))

    # Facets

    def _count_facets(self) -> None:
        """Count what was found, where there is room to show it."""
        if self._uncounted is not None and self.query_one(FacetList).display:
            self.query_one(FacetList).outdate()
            self.counter.ask(self._uncounted)

    def _count(self, matches: _FoundRecords, is_awaited: Callable[[], bool]) -> FacetCounts:
        return self.facets.counts(matches.query.among, matches.positions, lambda _: is_awaited())

    def _show_counts(self, matches: _FoundRecords, counts: FacetCounts) -> None:
        self._uncounted = None
        self.query_one(FacetList).show(counts, matches.query.where)

    def on_resize(self, event: events.Resize) -> None:
        """Facets stand beside the list from so many columns on."""
        self.query_one(FacetList).display = event.size.width >= WIDE
        self.refresh_bindings()
        self._count_facets()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key is offered."""
        return (action != "facets" or self.size.width >= WIDE) and super().check_action(action, parameters)

    def is_useful(self, action: str) -> bool:
        """Whether there is something to widen, or to open."""
        state = {"widen": self.request != RecordFilter(), "open": self.list.total, "go_to_queue": self.list.total}
        return bool(state.get(action, True))

    def action_facets(self) -> None:
        """Go between the list and its facets."""
        self.query_one(FacetList).go_to_or_leave()

    def on_click(self, event: events.Click) -> None:
        """The keys belong to the list that was clicked."""
        if event.widget is self.list:
            self.set_focus(None)

    @on(FacetList.Chosen)
    def _choose_value(self, event: FacetList.Chosen) -> None:
        """Write the value into the filter, or take it out again."""
        query = self.request
        narrowed = RecordFilter(query.words, with_value(query.where, event.field, event.value), query.among)
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = text_of(narrowed)
        self.seek(narrowed)

    # Writing the filter

    @on(Input.Changed, "#filter")
    def _typed(self, event: Input.Changed) -> None:
        """Look once the typing rests; a condition is looked for when Enter says that it is whole."""
        if self._rest is not None:
            self._rest.stop()
        if is_condition(event.value):
            self._say("Enter looks for the records that meet this condition")
        else:
            self._rest = self.set_timer(_PAUSE, self._look_for_typed)

    def _look_for_typed(self) -> None:
        typed = self.query_one("#filter", Input).value
        query = filter_of(typed, self.request.among)
        if query != self.request:
            self.seek(query)

    @on(Input.Submitted, "#filter")
    def _to_list(self) -> None:
        self._look_for_typed()
        self.set_focus(None)

    def action_filter(self) -> None:
        """Write the filter."""
        self.query_one("#filter", Input).focus()

    def action_choose_set(self) -> None:
        """Ask for a set."""
        self.app.push_screen(ChoiceDialog("Which records?", [name.replace("-", " ") for name in SETS]), self._choose)

    def _choose(self, choice: int | None) -> None:
        if choice is not None:
            self.seek(RecordFilter(self.request.words, self.request.where, SETS[choice]))

    def action_widen(self) -> None:
        """Take filter and set away; where there are none, go back."""
        if self.request == RecordFilter() and not self.query_one("#filter", Input).value:
            self.application.action_go_back()
        else:
            self._show_all()

    def _show_all(self) -> None:
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = ""
        self.seek(RecordFilter())

    def action_leave_filter(self) -> None:
        """From the filter back to the list; the filter stays."""
        self.set_focus(None)

    # Writing

    def action_write(self) -> None:
        """Ask for a file name and write the records that are listed there."""
        if self.request.words:
            self.tell("what some words find is not written: use a condition (=) or a kind (K)")
        else:
            dialog = FileNameDialog(self.workspace.review.folder, "the records", "records.csv", tuple(WRITERS))
            self.app.push_screen(dialog, self._begin_writing)

    def _begin_writing(self, path: Path | None) -> None:
        if path is not None:
            self.tell(f"writing {one_line(path.name)} ...")
            self.writer.ask((self.request, path))

    def _write(self, asked: tuple[RecordFilter, Path], _: Callable[[], bool]) -> int:
        query, path = asked
        selection = Selection(query.among, where=query.where, viewer=self.workspace.reviewer)
        return export(self.workspace.review, [path], selection)

    def _written(self, asked: tuple[RecordFilter, Path], n: int) -> None:
        self.tell(f"Wrote {counted(n, 'record')} to {one_line(str(asked[1]))}")

    # The list

    @on(RowList.Marked)
    def _show_marked(self) -> None:
        self.query_one("#about", Static).update(about(self.list.marked, self.size.width - 4))
        matches = _matches_text(self.displayed or RecordFilter(), self.list.total)
        line = f" · line {self.list.mark + 1:,}" if self.list.total else ""
        self.query_one("#found", Static).update(Content.styled(matches + line, QUIET))

    def come_back(self) -> None:
        """Much may have happened meanwhile."""
        self.seek(self.request)


def _matches_text(query: RecordFilter, n: int) -> str:
    if query == RecordFilter():
        return f"{n:,} records" if n != 1 else "1 record"
    among = f" · set: {query.among.replace('-', ' ')}" if query.among != "all" else ""
    return f"{n:,} found{among}" if n else f"nothing found{among}; Esc shows all records"
