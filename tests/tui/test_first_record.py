"""The first record of a long queue is shown before the queue is read; nothing is counted or decided until it is."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable

import pytest
from textual import events
from textual._context import active_app
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.errors import StoreError
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.review.user_settings import Settings
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import Queue, read_queue
from prisma_tool.store.queues.queues import own_verdicts
from prisma_tool.tui import typed_ahead
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions import report_on_screen
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.sessions.workspace import Workspace

ReviewOf = Callable[..., Review]
TITLES = Stage.TITLE_ABSTRACT


@pytest.fixture(autouse=True)
def _every_queue_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_on_screen, "MANY", 1)


@pytest.fixture
def shown_while_reading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the screen shows whenever the queue is read."""
    shown: list[str] = []
    read = ScreeningSession.read_queue

    def noted(session: ScreeningSession) -> Queue:
        if app := active_app.get(None):
            shown.append(painted(app))
        return read(session)

    monkeypatch.setattr(ScreeningSession, "read_queue", noted)
    return shown


def app_for(review: Review) -> ReviewApp:
    return ReviewApp(review, "Anna", TITLES, settings=Settings(verdict_pause=0))


def painted(app: App[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


def standing(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#standing", Static).content)


async def settled(pilot: Pilot[None]) -> ReportScreen:
    await pilot.pause()
    await pilot.app.at_rest()  # type: ignore[attr-defined]
    await pilot.pause()
    assert isinstance(pilot.app.screen, ReportScreen)
    return pilot.app.screen


def votes(review: Review) -> dict[str, str]:
    with review.store.read() as transaction:
        return own_verdicts(transaction, TITLES, "Anna")


def keys(review: Review) -> list[str]:
    with review.store.read() as transaction:
        return read_queue(transaction, TITLES, "Anna").keys


async def test_the_record_looked_at_last_is_on_the_screen_without_a_count_before_the_queue_is_read(
    review_of: ReviewOf, shown_while_reading: list[str]
) -> None:
    review = review_of(4)
    session = ScreeningSession(review, TITLES, "Anna")
    session.decide(Verdict.INCLUDE)
    session.step(1)
    session.read()
    async with app_for(review).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert standing(pilot) == "Record 3 of 4 · to decide"
        assert "1 of 4 done" in painted(pilot.app)
    assert len(shown_while_reading) == 1
    assert "Plain report 3" in shown_while_reading[0]
    assert "the queue is being read ..." in shown_while_reading[0]
    assert "done" not in shown_while_reading[0]


async def test_somebody_new_begins_at_the_first_that_waits(review_of: ReviewOf, shown_while_reading: list[str]) -> None:
    review = review_of(3)
    decide(review, [Decision(keys(review)[0], TITLES, "Anna", Verdict.MAYBE)])
    async with app_for(review).run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        assert standing(pilot) == "Record 2 of 3 · to decide"
    assert "Plain report 2" in shown_while_reading[0]


def test_a_session_counts_nothing_before_it_has_begun_and_all_of_it_then(review_of: ReviewOf) -> None:
    review = review_of(3)
    workspace = Workspace(review, "Anna")
    session = workspace.opening_session(TITLES)
    assert session.first is not None
    assert workspace.screening_sessions == ()
    assert workspace.screening_session(TITLES) is session
    assert session.first is None
    assert workspace.screening_sessions == (session,)
    assert session.progress() == ScreeningSession(review, TITLES, "Anna").progress()


def test_where_only_the_whole_queue_tells_where_to_begin_it_is_read_at_once(review_of: ReviewOf) -> None:
    review = review_of(2)
    session = ScreeningSession(review, TITLES, "Anna")
    session.read()
    decide(review, [Decision(keys(review)[0], TITLES, "Anna", Verdict.MAYBE)])
    again = ScreeningSession(review, TITLES, "Anna", ahead=True)
    assert (again.first, again.position) == (None, 1)


async def test_what_others_settled_meanwhile_gives_way_to_the_next_and_no_vote_is_on_it(
    review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = review_of(3)
    first, second, _ = keys(review)
    read = ScreeningSession.read_queue

    def late(session: ScreeningSession) -> Queue:
        if not votes(review):
            decide(review, [Decision(first, TITLES, "Anna", Verdict.MAYBE)])
        return read(session)

    monkeypatch.setattr(ScreeningSession, "read_queue", late)
    async with app_for(review).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "Plain report 2" in painted(pilot.app)
        await pilot.press("i")
    assert votes(review) == {first: "maybe", second: "include"}


@pytest.mark.hasty
@pytest.mark.parametrize("rounds", [0, 1, 3, 10, 30])
async def test_what_is_typed_before_the_queue_is_read_votes_on_what_is_on_the_screen_or_does_nothing(
    review_of: ReviewOf, rounds: int
) -> None:
    review = review_of(3)
    async with app_for(review).run_test(size=(80, 24)) as pilot:
        for _ in range(rounds):
            await sleep(0)
        pilot.app.post_message(events.Key("i", "i"))
        screen = await settled(pilot)
        assert screen.session.first is None
        await pilot.app.workers.wait_for_complete()
    assert votes(review) in ({}, {keys(review)[0]: "include"})


async def test_a_queue_that_cannot_be_read_is_told_and_nothing_is_counted_or_decided(
    review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: ScreeningSession) -> Queue:
        raise StoreError("The line is down.")

    monkeypatch.setattr(typed_ahead, "_ROUNDS", 2)
    review = review_of(3)
    with monkeypatch.context() as patch:
        patch.setattr(ScreeningSession, "read_queue", refused)
        async with app_for(review).run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert "The line is down." in painted(pilot.app)
            pilot.app.pop_screen()
            await pilot.pause()
            screen = pilot.app.screen
            assert isinstance(screen, ReportScreen)
            for action in ("command('decision.decide', 'include')", "step(1)", "skip", "criteria", "command('find.jump')"):
                await screen.run_action(action)
                await pilot.pause()
                if pilot.app.screen is not screen:
                    assert "The line is down." in painted(pilot.app)
                    pilot.app.pop_screen()
                    await pilot.pause()
            assert "of 3" not in painted(pilot.app)
            assert standing(pilot) == "the queue could not be read; press l to try again"
            patch.undo()
            await screen.run_action("step(1)")
            await pilot.pause()
            await pilot.pause()
            assert "0 of 3 done" in painted(pilot.app)
    assert votes(review) == {}
