"""The lines of Sources: their numbers stand in columns at every width."""

from __future__ import annotations

import pytest
from textual.content import Content

from prisma_tool.tui.search.text import COLUMNS, columns_text, number_line

NUMBERS = {"reported": 1_234_567, "new": 1_200, "seen": 0}


@pytest.mark.parametrize("width", [74, 114, 194])
@pytest.mark.parametrize("head", ["pubmed", "a name as long as that of a file may be, and a little longer still, in its folder"])
def test_each_number_ends_below_the_end_of_its_heading_with_thousands_apart(width: int, head: str) -> None:
    headings, line = columns_text(width).plain, number_line(Content(head), NUMBERS, width).plain.splitlines()[-1]
    for name, written in (("reported", "1,234,567"), ("new", "1,200"), ("seen", "0")):
        end = headings.index(f" {name}") + len(name) + 1
        assert line[:end].endswith(written)
    assert len(line) <= width
    assert line.split()[-3:] == ["1,234,567", "1,200", "0"], "what is not known is blank, not 0"


@pytest.mark.parametrize(("cells", "lines"), [(100, 1), (101, 2)])
def test_numbers_stand_beside_a_head_that_leaves_room_and_else_below_it(cells: int, lines: int) -> None:
    text = number_line(Content("x" * cells), NUMBERS, 100 + 10 * len(COLUMNS)).plain
    assert len(text.splitlines()) == lines
    assert "x" * cells in text
