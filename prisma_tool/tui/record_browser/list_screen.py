"""What screens with a list of records share: the keys that move its mark, and what they do with the marked record."""

from __future__ import annotations

from collections.abc import Callable

from textual import on

from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.record_browser.record_list import RecordList
from prisma_tool.tui.record_browser.record_screen import RecordScreen
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.widgets.row_list import RowList


class RecordListScreen(PlaceScreen):
    """A screen with a `RecordList` on it."""

    @property
    def list(self) -> RecordList:
        """The list on this screen."""
        return self.query_one(RecordList)

    def show_changes(self, changes: Changes) -> None:
        """The records in sight may stand otherwise now."""
        del changes
        self.list.reread()

    @on(RowList.Failed)
    def _not_read(self, event: RowList.Failed) -> None:
        self.show_error("The records could not be read", event.error)

    @on(RowList.Opened)
    def action_open(self) -> None:
        """Open the marked record."""
        row = self.list.marked
        if row is not None:
            self.app.push_screen(RecordScreen(self.workspace, row.key, self._step))

    def _step(self, by: int) -> Callable[[], str] | None:
        """Mark a neighbour for the page of a record; what reads its key, or None beyond the ends."""
        position = self.list.mark + by
        source = self.list.source
        if source is None or not 0 <= position < len(source):
            return None
        self.list.go_to(position)
        return lambda: source.rows(position, 1)[0].key

    def action_go_to_queue(self) -> None:
        """Go to the report of the marked record in its queue."""
        row = self.list.marked
        if row is not None:
            self.application.show_report(row.key)

    def action_move(self, by: int) -> None:
        """Move the mark by lines."""
        self.list.move(by)

    def action_page(self, pages: int) -> None:
        """Move the mark by pages."""
        self.list.page(pages)

    def action_edge(self, share: int) -> None:
        """Go to the first line (0) or the last (1)."""
        self.list.go_to(share * self.list.total)
