"""An application that sends to the terminal only what changed in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from prisma_tool.tui.terminal.shown_cells import PaintedStrip, ShownCells


class Repainting(App[None]):
    """Keeps what the terminal shows. Textual sends each widget that may have changed, whole and with all its colours."""

    BINDINGS = [  # noqa: RUF012 - Textual declares it as a plain class attribute
        Binding("ctrl+l", "draw_anew", "Draw the screen anew", id="app.draw_anew", show=False)
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown = ShownCells()

    def on_mount(self) -> None:
        """Another program has the terminal while the application is suspended."""
        self.app_resume_signal.subscribe(self, lambda _: self.action_draw_anew())

    def on_resize(self) -> None:
        """A terminal that changes its size moves what it shows."""
        self._shown.forget()

    def action_draw_anew(self) -> None:
        """Draw all of the screen, whatever the terminal shows."""
        self._shown.forget()
        self.screen.refresh()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Show what Textual painted."""
        if isinstance(renderable, (LayoutUpdate, ChopsUpdate)):
            difference: Any = _Difference(renderable, self._shown, self.size)
            super()._display(screen, difference)
            return
        if renderable is not None:
            self._shown.forget()
        super()._display(screen, renderable)


class _Difference(CompositorUpdate):
    """What of an update the terminal does not show yet, worked out when it is about to be sent and not before."""

    def __init__(self, update: LayoutUpdate | ChopsUpdate, shown: ShownCells, size: tuple[int, int]) -> None:
        self._update, self._shown, self._size = update, shown, size

    def render_segments(self, console: Console) -> str:
        """The difference, as it is sent."""
        pieces = _of_layout(self._update) if isinstance(self._update, LayoutUpdate) else _of_chops(self._update)
        colours = console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001 - as Textual asks for it
        return self._shown.paint(pieces, self._size, colours)


def _of_layout(update: LayoutUpdate) -> Iterator[PaintedStrip]:
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield PaintedStrip(y, x, strip)
            x += strip.cell_length


def _of_chops(update: ChopsUpdate) -> Iterator[PaintedStrip]:
    """The strips that touch what is to be updated, as Textual would send them."""
    for y, start, stop in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < stop and end > start:
                yield PaintedStrip(y, x, strip.crop(0, min(end, stop) - x))
