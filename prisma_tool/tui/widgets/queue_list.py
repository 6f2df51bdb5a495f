"""The queue beside the record: what was decided and what comes next, with the state of each as its reviewer sees it.

Invariant: signs are the reviewer's own verdicts and nobody else's; the keys stay with the record, and the list follows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from prisma_tool.records.browse import BrowseRow, rows_of
from prisma_tool.review.open_review import Review
from prisma_tool.screening.queue import QueueMark
from prisma_tool.tui.sessions.queue_cursor import QueueCursor
from prisma_tool.tui.widgets.row_list import RowList
from prisma_tool.tui.widgets.text_columns import Piece, TextColumn, headings, laid_out
from prisma_tool.tui.widgets.verdict_look import OF_MARK

_COLUMNS = (TextColumn("", 1), TextColumn("Year", 4), TextColumn("Author", 10), TextColumn("Title"))
_BEFORE = 4
"""Of the lines in sight, one in so many stands before the present record when the list is turned over."""


@dataclass(frozen=True, slots=True)
class QueueRows:
    """Reports in the order in which they are met."""

    review: Review
    keys: Sequence[str]
    path: Sequence[int]

    def __len__(self) -> int:
        return len(self.path)

    def keys_at(self, first: int, n: int) -> list[str]:
        """The keys of the reports from a place on."""
        return [self.keys[place] for place in self.path[first : first + n]]

    def rows(self, first: int, n: int) -> list[BrowseRow]:
        """The rows from a place on."""
        with self.review.store.read() as transaction:
            return rows_of(transaction, self.keys_at(first, n))


class QueueList(RowList[BrowseRow]):
    """Follows a queue where there is room for it."""

    @dataclass
    class Picked(Message):
        """A record was asked for with the mouse."""

        place: int

    def __init__(self, review: Review, cursor: QueueCursor) -> None:
        super().__init__(id="queue")
        self._review, self.cursor = review, cursor
        self.border_title = "Queue"

    def follow(self) -> None:
        """Mark the present record, along the way that the queue has now; where there is no room, nothing is read."""
        if not self.size.width:
            return
        rows = QueueRows(self._review, self.cursor.queue.keys, self.cursor.path)
        if self.source is None:
            self.show(rows, self.cursor.position)
        else:
            self._take(rows)
            self.go_to(self.cursor.position)
            # Signs may be others although the rows are the same.
            self.refresh()

    def _take(self, rows: QueueRows) -> None:
        """Go on with another way through the queue; rows that are the same ones stay."""
        before, self.source = self.source, rows
        shown = self.window.first, len(self.window.rows)
        if not isinstance(before, QueueRows) or before.keys_at(*shown) != rows.keys_at(*shown) or len(before) != len(rows):
            self.grown()
            self.reread()

    def on_resize(self) -> None:
        """Follow from where there is room."""
        super().on_resize()
        self.call_later(self.follow)

    def on_click(self, event: events.Click) -> None:
        """Ask for the record of this row."""
        place = round(self.scroll_y) + event.y - self.gutter.top - 1
        if event.y > self.gutter.top and place < self.total:
            event.prevent_default()
            self.post_message(self.Picked(place))

    def top_for(self, place: int) -> int:
        """A few decided ones stay in sight above; the rest of the room is for what comes."""
        return max(0, place - self._visible // _BEFORE)

    def headings(self, width: int) -> Sequence[Piece]:
        """The names of the columns."""
        return headings(_COLUMNS, width)

    def line(self, row: BrowseRow, width: int) -> Sequence[Piece]:
        """One report: its state, year, first author, title."""
        queue = self.cursor.queue
        place = queue.place(row.key)
        mark = QueueMark.NOT_AT_STAGE if place is None else QueueMark(queue.marks[place])
        quiet = "" if mark is QueueMark.WAITS else "quiet"
        look = OF_MARK[mark]
        pieces = [(look.sign, look.piece), (str(row.year or ""), quiet), (row.author, quiet), (row.title or "(no title)", quiet)]
        return laid_out(_COLUMNS, pieces, width)
