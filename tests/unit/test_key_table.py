"""The page of keys that `?` shows."""

from __future__ import annotations

import pytest
from textual.binding import Binding

from prisma_tool.tui.frame.key_help import help_text
from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.place_table import GOING_TO_PLACES
from prisma_tool.tui.screening.keys import FULL_TEXT, TITLE_ABSTRACT

WIDTHS = (70, 110, 190)


@pytest.mark.parametrize("key", ["a", "delete,backspace", "delete,backspace,shift+tab,pagedown"])
def test_keys_never_run_into_what_they_do_and_all_explanations_stand_below_each_other(key: str) -> None:
    bindings = (Binding(key, "take", "Take"), Binding("x", "leave", "Leave"))
    lines = help_text((("Group", bindings),), {}, 70).plain.splitlines()[1:]
    places = {line.index(word) for line, word in zip(lines, ("Take", "Leave"), strict=True)}
    assert len(places) == 1
    assert all(line[: places.copy().pop()].endswith("  ") for line in lines)


def groups_of(*sizes: int) -> Groups:
    return tuple(
        (f"Group{group}", tuple(Binding("x", "do", f"does{group}.{n}") for n in range(size))) for group, size in enumerate(sizes)
    )


@pytest.mark.parametrize(("width", "columns"), [(99, 1), (100, 2), (151, 2), (152, 3), (400, 3)])
def test_there_are_as_many_columns_of_48_cells_as_have_room_and_never_more_than_three(width: int, columns: int) -> None:
    assert help_text(groups_of(5, 5, 5), {}, width).plain.splitlines()[0].count("Group") == columns


def test_groups_follow_each_other_down_one_column_and_on_in_the_next_and_none_is_torn() -> None:
    lines = help_text(groups_of(2, 3, 6), {}, 110).plain.splitlines()
    left, right = [line[:55].strip() for line in lines], [line[55:].strip() for line in lines]
    assert [line for line in left if line.startswith("Group")] == ["Group0", "Group1"]
    assert right[0] == "Group2"
    assert [line.split()[-1] for line in right[1:] if line] == [f"does2.{n}" for n in range(6)]


def test_a_second_column_that_would_make_the_page_no_shorter_is_not_made() -> None:
    assert "Group0" in (first := help_text(groups_of(9), {}, 200).plain.splitlines()[0])
    assert first.strip() == "Group0"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("groups", [TITLE_ABSTRACT, FULL_TEXT], ids=["titles", "full texts"])
def test_at_every_width_each_word_of_each_explanation_is_there_and_no_line_is_longer_than_the_page(
    groups: Groups, width: int
) -> None:
    whole = (*groups, GOING_TO_PLACES)
    text = help_text(whole, {}, width).plain
    assert max(map(len, text.splitlines())) <= width
    words = sorted(
        word for heading, bindings in whole for word in [heading, *(one.tooltip or one.description for one in bindings)]
    )
    for word in " ".join(words).split():
        assert word in text
