"""The table of keys that `?` shows."""

from __future__ import annotations

import pytest
from textual.binding import Binding

from prisma_tool.tui.frame.key_table import help_text


@pytest.mark.parametrize("key", ["a", "delete,backspace", "delete,backspace,shift+tab,pagedown"])
def test_keys_never_run_into_what_they_do_and_all_explanations_stand_below_each_other(key: str) -> None:
    bindings = (Binding(key, "take", "Take"), Binding("x", "leave", "Leave"))
    lines = help_text((("Group", bindings),), {}).plain.splitlines()[1:]
    places = {line.index(word) for line, word in zip(lines, ("Take", "Leave"), strict=True)}
    assert len(places) == 1
    assert all(line[: places.copy().pop()].endswith("  ") for line in lines)
