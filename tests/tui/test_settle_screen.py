"""What the places share in which a list is settled: others' answers are followed in a thread, and never change what a key is about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.dedupe.manual import uncertain_pairs
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.review.open_review import Review
from prisma_tool.studies import links
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.duplicates.screen import DuplicatesScreen
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.sessions.duplicates_session import DuplicatesSession
from prisma_tool.tui.studies.screen import StudiesScreen

ReviewOf = Callable[..., Review]
PAPER = "TY  - JOUR\nTI  - Remission in adults, paper {paper}\nAU  - Name{paper}, Anna\nJF  - Blood\nVL  - {paper}\nSP  - {page}\nER  - \n"


@pytest.fixture
def review(review_of: ReviewOf) -> Review:
    """Three uncertain pairs: the same papers with other first pages."""
    made = review_of("".join(PAPER.format(paper=paper, page=page) for paper in (3, 5, 7) for page in (11, 97)))
    deduplicate(made, lambda: 0.0)
    return made


def duplicates(pilot: Pilot[None]) -> DuplicatesScreen:
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, DuplicatesScreen))


def position(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#standing", Static).content)


async def follow(app: ReviewApp, pilot: Pilot[None]) -> None:
    """Look at what was stored elsewhere, and wait until what follows from it was read and shown."""
    # A look that began before would not see it.
    await app.workers.wait_for_complete()
    app._look_around()
    for _ in range(3):
        await app.workers.wait_for_complete()
        await pilot.pause()


async def test_a_pair_that_was_settled_in_another_window_gives_way_to_the_next(review: Review) -> None:
    app = ReviewApp(review, "Anna", "duplicates")
    async with app.run_test() as pilot:
        second = duplicates(pilot).session.items[1]
        DuplicatesSession(review, "Ben").same()
        await follow(app, pilot)
        assert position(pilot).startswith("Pair 1 of 2")
        assert duplicates(pilot).item == second


async def test_below_a_dialog_nothing_moves_until_it_is_closed(review: Review) -> None:
    app = ReviewApp(review, "Anna", "duplicates")
    async with app.run_test() as pilot:
        first = duplicates(pilot).item
        await pilot.press("question_mark")
        DuplicatesSession(review, "Ben").same()
        duplicates(pilot).come_back()
        await follow(app, pilot)
        assert isinstance(app.screen, TextPage)
        assert duplicates(pilot).item == first
        await pilot.press("escape")
        await follow(app, pilot)
        assert position(pilot).startswith("Pair 1 of 2")


async def test_a_key_is_about_the_item_on_the_screen_while_the_list_is_read_anew(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, may_go_on = Event(), Event()
    list_items = DuplicatesSession.list_items
    app = ReviewApp(review, "Anna", "duplicates")
    async with app.run_test() as pilot:
        first, second, third = duplicates(pilot).session.items

        def slow() -> object:
            items = list_items(duplicates(pilot).session)
            if not reading.is_set():
                reading.set()
                may_go_on.wait(10)
            return items

        monkeypatch.setattr(duplicates(pilot).session, "list_items", slow)
        duplicates(pilot).come_back()
        assert await asyncio.to_thread(reading.wait, 10)
        await pilot.press("s")
        assert first not in uncertain_pairs(review)
        assert duplicates(pilot).item == second
        may_go_on.set()
        await follow(app, pilot)
        # What was read before the answer would have brought the first pair back.
        assert duplicates(pilot).session.items == [second, third]
        assert duplicates(pilot).item == second


async def test_a_suggestion_that_was_linked_in_another_window_is_dropped_and_its_study_listed(
    review_of: ReviewOf, deliver: Callable[..., None]
) -> None:
    made = review_of()
    papers = (Citation(title=f"Paper {n}", pmid=str(n), registry_numbers=(f"NCT9900000{n % 2}",)) for n in range(1, 5))
    deliver(made, "PubMed", SourceKind.DATABASE, *papers)
    app = ReviewApp(made, "Anna", "studies")
    async with app.run_test(size=(200, 60)) as pilot:
        screen = app.screen
        assert isinstance(screen, StudiesScreen)
        assert screen.item is not None
        links.link(made, "Theirs", screen.item.keys, "Ben")
        await follow(app, pilot)
        assert position(pilot).startswith("Suggestion 1 of 1")
        assert str(screen.query_one("#studies-head", Static).content) == "Studies: 1"
