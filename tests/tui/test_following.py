"""Windows that agree: what is stored elsewhere is seen, and nothing read before a reviewer's own decision overrides it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.dedupe import manual
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide, undo_last
from prisma_tool.screening.queue import QueueMark
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions.change_feed import ChangeFeed, Changes
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.queue_list import QueueList

ReviewOf = Callable[..., Review]
TITLES = Stage.TITLE_ABSTRACT


def test_a_follower_tells_each_deed_once_and_names_the_record_of_an_undone_one(review_of: ReviewOf) -> None:
    review = review_of(2)
    follower = ChangeFeed(review.store)
    assert not follower.look()
    key = ScreeningSession(review, TITLES, "Anna").queue.keys[0]
    decide(review, [Decision(key, TITLES, "Anna", Verdict.INCLUDE)])
    assert follower.look() == Changes(frozenset({key}), frozenset({key}))
    undo_last(review, "Anna", TITLES)
    assert follower.look() == Changes(frozenset({key}), frozenset({key}))
    assert not follower.look()


def test_a_decision_that_every_queue_has_counted_touches_its_record_alone_and_its_undoing_counts(review_of: ReviewOf) -> None:
    review = review_of(2)
    follower, workspace = ChangeFeed(review.store), Workspace(review, "Anna")
    session = workspace.screening_session(TITLES)
    key = session.queue.keys[0]
    session.decide(Verdict.INCLUDE)
    assert follower.look(workspace.counted()) == Changes(frozenset(), frozenset({key}))
    counted = workspace.counted()
    undo_last(review, "Anna", TITLES)
    assert follower.look(counted) == Changes(frozenset({key}), frozenset({key}))
    workspace.screening_session(Stage.FULL_TEXT)
    session.decide(Verdict.INCLUDE)
    assert follower.look(workspace.counted()).voted == {session.queue.keys[1]}


def test_what_touches_more_than_one_report_is_told_as_such(review_of: ReviewOf) -> None:
    review = review_of(2)
    follower = ChangeFeed(review.store)
    keys = ScreeningSession(review, TITLES, "Anna").queue.keys
    manual.merge(review, keys[0], keys[1], "Anna")
    assert follower.look().whole


def test_two_desks_of_one_reviewer_agree_after_a_look(review_of: ReviewOf) -> None:
    review = review_of(3)
    follower, here, there = (
        ChangeFeed(review.store),
        ScreeningSession(review, TITLES, "Anna"),
        ScreeningSession(review, TITLES, "Anna"),
    )
    there.decide(Verdict.EXCLUDE)
    manual.merge(review, there.queue.keys[1], there.queue.keys[2], "Anna")
    here.take_over(here.catch_up(follower.look()))
    assert here.progress() == ScreeningSession(review, TITLES, "Anna").progress()
    assert QueueMark(here.queue.marks[0]) is QueueMark.EXCLUDED


def screen(pilot: Pilot[None]) -> ReportScreen:
    return next(one for one in pilot.app.screen_stack if isinstance(one, ReportScreen))


async def follow(app: ReviewApp, pilot: Pilot[None]) -> None:
    # A look that began before is no answer, and what a look finds may be read in a thread of its own.
    await app.workers.wait_for_complete()
    app._look_around()
    for _ in range(2):
        await app.workers.wait_for_complete()
        await pilot.pause()


async def test_a_decision_of_another_window_shows_in_this_one(review_of: ReviewOf) -> None:
    review = review_of(3)
    app = ReviewApp(review, "Anna", TITLES)
    async with app.run_test(size=(200, 60)) as pilot:
        ScreeningSession(review, TITLES, "Anna").decide(Verdict.MAYBE)
        await follow(app, pilot)
        assert "You: maybe" in str(screen(pilot).query_one("#standing", Static).content)
        assert str(screen(pilot).query_one("#said", Static).content) == "changed in another window"
        assert screen(pilot).session.progress().waiting == 2


async def test_reports_that_are_joined_elsewhere_leave_the_open_queue_its_list_and_its_numbers(review_of: ReviewOf) -> None:
    review = review_of(4)
    app = ReviewApp(review, "Anna", TITLES)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        here = screen(pilot)
        keys = list(here.session.queue.keys)
        here.session.step(3)
        here.paint("")
        await pilot.pause()
        assert "Record 4 of 4" in str(here.query_one("#standing", Static).content)
        manual.merge(review, keys[0], keys[1], "Anna")
        await follow(app, pilot)
        assert "Record 3 of 3" in str(here.query_one("#standing", Static).content)
        assert here.query_one(QueueList).total == here.session.progress().total == 3


async def test_a_report_that_was_joined_elsewhere_cannot_be_decided_blindly(review_of: ReviewOf) -> None:
    review = review_of(3)
    app = ReviewApp(review, "Anna", TITLES)
    async with app.run_test() as pilot:
        here = screen(pilot)
        manual.merge(review, here.session.queue.keys[0], here.session.queue.keys[1], "Anna")
        here.session.step(1)
        here.session.refresh()
        before = here.session.progress()
        await here.run_action("command('decision.decide', 'include')")
        await pilot.pause()
        assert "nothing was stored" in str(here.query_one("#said", Static).content)
        assert here.session.progress() == before


async def test_a_database_that_is_out_of_reach_is_told_once_and_its_return_too(review_of: ReviewOf) -> None:
    review = review_of(2)
    app = ReviewApp(review, "Anna", TITLES)
    async with app.run_test() as pilot:
        database = review.folder / "review.db"
        for name in ("review.db-wal", "review.db-shm"):
            (review.folder / name).unlink(missing_ok=True)
        kept = database.read_bytes()
        database.write_bytes(b"no database" * 1000)
        await follow(app, pilot)
        await follow(app, pilot)
        told = [notice.title for notice in app._notifications]
        database.write_bytes(kept)
        await follow(app, pilot)
        assert told == ["The database does not answer"]
        assert [notice.message for notice in app._notifications][-1] == "The database answers again."


async def test_an_answer_is_stored_for_the_report_that_was_asked_about_or_not_at_all(review_of: ReviewOf) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna", TITLES).run_test() as pilot:
        here = screen(pilot)
        await pilot.press("n")
        here.session.step(1)
        here.paint("the queue was arranged anew")
        await pilot.pause()
        await pilot.press(*"mine", "enter")
        assert "nothing was stored" in str(here.query_one("#said", Static).content)
        await pilot.press("n", *"mine", "enter")
        assert str(here.query_one("#said", Static).content) == "note stored"
    with review.store.read() as transaction:
        notes = [event.subject for event in event_rows.events(transaction, kinds=[EventKind.NOTE])]
    assert notes == [here.session.queue.keys[1]]


async def test_moving_and_deciding_read_the_next_report_beside_the_interface(
    review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[bool] = []
    async with ReviewApp(review_of(3), "Anna", TITLES).run_test() as pilot:
        session = screen(pilot).session
        read = session.read
        main = threading.current_thread()

        def noted() -> ReportOnScreen | None:
            readers.append(threading.current_thread() is main)
            return read()

        monkeypatch.setattr(session, "read", noted)
        await pilot.press("l", "h", "full_stop", "i", "u")
        assert screen(pilot).session.position == 1
    assert readers
    assert not any(readers)
