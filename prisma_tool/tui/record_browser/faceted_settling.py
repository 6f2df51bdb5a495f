"""Facets beside a list that is settled item by item: what its items have in common, with counts, one of which narrows the list.

Invariant: a list that was narrowed is shown only where nothing was painted meanwhile, for an answer is about what is on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from prisma_tool.records.facets import FacetCounts, demands, with_value
from prisma_tool.tui.frame.settle_screen import SettleScreen
from prisma_tool.tui.record_browser.facet_list import FacetList, FacetTable
from prisma_tool.tui.sessions.settle_session import Narrowing, SettleSession
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery

Item = TypeVar("Item")
Details = TypeVar("Details")


def facets_key(key: str, prefix: str) -> Binding:
    """The key to the facets; `prefix` begins the id of the binding."""
    tooltip = "To the facets beside the list, one of which narrows it, and back"
    return Binding(key, "facets", "Facets", id=f"{prefix}.facets", show=False, tooltip=tooltip)


@dataclass(frozen=True, slots=True)
class _Narrowed(Generic[Item]):
    """What was found, when so many paintings had been made."""

    paintings: int
    narrowing: Narrowing[Item]


class FacetedSettleScreen(SettleScreen[Item, Details]):
    """Has facets beside the item where there is room for them."""

    AUTO_FOCUS: ClassVar[str | None] = ""

    def __init__(self, workspace: Workspace, session: SettleSession[Item, Details, Any]) -> None:
        super().__init__(workspace, session)
        failed = partial(self.show_error, f"The {self.ITEM}s could not be counted")
        self._counter = BackgroundQuery[Sequence[Item], FacetCounts](
            self, lambda items, _: self.session.counts(items), self._show_counts, failed
        )
        self._narrower = BackgroundQuery[str, _Narrowed[Item]](self, self._find, self._take_narrowed, failed)

    def compose_body(self) -> Iterable[Widget]:
        """The item, and the facets beside it."""
        yield Horizontal(
            Vertical(*self.compose_item(), id="item"),
            FacetList(FacetTable(self.session.FIELDS, demands, lambda _, __: None), self.AUTO_FOCUS or ""),
            id="lists",
        )

    @property
    def _facets(self) -> FacetList:
        return self.query_one(FacetList)

    def show_around(self) -> None:
        """Count what is listed, where there is room to show it; where nothing waits, there is nothing to count."""
        self.set_class(not self.session.items and self.session.narrowing is None, "-empty")
        if self._facets.display:
            self._facets.outdate()
            self._counter.ask(self.session.items)

    @on(FacetList.Appeared)
    def _has_room(self) -> None:
        self.show_around()
        self.refresh_bindings()

    def _show_counts(self, _: Sequence[Item], counts: FacetCounts) -> None:
        self._facets.show(counts, self._where)

    @property
    def _where(self) -> str:
        return self.session.narrowing.where if self.session.narrowing else ""

    def is_useful(self, action: str) -> bool:
        """Whether there are facets to go to, or something to widen."""
        state = {"facets": bool(self._facets.display), "widen": self.session.narrowing is not None}
        return state.get(action, True) and super().is_useful(action)

    def action_facets(self) -> None:
        """Go to the facets, and back."""
        if not self._facets.go_to_or_leave():
            self.tell("the facets stand beside the list where the terminal has 160 columns")

    def action_widen(self) -> None:
        """Show all items again; where all are shown, go back."""
        if self.session.narrowing is None:
            self.application.action_go_back()
        else:
            self._narrower.ask("")

    @on(FacetList.Chosen)
    def _choose(self, chosen: FacetList.Chosen) -> None:
        self._facets.action_leave()
        self._narrower.ask(with_value(self._where, chosen.field, chosen.value))

    def _find(self, where: str, _: Callable[[], bool]) -> _Narrowed[Item]:
        return _Narrowed(self.paintings, self.session.find(where))

    def _take_narrowed(self, where: str, narrowed: _Narrowed[Item]) -> None:
        if not self.is_active:
            return  # a dialog asks about the item below it
        if narrowed.paintings != self.paintings:
            self._narrower.ask(where)
            return
        self.session.narrow(narrowed.narrowing)
        self.paint("" if where else f"all {self.ITEM}s")
        self.show_around()
