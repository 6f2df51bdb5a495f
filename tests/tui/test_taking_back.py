"""Taking back and changing one's mind: within a sitting at once, beyond it and against one's own verdict after a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from textual.pilot import Pilot

from prisma_tool.flow.read import read_flow
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import Queue, QueueMark
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.sessions.queue_cursor import QueueCursor
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.words.phrases import ago

ReviewOf = Callable[..., Review]
TITLES, TEXTS = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
NARROW = (80, 24)


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


def stands(review: Review, stage: Stage = TITLES) -> dict[Verdict, int]:
    return ScreeningSession(review, stage, "Anna").progress().mine


def count(review: Review, kind: EventKind) -> int:
    with review.store.read() as transaction:
        return len(list(event_rows.events(transaction, kinds=[kind])))


async def test_a_decision_of_an_earlier_sitting_is_taken_back_after_a_question(review_of: ReviewOf) -> None:
    review = review_of(2)
    first = ScreeningSession(review, TITLES, "Anna")
    first.decide(Verdict.EXCLUDE)
    async with ReviewApp(review, "Anna", TITLES).run_test(size=NARROW) as pilot:
        await pilot.press("u")
        words = " ".join(painted(pilot).replace("│", " ").split())
        assert "You excluded “Plain report 1” today (2025-02-03). Take it back?" in words
        await pilot.press("escape")
        assert stands(review) == {Verdict.EXCLUDE: 1}
        await pilot.press("u", "y")
        assert "taken back: exclude" in painted(pilot)
    assert stands(review) == {}


async def test_a_decision_of_this_sitting_is_taken_back_at_once(review_of: ReviewOf) -> None:
    review = review_of(2)
    async with ReviewApp(review, "Anna", TITLES).run_test(size=NARROW) as pilot:
        await pilot.press("i", "u")
    assert stands(review) == {}


async def test_the_last_decisions_of_a_sitting_are_taken_back_together(review_of: ReviewOf) -> None:
    review = review_of(5)
    ScreeningSession(review, TITLES, "Anna").decide(Verdict.MAYBE)
    async with ReviewApp(review, "Anna", TITLES).run_test(size=NARROW) as pilot:
        await pilot.press("i", "e", "e", "Z", "9", "enter")
        assert "a number from 1 to 3 is needed" in painted(pilot)
        await pilot.press("Z", "2", "enter")
        assert "2 decisions taken back" in painted(pilot)
        assert "Plain report 3" in painted(pilot)
    assert stands(review) == {Verdict.MAYBE: 1, Verdict.INCLUDE: 1}
    assert count(review, EventKind.UNDO) == 2


async def test_turning_ones_own_verdict_round_is_asked_once(review_of: ReviewOf) -> None:
    review = review_of(2)
    async with ReviewApp(review, "Anna", TITLES).run_test(size=NARROW) as pilot:
        await pilot.press("e", "h", "i")
        assert "You excluded this report on 3 Feb 2025. Include it instead?" in painted(pilot)
        await pilot.press("escape")
        assert stands(review) == {Verdict.EXCLUDE: 1}
        await pilot.press("i", "enter")
        assert stands(review) == {Verdict.INCLUDE: 1}
        await pilot.press("h", "e")
    assert stands(review) == {Verdict.EXCLUDE: 1}


async def test_after_taking_back_nothing_is_asked(review_of: ReviewOf) -> None:
    review = review_of(2)
    async with ReviewApp(review, "Anna", TITLES).run_test(size=NARROW) as pilot:
        await pilot.press("e", "u", "i")
    assert stands(review) == {Verdict.INCLUDE: 1}


@pytest.fixture
def wanted(review_of: ReviewOf, deliver: Callable[..., None]) -> Review:
    """A review with one report whose full text nobody has retrieved."""
    review = review_of("")
    deliver(review, "PubMed", SourceKind.DATABASE, Citation(title="Wanted", pmid="99000001"))
    decide(review, [Decision("pubmed:99000001", TITLES, who, Verdict.INCLUDE) for who in ("Anna", "Ben")])
    return review


def unread(review: Review) -> list[str]:
    return [one.detail[:1] for one in read_flow(review).checks if "retrieved text" in one.name and not one.holds]


@pytest.mark.parametrize(
    ("key", "note", "retrieved", "warned"),
    [("1", "assessed: the abstract only", 0, ["1"]), ("2", "full text read elsewhere", 1, [])],
)
async def test_an_exclusion_without_a_text_asks_what_was_assessed(
    wanted: Review, key: str, note: str, retrieved: int, warned: list[str]
) -> None:
    async with ReviewApp(wanted, "Anna", TEXTS).run_test(size=NARROW) as pilot:
        await pilot.press("e", "1")
        assert "What was assessed?" in painted(pilot)
        await pilot.press("escape")
        assert stands(wanted, TEXTS) == {}
        await pilot.press("e", "1", key)
    with wanted.store.read() as transaction:
        last = list(event_rows.events(transaction, kinds=[EventKind.DECISION]))[-1]
    assert (last.text("verdict"), last.text("note")) == ("exclude", note)
    assert count(wanted, EventKind.RETRIEVAL) == retrieved
    assert unread(wanted) == warned


def test_how_long_ago_something_was_is_told_in_the_largest_unit() -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    told = [ago(now - timedelta(days=days), now) for days in (0, 1, 6, 8, 40, 100, 800)]
    assert told == ["today", "1 day ago", "6 days ago", "1 week ago", "1 month ago", "3 months ago", "2 years ago"]


def test_after_a_finished_queue_no_decided_report_comes_up_when_it_grows() -> None:
    cursor = QueueCursor()
    cursor.take(Queue(["a", "b"], [QueueMark.INCLUDED, QueueMark.EXCLUDED]))
    assert cursor.current is None
    cursor.take(Queue(["a", "b", "c"], [QueueMark.INCLUDED, QueueMark.EXCLUDED, QueueMark.SETTLED]))
    assert cursor.current is None
    cursor.take(Queue(["a", "b", "c", "d", "e"], [*[QueueMark.SETTLED] * 4, QueueMark.WAITS]))
    assert cursor.current == "e"
