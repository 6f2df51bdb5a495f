"""The list beside a full text: every report of the queue with what it waits for, or what was decided.

Invariant: the mark is on the report that is on the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import events

from prisma_tool.model.text import one_line
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.texts.report_rows import ReportRow, ReportRows
from prisma_tool.tui.widgets.row_list import RowList
from prisma_tool.tui.widgets.text_columns import Piece, TextColumn, headings, laid_out
from prisma_tool.tui.widgets.verdict_look import OF_MARK

_ROOMY = 40
"""From this many cells on there is room for titles."""
_NARROW = (TextColumn("", 1), TextColumn("State", 7), TextColumn("Author"), TextColumn("Year", 4))
_WIDE = (TextColumn("", 1), TextColumn("State", 8), TextColumn("Author", 10), TextColumn("Year", 4), TextColumn("Title"))


class ReportList(RowList[ReportRow]):
    """Shows the reports; one that is clicked on is gone to."""

    BORDER_TITLE = "Reports"

    def headings(self, width: int) -> Sequence[Piece]:
        """The names of the columns."""
        return headings(_columns(width), width)

    def line(self, row: ReportRow, width: int) -> Sequence[Piece]:
        """One report."""
        return report_line(row, width)

    def renew(self, rows: ReportRows, mark: int) -> None:
        """Show the list as it is now; what was read stays until it has been read again."""
        if self.total != len(rows):
            self.show(rows, mark)
        else:
            self.source = rows
            self.reread()
            self.go_to(mark)

    def on_click(self, event: events.Click) -> None:
        """Go to the report."""
        event.prevent_default()
        place = round(self.scroll_y) + event.y - self.gutter.top - 1
        if event.y > self.gutter.top and place < self.total:
            self.go_to(place)
            self.post_message(self.Opened(self))  # type: ignore[arg-type] # whatever its rows are


def _columns(width: int) -> Sequence[TextColumn]:
    return _WIDE if width >= _ROOMY else _NARROW


def report_line(row: ReportRow, width: int) -> list[Piece]:
    """A report in the columns of a list of so many cells."""
    look = OF_MARK[row.mark]
    style = look.piece or "strong"
    pieces = [
        (look.sign, style),
        (row.state, style),
        (row.author or row.title or row.key, ""),
        (row.year, "quiet"),
        (row.title, "quiet"),
    ]
    columns = _columns(width)
    return laid_out(columns, pieces[: len(columns)], width)


class ListCommands(CommandGroup):
    """Keeps the list as the queue is."""

    NAME = "list"

    @property
    def _list(self) -> ReportList:
        return self.screen.query_one(ReportList)

    def show_all(self) -> None:
        """Show the reports over the whole screen, to go to one."""
        # Only a narrow screen needs it, and then not at once.
        from prisma_tool.tui.screening.workbench.list_dialog import ListDialog

        rows = ReportRows(self.session)
        if len(rows):
            self.screen.app.push_screen(ListDialog(rows, self.session.position), partial(self._chosen, rows))

    def _chosen(self, rows: ReportRows, place: int | None) -> None:
        """Go to the report that was chosen, unless the queue has become another meanwhile."""
        if place is None or place == self.session.position:
            return
        key = rows.key_at(place)
        place_now = next((at for at, one in enumerate(self.session.path) if self.session.queue.keys[one] == key), None)
        if place_now is None:
            self.screen.show_message(f"{one_line(key)} is no longer in this list")
            return
        self.session.jump(place_now + 1)
        self.screen.paint()

    def painted(self) -> None:
        """Mark the report that is shown, in the queue as it is now."""
        if not self._list.display:
            return
        rows = self._list.source
        if isinstance(rows, ReportRows) and rows.is_as(self.session):
            self._list.go_to(self.session.position)
        else:
            self._list.renew(ReportRows(self.session), self.session.position)

    def confirmed(self) -> None:
        """A decision was stored: the list shows it."""
        self.painted()

    def changed_elsewhere(self, changes: Changes) -> None:  # noqa: ARG002 - a text may have come for any of them
        """Read the rows in sight anew."""
        self._list.reread()
