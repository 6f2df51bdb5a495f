"""The team: who has done how much, who waits for whom, the pace and the agreement.

Invariant: reading runs in a thread; the page tells how many votes there are, never how anybody voted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.errors import PrismaError
from prisma_tool.history.pace import RecentPace, pace
from prisma_tool.team.team_status import TeamStatus, team_status
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.frame.place_screen import GOING_AROUND, PlaceScreen
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.team.text import team_text
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.title_line import TitleLine

TEAM: Groups = (
    (
        "The team",
        (
            Binding("r", "count", "Read anew", id="team.count", tooltip="Count anew"),
            Binding("enter", "conflicts", "Conflicts", id="team.conflicts", tooltip="Go to the conflicts"),
            Binding("j,down", "scroll(1)", "Down", id="team.down", show=False, tooltip="Scroll down"),
            Binding("k,up", "scroll(-1)", "Up", id="team.up", show=False, tooltip="Scroll up"),
        ),
    ),
    GOING_AROUND,
)
TeamData = tuple[TeamStatus, Mapping[str, RecentPace]]


class TeamScreen(PlaceScreen):
    """Shows how the team stands."""

    CSS_PATH = "screen.tcss"
    KEYS = TEAM
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(TEAM)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.reader = BackgroundQuery[None, TeamData](self, self._read, self._show, self._not_read)

    def compose(self) -> ComposeResult:
        """The title, the page, the keys."""
        yield TitleLine(self.workspace.review.protocol.title, "Team", self.workspace.reviewer)
        with VerticalScroll(can_focus=False):
            yield Static(Content.styled("counting ...", QUIET), id="team")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Count."""
        self.action_count()

    def come_back(self) -> None:
        """Others went on meanwhile."""
        self.action_count()

    def show_changes(self, changes: Changes) -> None:
        """Somebody did something."""
        if changes:
            self.action_count()

    def action_count(self) -> None:
        """Count anew, in a thread."""
        self.reader.ask(None)

    def _read(self, _: None, __: Callable[[], bool]) -> TeamData:
        with self.workspace.review.store.read() as transaction:
            return team_status(transaction), pace(transaction)

    def _show(self, _: None, data: TeamData) -> None:
        self.query_one("#team", Static).update(team_text(*data))

    def _not_read(self, error: PrismaError) -> None:
        self.show_error("The team could not be counted", error)

    def action_conflicts(self) -> None:
        """Go to the conflicts."""
        self.application.go("conflicts")

    def action_scroll(self, lines: int) -> None:
        """Scroll the page."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
