"""What only had to be looked at is acknowledged in its list, which ends with the last; the line at Home goes with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from prisma_tool.dedupe.manual import merge
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.home.screen import HomeScreen
from prisma_tool.tui.home.to_do_list import ToDoList
from prisma_tool.tui.home.warning_screen import WarningScreen

ReviewOf = Callable[..., Review]


@pytest.fixture
def review(review_of: ReviewOf, deliver: Callable[..., None]) -> Review:
    """A decided report that two records joined late."""
    made = review_of("")
    first = Citation(title="Decided long ago", pmid="99000001", year=2020)
    deliver(made, "PubMed", SourceKind.DATABASE, first)
    decide(made, [Decision("pubmed:99000001", Stage.TITLE_ABSTRACT, "Anna", Verdict.EXCLUDE)])
    for number in ("99000002", "99000003"):
        deliver(made, "Scopus", SourceKind.DATABASE, replace(first, pmid=number))
        decide(made, [Decision(f"scopus:{number}", Stage.TITLE_ABSTRACT, "Anna", Verdict.EXCLUDE)])
        merge(made, f"scopus:{number}", "pubmed:99000001", "Anna")
    return made


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


async def settled(pilot: Pilot[None]) -> str:
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    return painted(pilot)


async def test_late_duplicates_are_acknowledged_one_by_one_until_their_line_is_gone(review: Review) -> None:
    app = ReviewApp(review, "Anna")
    async with app.run_test(size=(200, 60)) as pilot:
        assert "! 2 records joined reports after these were decided" in await settled(pilot)
        place = next(n for n, item in enumerate(app.screen.query_one(ToDoList).items) if item.listed)
        await pilot.press(*["down"] * place, "enter")
        await settled(pilot)
        assert isinstance(app.screen, WarningScreen)
        await pilot.press("A")
        assert "1 record joined a report after it was decided" in await settled(pilot)
        await pilot.press("A")
        text = await settled(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert "joined a report" not in text
