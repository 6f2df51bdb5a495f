"""What commands on the report that a screen shows have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from prisma_tool.model.log.events import Event
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen
from prisma_tool.tui.sessions.screening_session import ScreeningSession

if TYPE_CHECKING:
    from prisma_tool.tui.screening.report_screen import ReportScreen


class CommandGroup:
    """Commands of one subject on the report that a screen shows; the screen's table of keys names those that are public.

    Invariant: a group never moves or paints by itself but through its screen, which knows whether the report is still the one shown.
    """

    NAME: ClassVar[str]
    """By which the table of keys calls the group."""

    def __init__(self, screen: ReportScreen) -> None:
        self.screen = screen

    @property
    def session(self) -> ScreeningSession:
        """The session that the screen shows."""
        return self.screen.session

    @property
    def report(self) -> ReportOnScreen | None:
        """The report on the screen; None after the last one."""
        return self.screen.report

    def mounted(self) -> None:
        """Called once, when the screen has painted its first report."""

    def page_changed(self) -> None:
        """Called whenever another page is about to be painted."""

    def painted(self) -> None:
        """Called whenever a page has been painted."""

    def asks(self) -> bool:
        """Whether an answer is being looked for that a question of this group will need; it may take a while."""
        return False

    def opens(self) -> bool:
        """Whether a dialog of this group opens with the report that was painted."""
        return False

    def decided(self, vote: Event) -> None:
        """Called after a decision was stored."""

    def confirmed(self) -> None:
        """Called after a decision was stored while the next report had been painted already."""

    def changed_elsewhere(self, changes: Changes) -> None:
        """Called when something was stored in another window or by another reviewer."""

    def panel_part(self, width: int) -> Content | None:  # noqa: ARG002 - groups that have a part use it
        """What the group has to say in the panel, `width` columns wide; None for nothing."""
        return None
