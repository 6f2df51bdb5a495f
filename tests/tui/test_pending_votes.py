"""The next record is shown while a vote is being stored; nothing looks stored that is not, and nothing that was called stored is lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.events import Key
from textual.messages import ExitApp
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.errors import StoreError
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections import rebuild
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions.screening_session import PendingVote, ScreeningSession

ReviewOf = Callable[..., Review]
SIZE = (80, 24)


class SlowStore:
    """Holds votes up until it lets them go; refuses them if it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrived, self.go_on = threading.Event(), threading.Event()
        self.refuses = False
        store = ScreeningSession.store

        def held_up(session: ScreeningSession, vote: PendingVote) -> Event:
            self.arrived.set()
            assert self.go_on.wait(30)
            if self.refuses:
                raise StoreError("The disk is full.")
            return store(session, vote)

        monkeypatch.setattr(ScreeningSession, "store", held_up)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> SlowStore:
    return SlowStore(monkeypatch)


def screening(pilot: Pilot[None]) -> ReportScreen:
    return next(one for one in pilot.app.screen_stack if isinstance(one, ReportScreen))


def said(pilot: Pilot[None]) -> str:
    return str(screening(pilot).query_one("#said", Static).content)


async def press_without_waiting(pilot: Pilot[None], key: str) -> None:
    await pilot.pause()
    # A verdict on what is not painted yet does not count.
    await until(pilot, lambda: screening(pilot).guard.is_painted)
    pilot.app.post_message(Key(key, key))
    await pilot.pause()


async def until(pilot: Pilot[None], happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not happened():
            await pilot.pause(0.01)


def stored(review: Review) -> list[str]:
    with review.store.read() as transaction:
        assert rebuild.differences(transaction) == []
        return [event.subject for event in event_rows.events(transaction, kinds=[EventKind.DECISION])]


async def test_the_next_record_is_shown_while_a_vote_is_stored_and_it_is_called_stored_when_it_is(
    review_of: ReviewOf, slow: SlowStore
) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test(size=SIZE) as pilot:
        first = screening(pilot).report
        await press_without_waiting(pilot, "i")
        await until(pilot, lambda: screening(pilot).report is not first and screening(pilot).guard.is_painted)
        assert said(pilot) == "✓ include: being stored ..."
        assert stored(review) == []
        await press_without_waiting(pilot, "e")
        assert stored(review) == []
        slow.go_on.set()
        await until(pilot, lambda: said(pilot).startswith("✗ excluded, stored · "))
        assert len(stored(review)) == 2
        assert len(screening(pilot).session.given) == 2


async def test_a_vote_that_is_refused_brings_its_record_back_with_the_sentence(review_of: ReviewOf, slow: SlowStore) -> None:
    review = review_of(3)
    slow.refuses = True
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test(size=SIZE) as pilot:
        first, progress = screening(pilot).report, screening(pilot).session.progress()
        await press_without_waiting(pilot, "i")
        await until(pilot, lambda: screening(pilot).report is not first and screening(pilot).guard.is_painted)
        slow.go_on.set()
        await until(pilot, lambda: isinstance(pilot.app.screen, TextPage))
        assert screening(pilot).report == first
        assert screening(pilot).session.progress() == progress
        assert said(pilot) == ""
    assert stored(review) == []


async def test_leaving_waits_for_the_last_vote(review_of: ReviewOf, slow: SlowStore) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test(size=SIZE) as pilot:
        await press_without_waiting(pilot, "i")
        await until(pilot, slow.arrived.is_set)
        leaving = pilot.app.run_worker(pilot.app.action_quit())
        await pilot.pause()
        assert pilot.app.is_running
        assert not leaving.is_finished
        slow.go_on.set()
        await leaving.wait()
    assert len(stored(review)) == 1


async def test_a_page_or_terminal_that_goes_away_takes_no_vote_with_it(review_of: ReviewOf, slow: SlowStore) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test(size=SIZE) as pilot:
        await press_without_waiting(pilot, "i")
        await until(pilot, slow.arrived.is_set)
        ending = pilot.app.run_worker(pilot.app._dispatch_message(ExitApp()))
        await pilot.pause()
        assert not ending.is_finished
        slow.go_on.set()
        await ending.wait()
    assert len(stored(review)) == 1


async def test_whoever_leaves_while_the_last_vote_is_refused_stays_and_reads_why(review_of: ReviewOf, slow: SlowStore) -> None:
    slow.refuses = True
    async with ReviewApp(review_of(3), "Anna", Stage.TITLE_ABSTRACT).run_test(size=SIZE) as pilot:
        await press_without_waiting(pilot, "i")
        await until(pilot, slow.arrived.is_set)
        leaving = pilot.app.run_worker(pilot.app.action_quit())
        slow.go_on.set()
        await leaving.wait()
        assert isinstance(pilot.app.screen, TextPage)
        assert pilot.app.return_code is None


# A crash between painting and acknowledgement

_CRASHING = """
import asyncio, os, sys, threading
from pathlib import Path
from prisma_tool.store.engine import database, exchanges
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.tui.app import ReviewApp

async def main():
    with open_review(Path(sys.argv[1]), Environment(database=sys.argv[2]), lambda _: None) as review:
        app = ReviewApp(review, "Anna", "title-abstract")
        async with app.run_test(size=(80, 24)) as pilot:
            await app.at_rest()
            app.screen.guard.pause = 0
            await pilot.press("i")
            await app.at_rest()
            print(app.screen.message, flush=True)
            # The second vote has asked what it depends on, and crashes before it commits.
            database.exchange = lambda *a, **k: threading.Event().wait() if k.get("commit") else exchanges.exchange(*a, **k)
            await pilot.press("e")
            while not app.screen.message.startswith("✗ exclude:"):
                await asyncio.sleep(0.01)
            print(app.screen.message, flush=True)
            os._exit(9)

asyncio.run(main())
"""


def test_a_crash_between_painting_and_acknowledgement_loses_nothing_that_was_called_stored(
    database_url: str, tmp_path: Path
) -> None:
    folder, environment = tmp_path / "team", Environment(database=database_url)
    create_review(folder, title="A team", reviewers=("Anna",))
    file = tmp_path / "records.ris"
    file.write_text("".join(f"TY  - JOUR\nTI  - Report {n}\nER  - \n" for n in range(3)))
    with open_review(folder, environment, print) as review:
        import_file(review, file, Import("Embase"))
    crashed = subprocess.run(
        [sys.executable, "-c", _CRASHING, str(folder), database_url], capture_output=True, text=True, timeout=120, check=False
    )
    assert (crashed.returncode, crashed.stdout.splitlines()) == (
        9,
        ["✓ included, stored · Report 0", "✗ exclude: being stored ..."],
    ), crashed.stderr
    with open_review(folder, environment, print) as review:
        assert len(stored(review)) == 1
