"""The list of places, to go to one by its key or by arrows and Enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from prisma_tool.tui.words.hint import Hint

if TYPE_CHECKING:
    from prisma_tool.tui.frame.place_table import Place


class PlaceList(ModalScreen["Place | None"]):
    """Answers with the chosen place, or None."""

    CSS_PATH = "place_list.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,g,q", "dismiss(None)", "Close", id="go-to.close")]

    def __init__(self, places: Sequence[Place], here: str) -> None:
        super().__init__()
        self.places, self.here = places, here

    def compose(self) -> ComposeResult:
        """The places with their keys, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Go to", "bold"))
            yield OptionList(*(Option(self._line(place)) for place in self.places))
            yield Hint("its key, here or on any place · arrows and Enter · Esc stays")

    def _line(self, place: Place) -> Content:
        here = " ·" if place.name == self.here else ""
        return Content.assemble((f" {place.key} ", "bold reverse"), f"  {place.title + here:<16}", (place.what, "dim"))

    def on_key(self, event: events.Key) -> None:
        """Answer with the place of this key."""
        place = next((place for place in self.places if place.key == event.character), None)
        if place is not None:
            event.stop()
            self.dismiss(place)

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Answer with the chosen line."""
        self.dismiss(self.places[event.option_index])
