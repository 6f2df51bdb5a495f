"""The last line names as many keys as there is room for, the most used first, and none that does nothing as things stand."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from textual.binding import ActiveBinding, Binding
from textual.pilot import Pilot
from textual.screen import Screen

from prisma_tool.review.open_review import Review
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.widgets.key_footer import fitting

ReviewOf = Callable[..., Review]
OFFERED = [
    Binding("j", "down", "Down", id="here.down", show=False),
    Binding("i", "include", "Include", id="here.include"),
    Binding("e", "exclude", "Exclude", id="here.exclude"),
    Binding("x", "rare", "Rare", id="here.rare", show=False),
    Binding("q", "quit", "Quit", id="place.quit"),
]


def width_of(active: ActiveBinding) -> int:
    return len(active.binding.description)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (4, "q"),
        (17, "iq"),
        (18, "ieq"),
        (21, "ieq"),
        (22, "iexq"),
        (26, "iexjq"),
    ],
)
def test_what_does_not_fit_is_left_out_from_its_end_and_the_way_out_never_is(width: int, shown: str) -> None:
    active = [ActiveBinding(Screen(), one, enabled=True, tooltip="") for one in OFFERED]
    assert "".join(one.binding.key for one in fitting(active, width, width_of)) == shown


def last_line(pilot: Pilot[None]) -> str:
    return "".join(segment.text for segment in pilot.app.screen._compositor.render_strips()[-1])


async def test_a_wider_screen_names_more_keys_and_what_does_nothing_now_is_not_named(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(2), "Anna", "search").run_test(size=(40, 24)) as pilot:
        await pilot.pause()
        assert "? Help q Quit" in last_line(pilot)
        assert "Check" not in last_line(pilot)
        await pilot.resize_terminal(120, 24)
        await pilot.pause()
        await pilot.pause()
        assert "V Check M More" in last_line(pilot)
        assert "Halt" not in last_line(pilot)
        assert "Changes" not in last_line(pilot)
        await pilot.press("H")
        assert "no search is running" in "".join(
            segment.text for strip in pilot.app.screen._compositor.render_strips() for segment in strip
        )


async def test_the_help_lists_the_keys_of_every_place_too(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(0), "Anna").run_test(size=(80, 70)) as pilot:
        await pilot.press("question_mark")
        text = "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())
        assert "In every place" in text
        assert re.search(r"7 +Records", text)
