"""The joined pairs that least speaks for, in the application: offered, looked at, confirmed, separated, and said once on the first page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.dedupe import manual
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.review.open_review import Review
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.sessions.seen_joins import SeenJoins

ReviewOf = Callable[..., Review]
NARROW, WIDE = (80, 24), (200, 60)
PAPER = (
    "TY  - JOUR\nTI  - Remission after [red]infusion[/red] in adults, paper {paper}\nAU  - Name{paper}, Anna\nJF  - Blood\nPY  - 2021\n"
    "AB  - {words} patients took part.\nER  - \n"
)


@pytest.fixture
def review(review_of: ReviewOf) -> Review:
    """Two pairs that were joined though no page or identifier backs them, and nothing uncertain."""
    made = review_of("".join(PAPER.format(paper=paper, words=words) for paper in (3, 5) for words in ("Ten", "Six")))
    deduplicate(made, lambda: 0.0)
    return made


def painted(pilot: Pilot[None]) -> str:
    return " ".join(
        "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()).split()
    )


async def at_rest(pilot: Pilot[None], *keys: str) -> str:
    await pilot.press(*keys)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    return painted(pilot)


def message(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#said", Static).content)


async def test_the_end_of_the_uncertain_pairs_offers_the_joined_ones(review: Review) -> None:
    async with ReviewApp(review, "Anna", "duplicates").run_test(size=NARROW) as pilot:
        assert "2 joined pairs are least certain: press Tab to look at them." in await at_rest(pilot)
        text = await at_rest(pilot, "tab")
        assert "Joined pair 1 of 2: does the join stay (s), or is it separated (d)?" in text
        assert "Joined: the same row twice; certainty 70 of 100: title, authors, year, journal agree" in text
        assert "No pair waits for a person." in await at_rest(pilot, "tab")


async def test_a_join_that_stays_is_the_persons_and_the_next_pair_comes(review: Review) -> None:
    first, second = manual.least_certain_pairs(review)
    async with ReviewApp(review, "Anna", "duplicates").run_test(size=NARROW) as pilot:
        await at_rest(pilot, "tab", "s")
        assert message(pilot) == "last answer: the join stays, stored"
        assert manual.least_certain_pairs(review) == [second]
        assert manual.explain(review, first.a)[0] == sorted((first.a, first.b))
        text = await at_rest(pilot, "s")
        assert "All joined pairs that were least certain are settled." in text
        assert "Your answers in this sitting: 2 the join stays." in text
        assert "Tab goes back to the uncertain pairs." in text


async def test_a_separated_join_says_what_stands_now_and_is_undone(review: Review) -> None:
    first = manual.least_certain_pairs(review)[0]
    async with ReviewApp(review, "Anna", "duplicates").run_test(size=WIDE) as pilot:
        await at_rest(pilot, "tab", "d")
        alone = f"{first.a} is a report by itself; {first.b} is a report by itself"
        assert message(pilot) == f"last answer: separated, stored; {alone}"
        assert manual.explain(review, first.a)[0] == [first.a]
        assert "Joined pair 1 of 2" in await at_rest(pilot, "u")
        assert message(pilot) == f"taken back: different ({first.a}, {first.b})"
        assert manual.explain(review, first.a)[0] == sorted((first.a, first.b))


async def test_a_separated_join_tells_with_whom_each_record_stands(review_of: ReviewOf) -> None:
    review = review_of("".join(PAPER.format(paper=3, words=words) for words in ("Ten", "Six", "Nine")))
    deduplicate(review, lambda: 0.0)
    async with ReviewApp(review, "Anna", "duplicates").run_test(size=NARROW) as pilot:
        await at_rest(pilot, "tab")
        pair = manual.least_certain_pairs(review)[0]
        text = await at_rest(pilot, "d")
        together = next(keys for key in (pair.a, pair.b) if len(keys := manual.explain(review, key)[0]) == 2)
        assert f"{together[0]} and {together[1]} are one report" in message(pilot)
        assert "are one report" in text
        assert "is a report by itself" in text


async def test_the_first_page_says_it_until_somebody_has_looked(review: Review) -> None:
    async with ReviewApp(review, "Anna", "home").run_test(size=NARROW) as pilot:
        assert "2 joined pairs are least certain (x puts this away) 3 Tab" in await at_rest(pilot)
        await at_rest(pilot, "3", "tab")
        assert "least certain" not in await at_rest(pilot, "1")
    async with ReviewApp(review, "Anna", "home").run_test(size=NARROW) as pilot:
        assert "least certain" not in await at_rest(pilot)
    async with ReviewApp(review, "Ben", "home").run_test(size=NARROW) as pilot:
        assert "2 joined pairs are least certain" in await at_rest(pilot)


async def test_the_note_of_the_first_page_can_be_put_away(review: Review) -> None:
    async with ReviewApp(review, "Anna", "home").run_test(size=NARROW) as pilot:
        await at_rest(pilot)
        assert "least certain" not in await at_rest(pilot, "x")
        assert "least certain" not in await at_rest(pilot, "r")


def test_what_was_seen_survives_a_damaged_file_and_a_folder_that_takes_none(review: Review) -> None:
    seen = SeenJoins(review.cache, "Anna")
    seen.keep(5)
    seen.keep(3)
    assert SeenJoins(review.cache, "Anna").until == 5
    (file,) = (review.folder / "cache" / "places").glob("*-joins")
    file.write_text("no moment")
    assert SeenJoins(review.cache, "Anna").until == 0
    file.unlink()
    file.mkdir()
    seen.keep(7)
    assert seen.until == 7
