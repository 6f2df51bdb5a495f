"""While screening: finding like records, and saying that the present one is a duplicate of one of them."""

from __future__ import annotations

from collections.abc import Callable

from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.screening.duplicate_dialog import DuplicateDialog
from prisma_tool.tui.sessions.screening_session import ScreeningSession

ReviewOf = Callable[..., Review]
ENTRY = "TY  - JOUR\nAN  - {0}\nTI  - {1}\nAU  - Author, Anna\nPY  - 2021\nJO  - Acta Ficta\nSP  - {2}\nER  - \n"
ALIKE = ENTRY.format("L1", "Invented cells against invented leukaemia", 7) + ENTRY.format(
    "L2", "Invented cells against an invented leukaemia", 90
)
UNLIKE = ENTRY.format("L3", "Another subject altogether here", 300)


def test_like_records_are_found_and_joining_moves_the_votes_together(review_of: ReviewOf) -> None:
    session = ScreeningSession(review_of(ALIKE + UNLIKE), Stage.TITLE_ABSTRACT, "Anna")
    (like,) = session.similar_records()
    assert like.key == "embase:L2"
    assert "Invented cells against an invented leukaemia, 2021" in like.label
    session.join(like.key)
    assert session.progress().total == 2
    session.decide(Verdict.EXCLUDE)
    assert session.progress().mine == {Verdict.EXCLUDE: 1}


async def test_one_key_asks_of_which_record_this_is_a_duplicate(review_of: ReviewOf) -> None:
    review = review_of(ALIKE + UNLIKE)
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test() as pilot:
        await pilot.press("s")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, DuplicateDialog)
        await pilot.press("1")
    assert ScreeningSession(review, Stage.TITLE_ABSTRACT, "Anna").progress().total == 2


async def test_a_record_that_nothing_resembles_says_so(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(UNLIKE), "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test() as pilot:
        await pilot.press("s")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert not isinstance(app.screen, DuplicateDialog)
