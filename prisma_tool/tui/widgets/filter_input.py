"""The line in which a filter is written; the list below it can be gone through while one types."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class FilterInput(Input):
    """Esc and Enter lead back to the list, the arrows up and down move its mark."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.leave_filter", "To the list", id="filter.leave", show=False),
    ]
