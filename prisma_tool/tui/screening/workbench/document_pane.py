"""The pane in which a document is read, of which only the lines in sight are painted.

Invariants: breaking a text into lines takes place in a thread, for the width the pane has; whatever its width, the line with the character
that was at the top stays there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from prisma_tool.errors import PrismaError
from prisma_tool.tui.screening.workbench.document_page import DocumentPage, Span, wrapped
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.words.refusal_words import refusal

WIDEST = 100
"""Cells of a line; longer ones are hard to read on."""
_CONTEXT = 2
"""Lines above what was looked for."""


class DocumentPane(ScrollView, can_focus=False):
    """Shows a `DocumentPage`. The screen has the keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"document--{name}" for name in ("loud", "strong", "quiet", "include", "exclude", "sought")
    }
    DEFAULT_CSS = """
    DocumentPane { height: 1fr; padding: 0 2; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    DocumentPane .document--loud { background: $error; color: $text; text-style: bold; }
    DocumentPane .document--strong { text-style: bold; }
    DocumentPane .document--quiet { text-style: dim; }
    DocumentPane .document--include { color: $text-success; text-style: bold underline; }
    DocumentPane .document--exclude { color: $text-error; text-style: italic reverse; }
    DocumentPane .document--sought { text-style: bold reverse; }
    """

    class Moved(Message):
        """Other lines are in sight."""

    def __init__(self) -> None:
        super().__init__()
        self.page: DocumentPage | None = None
        self.lines: Sequence[tuple[int, int]] = ()
        self._begins: list[int] = []
        self._sought: tuple[Span, ...] = ()
        self._top = 0
        self._breaker = BackgroundQuery[tuple[DocumentPage, int], list[tuple[int, int]]](
            self, lambda asked, _: wrapped(asked[0].plain, asked[1]), self._broken, self._failed
        )

    @property
    def _width(self) -> int:
        return min(WIDEST, max(1, self.scrollable_content_region.width))

    @property
    def top(self) -> int:
        """The first character in sight."""
        return self._top

    def show(self, page: DocumentPage, place: int) -> None:
        """Show a document with a place at its top."""
        self.page, self.lines, self._begins, self._sought, self._top = page, (), [], (), place
        self._break()

    def _break(self) -> None:
        if self.page is not None and self.size.width:
            self._breaker.ask((self.page, self._width))

    def _broken(self, asked: tuple[DocumentPage, int], lines: list[tuple[int, int]]) -> None:
        if asked[0] is not self.page:
            return
        if asked[1] != self._width:
            self._break()
            return
        self.lines, self._begins = lines, [begin for begin, _ in lines]
        self.virtual_size = Size(self._width, len(lines))
        self.refresh()
        self.call_after_refresh(self._stay)

    def _failed(self, error: PrismaError) -> None:
        self.notify(refusal(error), severity="error", markup=False)

    def _stay(self) -> None:
        """Bring the place that was at the top there again."""
        self.scroll_to(y=self._line_of(self._top), animate=False, force=True)
        self.post_message(self.Moved())

    def _line_of(self, place: int) -> int:
        return max(0, bisect_right(self._begins, place) - 1)

    def on_resize(self) -> None:
        """Break the lines for the new width."""
        self._break()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remember what is at the top."""
        super().watch_scroll_y(old_value, new_value)
        line = round(new_value)
        if 0 <= line < len(self._begins):
            self._top = self._begins[line]
            self.post_message(self.Moved())

    # Looking for words

    def find(self, typed: str) -> tuple[int, ...]:
        """Mark where these words stand, whatever lines they are broken over; returns where each begins."""
        words = r"\s+".join(map(re.escape, typed.split()))
        plain = self.page.plain if self.page and words else ""
        self._sought = tuple(Span(match.start(), match.end(), "sought") for match in re.finditer(words, plain, re.IGNORECASE))
        self.refresh()
        return tuple(span.start for span in self._sought)

    def show_place(self, place: int) -> None:
        """Bring a place into sight, with some lines above it."""
        self.scroll_to(y=max(0, self._line_of(place) - _CONTEXT), animate=False, force=True)

    # Painting

    def render_line(self, y: int) -> Strip:
        """One line of the text, with its marks."""
        width = self.size.width
        number = self.scroll_offset.y + y
        if self.page is None or number >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        start, end = self.lines[number]
        segments = [Segment(self.page.plain[a:b], self.rich_style + style) for a, b, style in self._stretches(start, end)]
        return Strip(segments).crop_extend(0, width, self.rich_style)

    def _stretches(self, start: int, end: int) -> Iterator[tuple[int, int, Style]]:
        """A line cut where its styles change."""
        assert self.page is not None
        here = [*_within(self.page.spans, start, end), *_within(self._sought, start, end)]
        edges = sorted({start, end, *(max(start, span.start) for span in here), *(min(end, span.end) for span in here)})
        for a, b in pairwise(edges):
            names = [span.style for span in here if span.start <= a and b <= span.end]
            styles = [self.get_component_rich_style(f"document--{name}", partial=True) for name in names]
            yield a, b, Style.combine(styles) if styles else Style.null()


def _within(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """Those that touch a line: spans stand in their order and do not overlap others of their kind."""
    index = max(0, bisect_right(spans, start, key=lambda span: span.start) - 1)
    while index < len(spans) and spans[index].start < end:
        if spans[index].end > start:
            yield spans[index]
        index += 1
