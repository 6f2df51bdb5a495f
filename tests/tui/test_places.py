"""The places of the application: each is reached by its key, from the list and from the command palette, and one comes back."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from prisma_tool.review.open_review import Review
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.place_list import PlaceList
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.place_table import HOME, PLACES, SOURCES
from prisma_tool.tui.frame.text_page import TextPage

ReviewOf = Callable[..., Review]
NARROW, WIDE = (80, 24), (200, 60)


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


def test_no_two_places_share_a_key_or_a_name() -> None:
    assert len({place.key for place in PLACES}) == len({place.name for place in PLACES}) == len(PLACES)


async def test_each_place_is_reached_by_its_key_and_shows_help_and_quit(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(2), "Anna")
    async with app.run_test(size=NARROW) as pilot:
        for place in reversed(PLACES):
            await pilot.press(place.key)
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert app.current_mode == place.name
            assert painted(pilot).splitlines()[-1].rstrip().endswith("? Help q Quit"), place.name


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_a_review_without_records_can_be_looked_at_everywhere(review_of: ReviewOf, place: object) -> None:
    app = ReviewApp(review_of(), "Anna", place.name)  # type: ignore[attr-defined]
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("question_mark")
        assert isinstance(app.screen, TextPage)
        await pilot.press("escape", "q")
        assert not app.is_running


async def test_the_keys_stand_side_by_side_where_there_is_room_and_follow_the_size_of_the_terminal(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(2), "Anna", SOURCES).run_test(size=(160, 50)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert re.search(r"Searching\s+In every place", painted(pilot))
        assert "more below" not in painted(pilot)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert not re.search(r"Searching\s+In every place", painted(pilot).replace("│", ""))
        assert "more below" in painted(pilot)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_no_two_commands_of_the_palette_bear_one_name(review_of: ReviewOf, place: object) -> None:
    app = ReviewApp(review_of(2), "Anna", place.name)  # type: ignore[attr-defined]
    async with app.run_test(size=NARROW):
        names = [command.title for command in app.get_system_commands(app.screen)]
    assert sorted(names) == sorted(set(names))


async def test_the_list_of_places_goes_there_and_escape_comes_back(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(2), "Anna")
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("g")
        assert isinstance(app.screen, PlaceList)
        assert all(place.title in painted(pilot) for place in PLACES)
        await pilot.press("6")
        assert app.current_mode == "studies"
        await pilot.press("4", "escape")
        assert app.current_mode == "title-abstract"
        await pilot.press("7", "escape")
        assert app.current_mode == "title-abstract"
        await pilot.press("6")
        await pilot.press("escape")
        assert app.current_mode == "title-abstract"
        await pilot.press("1")
        assert app.current_mode == HOME


async def test_the_command_palette_offers_every_place_and_every_key_of_the_present_one(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(2), "Anna", "title-abstract")
    async with app.run_test(size=WIDE):
        offered = {command.title for command in app.get_system_commands(app.screen)}
        assert {place.title for place in PLACES} <= offered
        assert isinstance(app.screen, PlaceScreen)
        bindings = [binding for _, group in app.screen.KEYS for binding in group]
        assert all({binding.description, binding.tooltip} & offered for binding in bindings)


async def test_walks_between_places_leave_no_keys_of_a_footer_behind(review_of: ReviewOf) -> None:
    def keys_alive() -> int:
        gc.collect()
        return sum(type(one).__name__ == "FooterKey" for one in gc.get_objects())

    app = ReviewApp(review_of(2), "Anna")
    async with app.run_test(size=NARROW) as pilot:

        async def walk() -> None:
            for place in (*PLACES[:3], *PLACES[:1]):
                await pilot.press(place.key)
                await app.workers.wait_for_complete()
                await pilot.pause()

        await walk()
        after_one_walk = keys_alive()
        for _ in range(2):
            await walk()
        assert 0 < keys_alive() <= after_one_walk


async def test_a_review_that_cannot_be_read_is_told_and_one_stays_where_one_is(review_of: ReviewOf) -> None:
    review = review_of(2)
    app = ReviewApp(review, "Anna")
    async with app.run_test(size=NARROW) as pilot:
        for name in ("review.db-wal", "review.db-shm"):
            (review.folder / name).unlink(missing_ok=True)
        (review.folder / "review.db").write_bytes(b"no database" * 1000)
        await app.workers.wait_for_complete()
        app.action_go("full-text")
        await pilot.pause()
        assert isinstance(app.screen, TextPage)
        assert "This place cannot be shown" in painted(pilot)
        assert app.current_mode == HOME
