"""The mouse works wherever a key does: headings, boxes, footers, hints of dialogs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from prisma_tool.review.open_review import Review
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.text_prompt import TextPromptDialog
from prisma_tool.tui.frame.application import Sent
from prisma_tool.tui.frame.place_list import PlaceList
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.words.hint import hint_text, key_of

ReviewOf = Callable[..., Review]


def where(pilot: Pilot[None], words: str) -> tuple[int, int]:
    """Where some words begin on the screen."""
    lines = ["".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()]
    return next((line.index(words), y) for y, line in enumerate(lines) if words in line)


async def click(pilot: Pilot[None], words: str) -> None:
    await pilot.app.at_rest()  # type: ignore[attr-defined] # the application of these tests
    x, y = where(pilot, words)
    # The pilot hands a click to the screen; from a terminal it comes by the application, which notes when it was sent.
    pilot.app.sent = Sent("", pilot.app.clock())  # type: ignore[attr-defined] # likewise
    await pilot.click(offset=(x + 1, y))
    await pilot.app.at_rest()  # type: ignore[attr-defined] # likewise
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("Enter stores it", "enter"),
        ("Esc", "escape"),
        ("Ctrl+S stores it", "ctrl+s"),
        ("y yes", "y"),
        ("a number", ""),
        ("its key, or arrows and Enter", ""),
        ("e", ""),
    ],
)
def test_a_part_of_a_hint_presses_the_key_that_it_begins_with(part: str, key: str) -> None:
    assert key_of(part) == key


def test_a_hint_reads_as_it_was_written() -> None:
    assert hint_text("Enter [stores] it · Esc").plain == "Enter [stores] it · Esc"


async def test_boxes_places_heading_and_title_of_home_lead_where_they_say(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(2), "Anna").run_test(size=(120, 34)) as pilot:
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        await click(pilot, "4 Titles")
        assert pilot.app.current_mode == "title-abstract"
        await click(pilot, "A review [of brackets]")
        assert pilot.app.current_mode == "home"
        await click(pilot, "Protocol ")
        assert pilot.app.current_mode == "protocol"
        await click(pilot, "Protocol · A")
        assert isinstance(pilot.app.screen, PlaceList)
        await click(pilot, "Records")
        assert pilot.app.current_mode == "records"


async def test_footers_and_hints_press_their_keys(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(2), "Anna", "title-abstract").run_test(size=(120, 34)) as pilot:
        await pilot.pause()
        await click(pilot, "f Filter")
        assert isinstance(pilot.app.screen, TextPromptDialog)
        await click(pilot, "Esc")
        assert not isinstance(pilot.app.screen, TextPromptDialog)
        await click(pilot, "? Help")
        assert isinstance(pilot.app.screen, TextPage)
        await click(pilot, "Esc closes")
        assert not isinstance(pilot.app.screen, TextPage)
        await pilot.app.push_screen(ChoiceDialog("Which?", ["One", "Two"]))
        await pilot.pause()
        await click(pilot, "Esc changes nothing")
        assert not isinstance(pilot.app.screen, ChoiceDialog)
