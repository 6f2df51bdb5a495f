"""A list of any length of which only the rows in sight exist.

Invariants: rows are read in a thread, for the visible window and a page on either side, never for the whole list; rows of a list that is
no longer shown are dropped; the marked row is in sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from prisma_tool.errors import PrismaError
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.text_columns import CUT, Piece

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Rows(Protocol[R_co]):
    """Where rows come from."""

    def __len__(self) -> int: ...

    def rows(self, first: int, n: int) -> Sequence[R_co]:
        """The rows from a place on; called in a thread."""


@dataclass(frozen=True, slots=True)
class Window(Generic[R]):
    """Rows that were read: those from the place `first` on."""

    first: int = 0
    rows: Sequence[R] = ()

    def row(self, place: int) -> R | None:
        """The row at a place of the list; None where it was not read."""
        return self.rows[place - self.first] if self.covers(place, 1) else None

    def covers(self, first: int, n: int) -> bool:
        """Whether these rows were read."""
        return self.first <= first and first + n <= self.first + len(self.rows)


@dataclass(frozen=True, slots=True)
class RowsRequest(Generic[R]):
    """`n` rows of a source, from the place `first` on."""

    source: Rows[R]
    first: int
    n: int


class RowList(ScrollView, Generic[R], can_focus=False):
    """Shows rows below a line of headings. A subclass says how a row looks; the screen has the keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-list--marked",
        "row-list--head",
        "row-list--strong",
        "row-list--quiet",
        "row-list--good",
        "row-list--bad",
        "row-list--doubt",
        "row-list--clash",
        "row-list--other",
    }
    DEFAULT_CSS = """
    RowList { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    RowList .row-list--marked { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    RowList .row-list--head { background: $panel; color: $text; }
    RowList .row-list--strong { text-style: bold; }
    RowList .row-list--quiet { text-style: dim; }
    RowList .row-list--good { color: $text-success; }
    RowList .row-list--bad { color: $text-error; }
    RowList .row-list--doubt { color: $text-warning; }
    RowList .row-list--clash { color: $text-warning; text-style: bold; }
    RowList .row-list--other { color: $text-accent; }
    """

    @dataclass
    class Marked(Message):
        """Another row is marked, or the rows of the marked place have arrived."""

        list: RowList[object]

    @dataclass
    class Opened(Message):
        """A row was asked for with the mouse."""

        list: RowList[object]

    @dataclass
    class Failed(Message):
        """Rows could not be read."""

        error: PrismaError

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.source: Rows[R] | None = None
        self.window: Window[R] = Window()
        self.mark = 0
        self._request: RowsRequest[R] | None = None
        self._asker = BackgroundQuery[RowsRequest[R], Sequence[R]](
            self, lambda request, _: request.source.rows(request.first, request.n), self._arrived, self._failed
        )

    # What a subclass says

    def headings(self, width: int) -> Sequence[Piece]:
        """The line of headings."""
        raise NotImplementedError

    def line(self, row: R, width: int) -> Sequence[Piece]:
        """The line of a row."""
        raise NotImplementedError

    # What is shown

    @property
    def total(self) -> int:
        """How many rows the list has."""
        return 0 if self.source is None else len(self.source)

    @property
    def marked(self) -> R | None:
        """The marked row; None while it is not read, and in an empty list."""
        return self.window.row(self.mark) if self.mark < self.total else None

    @property
    def _visible(self) -> int:
        return max(1, self.size.height - 1)

    def show(self, source: Rows[R], mark: int = 0) -> None:
        """Show another list, with a row of it marked."""
        self.source, self.window = source, Window()
        self._request = None
        self.grown()
        self.go_to(mark)

    def grown(self) -> None:
        """Take note that the list has become longer at its end."""
        self.virtual_size = Size(self.size.width, self.total + 1)
        self._want()
        self.refresh()

    def go_to(self, place: int) -> None:
        """Mark a row, the nearest one where there is none at that place, and bring it into sight."""
        before, self.mark = self.mark, max(0, min(self.total - 1, place))
        top = round(self.scroll_y)
        if top <= self.mark < top + self._visible:
            # A row stands a line below its place: the headings have the first line.
            self.refresh_lines(before + 1)
            self.refresh_lines(self.mark + 1)
        else:
            self.scroll_to(y=self.top_for(self.mark), animate=False, force=True)
            self.refresh()
        self._want()
        self.post_message(self.Marked(self))  # type: ignore[arg-type] # whatever its rows are

    def top_for(self, place: int) -> int:
        """At which place the list begins once it was scrolled to bring this one into sight: as little as is needed."""
        return place if place < round(self.scroll_y) else place - self._visible + 1

    def move(self, by: int) -> None:
        """Move the mark by so many rows."""
        self.go_to(self.mark + by)

    def page(self, pages: int) -> None:
        """Move the mark by so many pages, with a row in common."""
        self.move(pages * max(1, self._visible - 1))

    # Reading

    def _want(self) -> None:
        """Read what is in sight and a page on either side, unless it is there already or under way."""
        first = min(max(0, round(self.scroll_y)), max(0, self.total - 1))
        n = min(self._visible, self.total - first)
        if n <= 0 or self.source is None or self.window.covers(first, n):
            return
        start = max(0, first - self._visible)
        request = RowsRequest(self.source, start, first + 2 * self._visible - start)
        if request != self._request:
            self._request = request
            self._asker.ask(request)

    def reread(self) -> None:
        """Read the rows in sight anew; those from before stay until that is done."""
        if self.source is not None and self.window.rows:
            self._request = RowsRequest(self.source, self.window.first, len(self.window.rows))
            self._asker.ask(self._request)

    def _arrived(self, request: RowsRequest[R], rows: Sequence[R]) -> None:
        """Show what was read, and read on where the list was moved meanwhile."""
        self._request = None
        # A list that was looked up anew meanwhile and is the same one awaits these rows, too: they are not asked for again.
        if request.source == self.source:
            self.window = Window(request.first, rows)
            self.refresh()
            if rows:
                self._want()
            self.post_message(self.Marked(self))  # type: ignore[arg-type] # whatever its rows are

    def _failed(self, error: PrismaError) -> None:
        self.post_message(self.Failed(error))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what has come into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._want()

    def on_resize(self) -> None:
        """Keep the mark in sight."""
        if self.source is not None:
            self.virtual_size = Size(self.size.width, self.total + 1)
            self.go_to(self.mark)

    def on_click(self, event: events.Click) -> None:
        """The first click marks a row, one on the marked row opens it."""
        place = round(self.scroll_y) + event.y - 1
        if event.y < 1 or place >= self.total:
            return
        if place == self.mark:
            self.post_message(self.Opened(self))  # type: ignore[arg-type] # as above
        else:
            self.go_to(place)

    # Painting

    def render_line(self, y: int) -> Strip:
        """The headings stand at the top; below them are the rows at which the list stands."""
        width = self.size.width
        if y == 0:
            return self._strip(self.headings(width), width, "row-list--head")
        place = self.scroll_offset.y + y - 1
        if place >= self.total:
            return Strip.blank(width, self.rich_style)
        row = self.window.row(place)
        pieces = [(f" {CUT}", "quiet")] if row is None else self.line(row, width)
        return self._strip(pieces, width, "row-list--marked" if place == self.mark else "")

    def _strip(self, pieces: Sequence[Piece], width: int, component: str) -> Strip:
        base = self.get_component_rich_style(component) if component else self.rich_style
        plain = component == "row-list--marked"
        segments = [Segment(text, base + self._style(style, plain=plain)) for text, style in pieces]
        return Strip(segments).crop_extend(0, width, base)

    def _style(self, name: str, *, plain: bool) -> Style:
        # On the marked row colours would fight with its own; what is bold stays so.
        if not name or (plain and name != "strong"):
            return Style.null()
        return self.get_component_rich_style(f"row-list--{name}", partial=True)
