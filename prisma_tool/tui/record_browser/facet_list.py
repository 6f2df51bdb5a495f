"""The facets of the records that are listed: their values with counts, one of which narrows the list.

Invariant: a count is shown beside the list that it counts; while that is another list already, the heading says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from prisma_tool.records.facets import FACETS, FacetCount, FacetCounts, demands
from prisma_tool.reports.state import Phase
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.text_columns import CUT, fitted
from prisma_tool.tui.widgets.verdict_look import OF_PHASE, VerdictLook

SHOWN = 6
"""So many values of a facet are listed at first."""
_MARK, _N = 2, 8


@dataclass(frozen=True, slots=True)
class FacetLine:
    """A value that can be chosen; without one, the line that lists the others of its facet."""

    field: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class FacetTable:
    """Which facets a list has: their headings by field, whether a filter demands a value of a field, and how a value looks."""

    headings: Mapping[str, str]
    demands: Callable[[str, str, str], bool]
    look: Callable[[str, str], VerdictLook | None]


def _look_of_phase(field: str, value: str) -> VerdictLook | None:
    return OF_PHASE[Phase(value)] if field == "phase" else None


OF_RECORDS = FacetTable(FACETS, demands, _look_of_phase)


class FacetList(OptionList):
    """Lists the facets; arrows and Enter or the mouse choose a value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("escape", "leave", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """A value was chosen."""

        field: str
        value: str

    @dataclass
    class Appeared(Message):
        """There is room for the facets now."""

    def __init__(self, table: FacetTable = OF_RECORDS, back_to: str = "") -> None:
        super().__init__(id="facets")
        self.back_to = back_to
        """Which list gets the keys from here; the screen where it is empty."""
        self.table = table
        self.counts: FacetCounts = {}
        self.where = ""
        self.lines: list[FacetLine | None] = []
        self._whole: set[str] = set()
        self.border_title = "Facets"

    def action_leave(self) -> None:
        """Give the keys back."""
        self.screen.set_focus(self.screen.query_one(self.back_to) if self.back_to else None)

    def go_to_or_leave(self) -> bool:
        """Take the keys, or give them back to the screen; False where there is no room for the facets."""
        if self.has_focus:
            self.action_leave()
        elif self.display:
            self.focus()
            if self.highlighted is None:
                self.action_first()
        return bool(self.display)

    def outdate(self) -> None:
        """Say that another list is being counted."""
        self.border_title = "Facets · counting ..."

    def show(self, counts: FacetCounts, where: str) -> None:
        """Show the facets of a list that is narrowed by this condition."""
        self.counts, self.where = counts, where
        self.border_title = "Facets"
        self._fill()

    def on_show(self) -> None:
        """There was no room before."""
        self.post_message(self.Appeared())

    def on_resize(self) -> None:
        """The lines are as wide as there is room."""
        self._fill()

    def _fill(self) -> None:
        here = self.lines[self.highlighted] if self.highlighted is not None else None
        rows = facet_rows(self.counts, self.where, self._whole, max(20, self.content_size.width - 1), self.table)
        self.lines = [line for line, _ in rows]
        top = self.scroll_offset.y
        self.clear_options()
        self.add_options([Option(text, disabled=line is None) for line, text in rows])
        if here is not None and here in self.lines:
            self.highlighted = self.lines.index(here)
        self.scroll_to(y=top, animate=False)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        line = self.lines[event.option_index]
        if line is None:
            return
        if line.value:
            self.post_message(self.Chosen(line.field, line.value))
        else:
            self._whole ^= {line.field}
            self._fill()


def facet_rows(
    counts: FacetCounts, where: str, whole: Collection[str], width: int, table: FacetTable = OF_RECORDS
) -> list[tuple[FacetLine | None, Content]]:
    """The rows of all facets that have values; those in `whole` with all of them."""
    rows: list[tuple[FacetLine | None, Content]] = []
    for field, heading in table.headings.items():
        if values := counts.get(field, ()):
            rows.append((None, Content.styled(heading, "bold")))
            rows += _rows_of(field, values, where, width, table, is_whole=field in whole)
    return rows


def _rows_of(
    field: str, values: Sequence[FacetCount], where: str, width: int, table: FacetTable, *, is_whole: bool
) -> Iterator[tuple[FacetLine | None, Content]]:
    chosen = [one for one in values if table.demands(where, field, one.value)]
    shown = values if is_whole else values[:SHOWN]
    for one in dict.fromkeys([*shown, *chosen]):
        yield FacetLine(field, one.value), _row(one, width, table.look(field, one.value), is_chosen=one in chosen)
    if len(values) > SHOWN:
        words = "fewer" if is_whole else f"{len(values) - SHOWN:,} more"
        yield FacetLine(field), Content.styled(f"  {CUT} {words}", QUIET)


def _row(one: FacetCount, width: int, look: VerdictLook | None, *, is_chosen: bool) -> Content:
    sign = f"{look.sign} " if look else ""
    text = fitted(f"{sign}{one.value}", max(1, width - _MARK - _N))
    style = "bold" if is_chosen else look.style if look else ""
    return Content.assemble(
        ("▸ " if is_chosen else "  ", "bold"), (text, style), (f"{one.n:>{_N},}", "bold" if is_chosen else QUIET)
    )
