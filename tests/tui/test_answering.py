"""Ordered criteria by single keys, with the record still in sight."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot

from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review
from prisma_tool.store.records import record_events
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.screening.criteria_panel import CriteriaPanel
from prisma_tool.tui.sessions.screening_session import ScreeningSession

ReviewOf = Callable[..., Review]
TITLES = Stage.TITLE_ABSTRACT


def painted(pilot: Pilot[None]) -> str:
    rows = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in rows)


def decided(review: Review) -> list[tuple[str, str, object]]:
    with review.store.read() as transaction:
        votes = record_events.votes_on(transaction, ScreeningSession(review, TITLES, "Anna").queue.keys)
    return [(vote.text("verdict"), vote.text("reason"), vote.payload.get("answers")) for vote in votes]


async def test_the_first_no_excludes_for_its_reason_and_the_answers_are_kept(review_of: ReviewOf) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna", TITLES).run_test(size=(80, 24)) as pilot:
        await pilot.press("C", "y", "n")
        await pilot.press("C", "o")
        await pilot.press("C", "y", "question_mark", "backspace", "question_mark", "y", "y", "y")
    yes = {"wrong-population": "yes", "wrong-intervention": "yes", "wrong-comparator": "yes", "wrong-outcome": "yes"}
    assert decided(review) == [
        ("exclude", "wrong-intervention", {"wrong-population": "yes", "wrong-intervention": "no"}),
        ("exclude", "wrong-outcome", {**yes, "wrong-outcome": "no"}),
        ("maybe", "", {**yes, "wrong-intervention": "unclear", "wrong-study-design": "yes"}),
    ]


async def test_in_order_every_record_that_comes_is_asked_about_until_escape(review_of: ReviewOf) -> None:
    review = review_of(3)
    app = ReviewApp(review, "Anna", TITLES)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("X", "p")
        await pilot.pause()
        assert isinstance(app.screen, CriteriaPanel)
        assert "Study design" in painted(pilot)
        await pilot.press("escape")
        await pilot.press("i")
        assert not isinstance(app.screen, CriteriaPanel)
    assert [verdict for verdict, _, _ in decided(review)] == ["exclude", "include"]
