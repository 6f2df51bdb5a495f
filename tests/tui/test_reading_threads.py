"""A database that answers slowly holds no key: coming back to a place, and what others did, is read in threads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Thread, current_thread

import pytest

from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Store, Transaction
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.sessions.change_feed import Changes

PLACES = (
    "home",
    "search",
    "duplicates",
    "title-abstract",
    "full-text",
    "studies",
    "records",
    "flow",
    "activity",
    "conflicts",
    "team",
)
NEWS = Changes(frozenset({"pubmed:1"}), frozenset({"pubmed:1", "pubmed:2"}), whole=True)


@pytest.mark.parametrize("name", PLACES)
async def test_coming_back_and_hearing_of_others_read_nothing_in_the_interfaces_own_thread(
    review_of: Callable[..., Review], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ReviewApp(review_of(3), "Anna", name)
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, PlaceScreen)
        readers: set[Thread] = set()
        read = Store.read

        def watched(store: Store) -> AbstractContextManager[Transaction]:
            readers.add(current_thread())
            return read(store)

        monkeypatch.setattr(Store, "read", watched)
        for action in (screen.come_back, lambda: screen.show_changes(NEWS)):
            action()
            await app.workers.wait_for_complete()
            await pilot.pause()
        assert readers
        assert current_thread() not in readers


@pytest.mark.parametrize("name", ["title-abstract", "full-text", "duplicates", "studies", "conflicts"])
async def test_stepping_through_a_list_reads_nothing_in_the_interfaces_own_thread(
    review_of: Callable[..., Review], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ReviewApp(review_of(3), "Anna", name)
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        readers: set[Thread] = set()
        read = Store.read

        def watched(store: Store) -> AbstractContextManager[Transaction]:
            readers.add(current_thread())
            return read(store)

        monkeypatch.setattr(Store, "read", watched)
        await app.screen.run_action("step(1)")
        await pilot.pause()
        await app.screen.run_action("step(-1)")
        await pilot.pause()
        assert current_thread() not in readers
