"""The application at a review that may only be read: every place shows, and no key changes anything."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

import prisma_tool.tui as rooms
from prisma_tool.review.archive import Archive
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Store
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.forms.form_table import FORMS
from prisma_tool.tui.forms.menu import form_commands
from prisma_tool.tui.frame.changing_keys import CHANGING, REFUSED
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.place_table import PLACES
from prisma_tool.tui.screening.report_screen import ReportScreen

LOOKING = {
    "activity": "person kind record all reload open view down up page-down page-up first last",
    "conflicts": "next previous down up reload facets all",
    "duplicates": "skip clusters least-certain next previous down up page-down page-up",
    "flow": "open next previous down up right left write checks count page-down page-up top end",
    "home": "next down up count put-away",
    "number": "open queue down up page-down page-up first last close",
    "place": "go more back help quit",
    "protocol": "down up page-down page-up top end",
    "record": "down up page-down page-up next previous queue close open copy",
    "records": "filter facets set write all open queue down up page-down page-up first last",
    "screening": "skip next previous down up page-down page-up why filter jump find find-next records criteria clear text list facets",
    "search": "details other attention down up",
    "studies": "choose leave next previous other facets all",
    "team": "count conflicts down up",
}


def only_read(review: Review) -> Review:
    store = replace(review.store, only_read="Nothing can be changed here.", current=None)
    return replace(review, store=store, archive=Archive(store, review.protocol_text(), review.folder))


def screens(kind: type[PlaceScreen]) -> Iterator[type[PlaceScreen]]:
    for screen in kind.__subclasses__():
        yield screen
        yield from screens(screen)


def test_of_every_key_it_is_known_whether_it_changes_the_review() -> None:
    for module in pkgutil.walk_packages(rooms.__path__, "prisma_tool.tui."):
        if module.name.endswith("screen") or module.name.endswith("screens"):
            importlib.import_module(module.name)
    known = {f"{place}.{name}" for place, names in LOOKING.items() for name in names.split()}
    declared = {one.id for screen in screens(PlaceScreen) for _, bindings in screen.KEYS for one in bindings}
    assert declared == known | CHANGING
    assert not known & CHANGING


async def test_every_place_shows_and_a_verdict_says_why_it_does_nothing(
    review_of: Callable[..., Review], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(ReportScreen, "tell", lambda _, words: told.append(words))
    review = only_read(review_of(2))
    before = stored(review.store)
    app = ReviewApp(review, "Anna")
    async with app.run_test(size=(120, 40)) as pilot:
        for place in PLACES:
            await pilot.press(place.key)
            await app.at_rest()
            assert app.current_mode == place.name
        await pilot.press("4", "i", "e", "n", "u")
        await app.at_rest()
        assert told == [REFUSED] * 4
        offered = {binding.binding.id for binding in app.screen.active_bindings.values() if binding.enabled}
        assert not offered & CHANGING
        assert "screening.next" in offered
    assert stored(review.store) == before


async def test_only_what_changes_nothing_is_offered_by_the_menu_and_the_palette(review_of: Callable[..., Review]) -> None:
    app = ReviewApp(only_read(review_of(0)), "Anna")
    async with app.run_test(size=(80, 24)):
        assert [command.title for command in form_commands(app.screen)] == [form.title for form in FORMS if not form.changes]
        assert any(form.changes for form in FORMS)


async def test_at_a_review_that_may_be_written_the_same_key_decides(review_of: Callable[..., Review]) -> None:
    review = review_of(2)
    before = stored(review.store)
    app = ReviewApp(review, "Anna")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("4", "i")
        await app.at_rest()
    assert stored(review.store) == before + 1


def stored(store: Store) -> int:
    """How many events there are."""
    from prisma_tool.store.projections import event_log

    with store.read() as transaction:
        return event_log.last_number(transaction)
