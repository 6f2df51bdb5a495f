"""The log of the review: what was done, newest first.

Invariant: the log is read backwards, as far as somebody looks, in a thread; nothing is changed here but by taking back a decision of
one's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from prisma_tool.errors import PrismaError
from prisma_tool.history import activity
from prisma_tool.history.activity import RUN_KINDS, LogFilter, LogPage, PageEnd
from prisma_tool.model.log.events import ENGINE, EventKind
from prisma_tool.model.text import one_line
from prisma_tool.tui.activity.activity_list import ActivityList, EntriesRead, entry_about, entry_text
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.frame.list_keys import moving
from prisma_tool.tui.frame.place_screen import GOING_ON, PlaceScreen, widening
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.record_browser.record_screen import RecordScreen
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.filter_input import FilterInput
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.row_list import RowList
from prisma_tool.tui.widgets.title_line import TitleLine
from prisma_tool.tui.words.refusal_words import refusal

PAGE = 200
"""Entries that are read at a time."""
_KINDS = (*(kind.value for kind in EventKind), *RUN_KINDS)
ACTIVITY: Groups = (
    (
        "Finding",
        (
            Binding("I", "choose_person", "Person", id="activity.person", tooltip="What one person did"),
            Binding("K", "choose_kind", "Kind", id="activity.kind", tooltip="Decisions, notes, duplicates, searches, ..."),
            Binding("f,slash", "filter", "Filter", id="activity.record", tooltip="What was done about one record, by its key"),
            widening("activity", "Everything, newest first; where everything is shown, back to where you were before", show=False),
            Binding("r", "reload", "Read anew", id="activity.reload", show=False, tooltip="Read the log anew"),
        ),
    ),
    (
        "The marked entry",
        (
            Binding("enter", "open", "Whole", id="activity.open", tooltip="Show the event whole; so does a click on it"),
            Binding("D", "view", "Records", id="activity.view", tooltip="Open the record that it is about"),
            Binding("u", "undo", "Undo", id="activity.undo", tooltip="Take back a decision of your own"),
        ),
    ),
    moving("activity"),
    GOING_ON,
)  # fmt: skip


class PageRequest(NamedTuple):
    """A page of the log: of which entries, and after which place in it; None asks for the newest."""

    narrowed: LogFilter
    since: PageEnd | None


class ActivityScreen(PlaceScreen):
    """Shows the entries of the log, all of them or narrowed to some."""

    CSS_PATH: ClassVar[str] = "screen.tcss"
    KEYS = ACTIVITY
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(ACTIVITY)
    AUTO_FOCUS = ""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.narrowed = self.displayed = LogFilter()
        self.further: PageEnd | None = None
        self.reader = BackgroundQuery[PageRequest, LogPage](self, self._read, self._arrived, self._not_read)

    def compose(self) -> ComposeResult:
        """Heading, what is shown, the record looked for, the entries, the marked one, keys."""
        yield TitleLine(self.workspace.review.protocol.title, "Activity", self.workspace.reviewer)
        with Horizontal(id="above"):
            yield Static(id="shown")
            yield FilterInput(placeholder="record key, such as pubmed:34531250", compact=True, id="filter")
        yield ActivityList()
        yield Static(id="about")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin with the newest."""
        self.action_reload()

    @property
    def list(self) -> ActivityList:
        """The list on this screen."""
        return self.query_one(ActivityList)

    # Reading

    def action_reload(self) -> None:
        """Read the log anew from its end."""
        self.reader.ask(PageRequest(self.narrowed, None))

    def narrow(self, narrowed: LogFilter) -> None:
        """Show other entries."""
        self.narrowed = narrowed
        self.action_reload()

    def _read(self, request: PageRequest, _: Callable[[], bool]) -> LogPage:
        return activity.log_page(self.workspace.review, self.workspace.reviewer, request.narrowed, PAGE, request.since)

    def _arrived(self, request: PageRequest, page: LogPage) -> None:
        self.displayed, self.further = request.narrowed, page.further
        source = self.list.source
        if request.since is not None and isinstance(source, EntriesRead):
            source.entries.extend(page.entries)
            self.list.grown()
        else:
            marked_id = self.list.marked.id if self.list.marked and self.list.mark else ""
            mark = next((n for n, entry in enumerate(page.entries) if entry.id == marked_id), 0)
            self.list.show(EntriesRead([*page.entries]), mark)
        self._describe_entries()

    def _not_read(self, error: PrismaError) -> None:
        """Say what is wrong; what was shown before is shown still."""
        self.narrowed = self.displayed
        self.query_one("#about", Static).update(Content.styled(refusal(error), "bold $text-error"))

    def _describe_entries(self) -> None:
        limits = self.narrowed
        parts = (
            f"by {limits.reviewer}" if limits.reviewer else "",
            limits.kind,
            f"about {limits.key}" if limits.key else "",
        )
        which = " · ".join(part for part in parts if part) or "everything"
        n = f"{self.list.total:,}{' or more' if self.further else ''}"
        text = f"{which} · {n}" if self.list.total else f"{which} · nothing; Esc shows all"
        self.query_one("#shown", Static).update(Content.styled(one_line(text), QUIET))

    @on(RowList.Marked)
    def _show_marked(self) -> None:
        """Show the marked entry, and read on where the end of what was read is near."""
        self.query_one("#about", Static).update(entry_about(self.list.marked))
        if self.further and self.list.mark > self.list.total - PAGE // 2:
            request, self.further = PageRequest(self.narrowed, self.further), None
            self.reader.ask(request)

    # Finding

    def action_choose_person(self) -> None:
        """Ask whose entries to show."""
        protocol = self.workspace.review.protocol
        names = list(
            dict.fromkeys([self.workspace.reviewer, *protocol.reviewers, *protocol.adjudicators, *protocol.tools, ENGINE])
        )
        labels = ["everybody", *(f"{one_line(name)}{' (deduplication)' if name == ENGINE else ''}" for name in names)]
        self._pick("Whose deeds?", labels, lambda choice: replace(self.narrowed, reviewer=["", *names][choice]))

    def action_choose_kind(self) -> None:
        """Ask which kind to show."""
        self._pick("Which kind?", ["every kind", *_KINDS], lambda choice: replace(self.narrowed, kind=["", *_KINDS][choice]))

    def _pick(self, heading: str, labels: Sequence[str], narrowed: Callable[[int], LogFilter]) -> None:
        def choose(choice: int | None) -> None:
            if choice is not None:
                self.narrow(narrowed(choice))

        self.app.push_screen(ChoiceDialog(heading, labels), choose)

    def action_filter(self) -> None:
        """Write the key of a record."""
        self.query_one("#filter", Input).focus()

    @on(Input.Submitted, "#filter")
    def _about_record(self, event: Input.Submitted) -> None:
        self.set_focus(None)
        self.narrow(replace(self.narrowed, key=event.value.strip()))

    def action_leave_filter(self) -> None:
        """Back to the list."""
        self.set_focus(None)

    def action_widen(self) -> None:
        """Show everything; where everything is shown, go back."""
        if self.narrowed == LogFilter():
            self.application.action_go_back()
        else:
            self._show_all()

    def _show_all(self) -> None:
        self.query_one("#filter", Input).value = ""
        self.narrow(LogFilter())

    # The marked entry

    @on(RowList.Opened)
    def action_open(self) -> None:
        """Show the marked entry whole."""
        if self.list.marked is not None:
            self.app.push_screen(TextPage("One event of the log", entry_text(self.list.marked)))

    def action_view(self) -> None:
        """Open the record that the marked entry is about."""
        entry = self.list.marked
        if entry is not None and entry.title:
            self.app.push_screen(RecordScreen(self.workspace, entry.subject))

    def action_undo(self) -> None:
        """Take back the marked decision."""
        entry = self.list.marked
        if entry is None:
            return
        if entry.n > 1:
            self.tell(f"these are {entry.n:,} events: f finds those about one record")
            return
        workspace = self.workspace
        if self.attempt("Nothing was taken back", lambda: activity.undo(workspace.review, entry.id, workspace.reviewer)):
            self.notify(f"Taken back: {entry.words}", markup=False)
            self.action_reload()

    def action_move(self, by: int) -> None:
        """Move the mark by lines."""
        self.list.move(by)

    def action_page(self, pages: int) -> None:
        """Move the mark by pages."""
        self.list.page(pages)

    def action_edge(self, share: int) -> None:
        """Go to the first line (0), or to the last one that was read (1)."""
        self.list.go_to(share * self.list.total)

    def show_changes(self, changes: Changes) -> None:
        """Show what has just been done, unless somebody is looking further back."""
        del changes
        if self.list.mark == 0:
            self.action_reload()

    def come_back(self) -> None:
        """Much may have happened meanwhile."""
        self.action_reload()
