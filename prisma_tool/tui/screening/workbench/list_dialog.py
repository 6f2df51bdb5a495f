"""The reports of the queue over the whole screen, for a screen too narrow to have them beside the text.

Invariant: choosing a report shows it and decides nothing.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from prisma_tool.model.text import counted
from prisma_tool.tui.screening.workbench.report_list import ReportList
from prisma_tool.tui.sessions.texts.report_rows import ReportRows
from prisma_tool.tui.words.hint import Hint


class ListDialog(ModalScreen[int | None]):
    """Answers with the place of a report, or None where the reviewer stays at the present one."""

    CSS_PATH = "list_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", id="reports.close"),
        Binding("enter", "choose", "Go to", id="reports.choose"),
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("space,pagedown", "page(1)", "Page down", show=False),
        Binding("b,pageup", "page(-1)", "Page up", show=False),
    ]

    def __init__(self, rows: ReportRows, mark: int) -> None:
        super().__init__()
        self.rows, self.mark = rows, mark

    def compose(self) -> ComposeResult:
        """The reports, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled(counted(len(self.rows), "report"), "bold"))
            yield ReportList()
            yield Hint("Enter goes to the marked one · ↑ ↓ PgUp PgDn · Esc stays here")

    @property
    def _list(self) -> ReportList:
        return self.query_one(ReportList)

    def on_mount(self) -> None:
        """Show them, with the present one marked."""
        self._list.show(self.rows, self.mark)

    def action_move(self, by: int) -> None:
        """Mark a neighbour."""
        self._list.move(by)

    def action_page(self, pages: int) -> None:
        """Mark one a page on."""
        self._list.page(pages)

    @on(ReportList.Opened)
    def action_choose(self) -> None:
        """Answer with the marked one."""
        self.dismiss(self._list.mark if self._list.total else None)
