"""The application stays open while its review moves: it says so, and every decision is stored where the review is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from textual.pilot import Pilot

from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.copies.move import move
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.store.engine.event_rows import events
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.screening.report_screen import ReportScreen


def _stored(review: Review) -> list[str]:
    with open_review(review.folder, Environment(), print) as there, there.store.read() as transaction:
        return [event.text("verdict") for event in events(transaction, kinds=["decision"])]


def _move(review: Review, address: str) -> None:
    with open_review(review.folder, Environment(), print) as mover:
        move(mover, address, print)


async def _until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(400):
        await pilot.pause(0.02)
        if condition():
            return
    raise AssertionError("It did not come to that.")


def _notices(app: ReviewApp) -> list[str]:
    return [notice.message for notice in app._notifications]


@pytest.fixture(params=["other.db", pytest.param("postgres", marks=pytest.mark.postgres)])
def elsewhere(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres_url") if request.param == "postgres" else request.param)


async def test_the_application_goes_on_where_its_review_moved_to_and_back(
    review_of: Callable[..., Review], elsewhere: str
) -> None:
    review = review_of(4)
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test(size=(120, 40)) as pilot:
        await _until(pilot, lambda: isinstance(app.screen, ReportScreen))
        await pilot.press("i")
        await _until(pilot, lambda: _stored(review) == ["include"])
        _move(review, elsewhere)
        await pilot.press("e")
        await _until(pilot, lambda: _stored(review) == ["include", "exclude"])
        await _until(pilot, lambda: any("moved to another database" in notice for notice in _notices(app)))
        assert not (review.folder / "review.db").exists()
        _move(review, "sqlite")
        await _until(pilot, lambda: app.workspace.review.store.file == review.folder / "review.db")
        await pilot.press("m")
        await _until(pilot, lambda: _stored(review) == ["include", "exclude", "maybe"])
    with closing(app.workspace.review.store):
        assert sorted(path.name for path in review.folder.glob("*.db*")) == ["review.db"]
