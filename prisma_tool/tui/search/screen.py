"""The sources of the review: its searches, running them again and what the last run of each brought, and every imported file.

Invariant: what is shown is read from the store; the running search is shown beside it and never counted in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from prisma_tool.identify.strategy.mend import MendedSearch, write_cleaned
from prisma_tool.identify.strategy.report_text import report_lines
from prisma_tool.identify.strategy.strategy_check import StrategyReport
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.model.text import clean, counted, one_line
from prisma_tool.review.protocol.read import FILE_NAME
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.importing.flow import Importing
from prisma_tool.tui.search.changes_dialog import ChangesScreen
from prisma_tool.tui.search.keys import SEARCH
from prisma_tool.tui.search.text import changes_line, columns_text, details, entry_text, records_text, set_text, source_of
from prisma_tool.tui.sessions.other_runs import OtherRun, RunSet
from prisma_tool.tui.sessions.search_session import (
    CitationEntry,
    DeclaredEntry,
    Entry,
    LastRun,
    RunRecord,
    SearchEntry,
    latest_run,
)
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.title_line import TitleLine
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision

_NOT_READ = "The searches could not be read"
_NO_SEARCHES = "review.toml has no searches yet: 9, then e, adds a [[search]] table (name, source, term). + imports files."
_CITED = "citation searches are run by J: on the page of a record, or at 6 from all included reports"


class _Reading(NamedTuple):
    """The searches are read anew: which of them to mark then, a message on what has just happened, whether to go to its sets."""

    mark: str = ""
    message: str = ""
    to_sets: bool = False


class _SetOf(NamedTuple):
    """A set of the last run of a search, or of an import, and what that is called."""

    name: str
    last: LastRun | OtherRun
    run_set: RunSet


class SearchScreen(PlaceScreen):
    """The running search belongs to the application: it goes on wherever the reviewer is."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["screen.tcss"]
    KEYS = SEARCH
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(SEARCH)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.searches = workspace.searches
        failed = partial(self.show_error, _NOT_READ)
        self._entry_reader = BackgroundQuery[_Reading, list[Entry]](
            self, lambda _, __: self.searches.entries(), self._show, failed
        )
        failed = partial(self.show_error, "The records could not be read")
        self._record_reader = BackgroundQuery[_SetOf, list[RunRecord]](self, self._read_records, self._show_records, failed)
        failed = partial(self.show_error, "The changes could not be read")
        self._change_reader = BackgroundQuery[None, list[ChangeSinceDecision]](
            self, lambda _, __: self.searches.changes(), self._show_changes, failed
        )
        failed = partial(self.show_error, "The strategy could not be checked")
        self._checker = BackgroundQuery[SearchPlan, StrategyReport](
            self, lambda plan, _: self.searches.check(plan), self._show_check, failed
        )
        failed = partial(self.show_error, "The cleaned strategy was not written")
        self._mender = BackgroundQuery[SearchPlan, MendedSearch](
            self, lambda plan, _: write_cleaned(self.workspace.review, plan), self._mended, failed
        )
        self.importing = Importing(self, self._imported)
        self.entries: list[Entry] = []
        self.changes: list[ChangeSinceDecision] = []
        self._listed = ""
        """The search whose sets are listed."""

    def compose(self) -> ComposeResult:
        """Heading, what waits, the searches, the sets of the marked one, keys."""
        yield TitleLine(self.searches.review.protocol.title, "Sources", self.searches.reviewer)
        yield Static(id="raised")
        yield Static(id="columns")
        yield OptionList(id="searches")
        yield Static(id="brought")
        yield OptionList(id="parts")
        yield Static(id="said")
        with VerticalScroll(id="strategy", can_focus=False):
            yield Static(id="details")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show the searches as they stand."""
        # Here the keys wait: one that is typed ahead is about the searches.
        self.attempt(_NOT_READ, lambda: self._show(_Reading(), self.searches.entries()))
        self._list("searches").focus()

    def _show(self, reading: _Reading, entries: list[Entry]) -> None:
        self.entries = entries
        searches = self._list("searches")
        index = next((n for n, entry in enumerate(entries) if entry.id == reading.mark), searches.highlighted or 0)
        searches.clear_options()
        searches.add_options([Option(self._text(entry)) for entry in self.entries])
        searches.highlighted = index if self.entries else None
        self._change_reader.ask(None)
        self.tell(reading.message if self.entries else _NO_SEARCHES)
        self._show_sets()
        if reading.to_sets:
            self._to_sets()

    def _show_changes(self, _: None, changes: list[ChangeSinceDecision]) -> None:
        self.changes = changes
        self.query_one("#raised", Static).update(changes_line(changes))
        self.refresh_bindings()

    def is_useful(self, action: str) -> bool:
        """What runs can be halted, what has changed can be looked at, and sets can be gone to where there are some."""
        state = {"stop_search": self.application.search_task, "attention": self.changes, "other_list": latest_run(self._marked())}
        return bool(state.get(action, True))

    def tell(self, message: str) -> None:
        """Show a line on what has just happened."""
        self.query_one("#said", Static).update(Content(message))

    def _text(self, entry: Entry) -> Content:
        return entry_text(entry, self.application.search_task, self._width)

    @property
    def _width(self) -> int:
        """The cells of a line of the searches: what the margins and the bar beside a long list leave."""
        return self.size.width - 6

    def on_resize(self) -> None:
        """Lay the numbers out for the width that there is."""
        self.query_one("#columns", Static).update(columns_text(self._width))
        self.follow()

    def follow(self) -> None:
        """Show how far the running search is."""
        searches = self._list("searches")
        for index, entry in enumerate(self.entries):
            searches.replace_option_prompt_at_index(index, self._text(entry))

    def ended(self, name: str, message: str) -> None:
        """Show what a search brought that has just ended, and offer its sets."""
        self._entry_reader.ask(_Reading(name, message, to_sets=True))

    def _list(self, name: str) -> OptionList:
        return self.query_one(f"#{name}", OptionList)

    def _marked(self) -> Entry | None:
        index = self._list("searches").highlighted
        return self.entries[index] if index is not None and index < len(self.entries) else None

    def _marked_live(self) -> SearchEntry | None:
        """The marked search where it has a strategy and is run from here; of another, how its records come in."""
        entry = self._marked()
        if isinstance(entry, CitationEntry):
            self.tell(_CITED)
            return None
        if isinstance(entry, DeclaredEntry):
            self.tell(f"{one_line(entry.name)} is declared, not run from here: Enter imports the files that it found")
            return None
        if isinstance(entry, OtherRun):
            self.tell(f"{one_line(entry.name)} is here already: its strategy is checked at the search of the protocol")
            return None
        return entry

    def action_import_files(self) -> None:
        """Import files."""
        self.importing.begin()

    def take_files(self, files: Sequence[Path]) -> None:
        """Import files that were dropped here."""
        self.importing.take(files)

    def _imported(self, outcome: str) -> None:
        self._entry_reader.ask(_Reading(self._listed, outcome))

    def _show_sets(self) -> None:
        entry, sets = self._marked(), self._list("parts")
        last = latest_run(entry)
        self._listed = entry.id if entry else ""
        sets.clear_options()
        name = one_line(entry.name) if entry else ""
        what = name if isinstance(entry, OtherRun) else f"the last run of {name}"
        heading = f"What {what} brought; Enter lists the records" if last else ""
        self.query_one("#brought", Static).update(Content.styled(heading, QUIET))
        self.query_one("#details", Static).update(details(entry) if entry else "")
        if last:
            sets.add_options([Option(set_text(run_set)) for run_set in last.sets])
        self.refresh_bindings()

    @on(OptionList.OptionHighlighted, "#searches")
    def _other_search(self) -> None:
        entry = self._marked()
        # Word of the mark comes late: the sets may be shown already, and have a mark of their own.
        if entry is not None and entry.id != self._listed:
            self._show_sets()

    @on(OptionList.OptionSelected, "#searches")
    def action_run_search(self) -> None:
        """Run or rerun the marked search; of a declared one, ask for its files; of an import, show what could not be read, and all else."""
        entry = self._marked()
        if isinstance(entry, DeclaredEntry):
            self.importing.begin(entry.name)
            return
        if isinstance(entry, OtherRun):
            self.action_details()
            return
        entry = self._marked_live()
        if entry is None:
            return
        if (running := self.application.search_task) is not None:
            self.tell(f"{one_line(running.plan.name)} is running; one search runs at a time. H halts it.")
            return
        self.application.begin_search(entry.plan)
        self.tell("")
        self.follow()
        self.refresh_bindings()

    def action_run_all(self) -> None:
        """Run or rerun all searches, one after the other."""
        if self.application.search_task is not None:
            self.tell("a search is running; H halts it")
        elif plans := [entry.plan for entry in self.entries if isinstance(entry, SearchEntry)]:
            self.application.begin_searches(plans)
            self.follow()
            self.refresh_bindings()

    @on(OptionList.OptionSelected, "#parts")
    def _list_records(self, event: OptionList.OptionSelected) -> None:
        entry = self._marked()
        last = latest_run(entry)
        if entry is not None and last is not None:
            self._record_reader.ask(_SetOf(entry.name, last, last.sets[event.option_index]))

    def _read_records(self, selected: _SetOf, _: Callable[[], bool]) -> list[RunRecord]:
        return self.searches.records_of(selected.last, selected.run_set)

    def _show_records(self, selected: _SetOf, records: list[RunRecord]) -> None:
        if self.is_active:
            heading = f"{one_line(selected.name)}: {selected.run_set.n:,} {selected.run_set.name}"
            self.app.push_screen(TextPage(heading, records_text(records, selected.run_set.n)))

    def action_stop_search(self) -> None:
        """Stop the running search; it stays resumable."""
        if self.application.search_task is None:
            self.tell("no search is running")
        else:
            self.application.stop_searches()
            self.follow()

    def action_details(self) -> None:
        """Show the marked search whole."""
        entry = self._marked()
        if entry is not None:
            self.app.push_screen(TextPage(f"{one_line(entry.name)}: {one_line(source_of(entry))}", details(entry)))

    def action_check(self) -> None:
        """Check the marked search's strategy; nothing is fetched."""
        entry = self._marked_live()
        if entry is not None:
            self.tell(f"checking {one_line(entry.plan.name)} with {one_line(entry.plan.source)} ...")
            self._checker.ask(entry.plan)

    def _show_check(self, plan: SearchPlan, report: StrategyReport) -> None:
        self.tell("")
        if not self.is_active:
            return
        heading, text = f"{one_line(plan.name)}: the strategy checked", Content("\n".join(map(clean, report_lines(report))))
        if report.changes:
            dialog = ConfirmDialog(
                heading, text, f"writes the cleaned lines into {FILE_NAME}, the original above them as a comment"
            )
            self.app.push_screen(dialog, lambda agreed: self._mender.ask(plan) if agreed else None)
        else:
            self.app.push_screen(TextPage(heading, text))

    def _mended(self, plan: SearchPlan, mended: MendedSearch) -> None:
        if mended.strategy:
            self.run_worker(self._go_on(plan, mended))
        else:
            self.tell("the strategy stands as it would be searched; nothing was written")

    async def _go_on(self, plan: SearchPlan, mended: MendedSearch) -> None:
        await self.application.work_on(mended.review)
        self.searches = self.workspace.searches
        lines = len(mended.strategy.splitlines())
        message = f"{FILE_NAME} now holds the cleaned strategy of {one_line(plan.name)} ({counted(lines, 'line')})"
        self._entry_reader.ask(_Reading(plan.name, message))

    def action_attention(self) -> None:
        """List what changed about decided records; one can be gone to."""
        if self.changes:
            self.app.push_screen(ChangesScreen(self.changes), self._go_to)
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
            self._to_sets()

    def _to_sets(self) -> None:
        sets = self._list("parts")
        if sets.option_count:
            sets.highlighted = sets.highlighted or 0
            sets.focus()

    def action_mark(self, by: int) -> None:
        """Move the mark in the list that has the keys."""
        here = self._list("parts" if self._list("parts").has_focus else "searches")
        here.action_cursor_down() if by > 0 else here.action_cursor_up()

    def come_back(self) -> None:
        """Another window may have run a search meanwhile."""
        self._entry_reader.ask(_Reading(self._listed))
