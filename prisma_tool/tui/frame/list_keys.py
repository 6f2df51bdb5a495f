"""The keys by which one goes through a list of rows, the same in every place."""

from __future__ import annotations

from textual.binding import Binding


def moving(prefix: str) -> tuple[str, tuple[Binding, ...]]:
    """The keys by which one goes through a list of rows; `prefix` begins the ids of their bindings."""
    return (
        "Going through the list",
        (
            Binding("j,down", "move(1)", "Down", id=f"{prefix}.down", show=False, tooltip="Next line"),
            Binding("k,up", "move(-1)", "Up", id=f"{prefix}.up", show=False, tooltip="Line before"),
            Binding("space,pagedown", "page(1)", "Page down", id=f"{prefix}.page-down", show=False),
            Binding("b,pageup", "page(-1)", "Page up", id=f"{prefix}.page-up", show=False),
            Binding("home", "edge(0)", "First", id=f"{prefix}.first", show=False, tooltip="First line"),
            Binding("end", "edge(1)", "Last", id=f"{prefix}.last", show=False, tooltip="Last line"),
        ),
    )
