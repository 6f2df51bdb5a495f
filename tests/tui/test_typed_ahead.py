"""What is typed faster than the screen can follow is neither lost nor taken for something else, and never votes by accident."""

from __future__ import annotations

import os
import random
import re
from asyncio import sleep
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import monotonic

import pytest
from textual import events
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._footer import FooterKey

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.copies.move import move
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.review.user_settings import Settings
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.frame.verdict_guard import HELD, NOT_PAINTED, TOO_FAST, VerdictGuard
from prisma_tool.tui.screening.pending_votes import PendingVotes
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions.screening_session import PendingVote, ScreeningSession

pytestmark = pytest.mark.hasty
ReviewOf = Callable[..., Review]
NAMES = {" ": "space", "\n": "enter", ":": "colon", "/": "slash", "\x1b": "escape"}
REASONS = "".join(
    f'[[reason]]\nid = "wrong-{name}"\nlabel = "Wrong {name}"\n' for name in ("population", "intervention", "comparator")
)
TITLES, TEXTS = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
NARROW = (80, 24)
BURSTS = int(os.environ.get("BURSTS", "16"))
PATIENT = Settings(verdict_pause=0)
"""Of somebody for whom a record must have been painted, and need not have stood."""


def send(pilot: Pilot[None], typed: str) -> None:
    """All keys in one packet, as a network delivers them."""
    for sign in typed:
        pilot.app.post_message(events.Key(NAMES.get(sign, sign), None if sign in "\n\x1b" else sign))


async def settled(pilot: Pilot[None]) -> ReviewApp:
    app = pilot.app
    assert isinstance(app, ReviewApp)
    for _ in range(2):
        await pilot.pause()
        await app.at_rest()
        await app.workers.wait_for_complete()
    return app


async def at_once(pilot: Pilot[None], typed: str) -> None:
    await settled(pilot)
    send(pilot, typed)
    await settled(pilot)


def stored(review: Review, *kinds: EventKind) -> list[tuple[str, str]]:
    with review.store.read() as transaction:
        found = event_rows.events(transaction, kinds=kinds or [EventKind.DECISION])
        return [
            (one.text("verdict") or one.text("text") or one.text("status"), one.text("reason") or one.text("note"))
            for one in found
        ]


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


# Dialogs and fields


@pytest.mark.parametrize(
    ("typed", "kind", "expected"),
    [
        ("E3", EventKind.DECISION, [("exclude", "wrong-comparator")]),
        ("nexclude me\n", EventKind.NOTE, [("exclude me", "")]),
    ],
)
async def test_a_dialog_gets_all_that_was_typed_with_the_key_that_opened_it(
    review_of: ReviewOf, typed: str, kind: EventKind, expected: list[tuple[str, str]]
) -> None:
    review = review_of(2, REASONS)
    async with ReviewApp(review, "Anna", TITLES, settings=PATIENT).run_test(size=NARROW) as pilot:
        await at_once(pilot, typed)
    assert stored(review, kind) == expected
    assert stored(review) == (expected if kind is EventKind.DECISION else [])


async def test_a_field_gets_all_that_was_typed_with_the_key_that_opened_it(review_of: ReviewOf) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna", "records", settings=PATIENT).run_test(size=NARROW) as pilot:
        await at_once(pilot, "/omicron")
        assert pilot.app.screen.query_one("#filter", Input).value == "omicron"
        assert pilot.app.current_mode == "records"
    assert stored(review) == []


async def test_the_note_of_a_retrieval_is_not_taken_for_another_answer(review_of: ReviewOf, deliver: Callable[..., None]) -> None:
    review = review_of("")
    deliver(review, "PubMed", SourceKind.DATABASE, Citation(title="Wanted", pmid="99000001"))
    decide(review, [Decision("pubmed:99000001", TITLES, who, Verdict.INCLUDE) for who in ("Anna", "Ben")])
    async with ReviewApp(review, "Anna", TEXTS, settings=PATIENT).run_test(size=NARROW) as pilot:
        await at_once(pilot, "p")
        await at_once(pilot, "2tried library\n")
    assert stored(review, EventKind.RETRIEVAL) == [("not-retrieved", "tried library")]


async def test_what_was_typed_before_a_place_was_shown_does_nothing_there(review_of: ReviewOf) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna", "records", settings=PATIENT).run_test(size=NARROW) as pilot:
        await at_once(pilot, "Qmi")
        assert pilot.app.current_mode == TITLES
        assert "what was typed before this was shown did nothing" in painted(pilot)
        assert stored(review) == []
        await at_once(pilot, "i")
    assert stored(review) == [("include", "")]


async def test_what_was_typed_behind_a_field_does_not_act_in_the_list_below_it(review_of: ReviewOf) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna", "records", settings=PATIENT).run_test(size=NARROW) as pilot:
        await at_once(pilot, "/plain\nQmi")
        assert pilot.app.current_mode == "records"
    assert stored(review) == []


@pytest.mark.parametrize("place", [TITLES, "records", "home", "flow", "studies", "duplicates", "conflicts"])
async def test_what_is_pasted_never_acts_as_keys(review_of: ReviewOf, place: str) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna", place, settings=PATIENT).run_test(size=NARROW) as pilot:
        app = await settled(pilot)
        app.post_message(events.Paste("iemE3\n45iq"))
        await settled(pilot)
        assert (app.current_mode, len(app.screen_stack), app.is_running) == (place, 1, True)
    assert stored(review) == []


async def test_what_is_pasted_with_the_key_that_opens_a_field_goes_into_it(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(3), "Anna", "records", settings=PATIENT).run_test(size=NARROW) as pilot:
        app = await settled(pilot)
        send(pilot, "/")
        app.post_message(events.Paste("omicron"))
        await settled(pilot)
        assert app.screen.query_one("#filter", Input).value == "omicron"


# Verdicts


async def test_of_verdicts_in_one_packet_the_first_counts_and_a_line_says_so(review_of: ReviewOf) -> None:
    review = review_of(5)
    async with ReviewApp(review, "Anna", TITLES, settings=PATIENT).run_test(size=NARROW) as pilot:
        await at_once(pilot, "iemE2i")
        assert pilot.app.current_mode == TITLES
        assert NOT_PAINTED in painted(pilot)
    assert stored(review) == [("include", "")]


async def test_a_digit_that_was_meant_for_a_reason_leads_nowhere(review_of: ReviewOf) -> None:
    review = review_of(5, REASONS)
    now = [1000.0]
    async with ReviewApp(review, "Anna", TITLES, clock=lambda: now[0]).run_test(size=NARROW) as pilot:
        now[0] = 2000.0
        await press_at(pilot, "i", 2000)
        await press_at(pilot, "E", 2000.1)
        await press_at(pilot, "3", 2000.2)
        assert pilot.app.current_mode == TITLES
        assert "press the digit again" in painted(pilot)
        now[0] = 2003.0
        await press_at(pilot, "3", 2003)
        assert pilot.app.current_mode == "duplicates"


async def test_of_clicks_in_one_packet_the_first_counts(review_of: ReviewOf) -> None:
    review = review_of(5)
    async with ReviewApp(review, "Anna", TITLES, settings=PATIENT).run_test(size=NARROW) as pilot:
        app = await settled(pilot)
        where = app.screen.query_one(FooterKey).region.offset
        for kind in (events.MouseDown, events.MouseUp) * 3:
            app.post_message(kind(None, where.x + 1, where.y, 0, 0, 1, False, False, False))
        await settled(pilot)
    assert stored(review) == [("include", "")]


async def test_of_answers_in_one_packet_the_first_settles_a_conflict(review_of: ReviewOf) -> None:
    review = review_of(3)
    keys = ScreeningSession(review, TITLES, "Anna").queue.keys
    for who, verdict in (("Anna", Verdict.INCLUDE), ("Ben", Verdict.EXCLUDE)):
        decide(review, [Decision(key, TITLES, who, verdict) for key in keys])
    async with ReviewApp(review, "Anna", "conflicts", settings=PATIENT).run_test(size=NARROW) as pilot:
        await at_once(pilot, "iei")
        assert NOT_PAINTED in painted(pilot)
    assert stored(review, EventKind.ADJUDICATION) == [("include", "")]


async def press_at(pilot: Pilot[None], key: str, at: float) -> None:
    await settled(pilot)
    event = events.Key(key, key)
    event.time = at
    pilot.app.post_message(event)
    await settled(pilot)


async def test_of_a_key_that_is_held_down_two_presses_count_at_most(review_of: ReviewOf) -> None:
    review = review_of(30)
    now = [1000.0]
    async with ReviewApp(review, "Anna", TITLES, clock=lambda: now[0]).run_test(size=NARROW) as pilot:
        # A terminal repeats a key after half a second, then thirty times a second.
        for n in range(20):
            now[0] = 2000.0 + (n and 0.5 + n / 30)
            await press_at(pilot, "e", now[0])
        assert HELD in painted(pilot)
    assert stored(review) == [("exclude", "")] * 2


async def test_a_verdict_counts_once_its_record_has_stood_for_a_moment(review_of: ReviewOf) -> None:
    review = review_of(5)
    now = [1000.0]
    async with ReviewApp(review, "Anna", TITLES, clock=lambda: now[0]).run_test(size=NARROW) as pilot:
        await press_at(pilot, "i", 1000.1)
        assert TOO_FAST in painted(pilot)
        assert stored(review) == []
        await press_at(pilot, "i", 1000.25)
    assert stored(review) == [("include", "")]


async def test_a_key_that_is_held_down_chooses_no_reason(review_of: ReviewOf) -> None:
    many = "".join(f'[[reason]]\nid = "r{n}"\nlabel = "Reason {n}"\n' for n in range(20))
    review = review_of(2, many)
    async with ReviewApp(review, "Anna", TITLES, settings=PATIENT).run_test(size=NARROW) as pilot:
        await at_once(pilot, "Eeeeeimim")
        await at_once(pilot, "g")
    assert stored(review) == [("exclude", "r14")]


def test_a_guard_knows_what_was_on_the_screen_when_a_key_arrived() -> None:
    guard = VerdictGuard(0.2)
    assert guard.too_fast("i", 1.0) == NOT_PAINTED
    guard.painted("a", 2.0)
    assert (guard.unseen(1.9), guard.unseen(2.0)) == (NOT_PAINTED, "")
    assert [guard.too_fast("e", at) for at in (2.1, 2.15, 2.4)] == [TOO_FAST, HELD, ""]
    guard.coming()
    guard.painted("a", 3.0)
    assert guard.too_fast("m", 3.0) == ""
    guard.appeared(4.0)
    assert guard.too_fast("i", 4.1) == TOO_FAST


# Any burst at any moment


class Observer:
    """Reads the screen whenever it is drawn, and notes which record it shows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[tuple[float, str]] = []
        self.votes: list[tuple[str, str]] = []
        display, send = ReviewApp._display, PendingVotes.send

        def displayed(app: ReviewApp, screen: object, renderable: object) -> None:
            display(app, screen, renderable)  # type: ignore[arg-type]
            self.read.append((monotonic(), self._record_on(app)))

        def noted(pending: PendingVotes, vote: PendingVote) -> None:
            send(pending, vote)
            screen = pending._screen
            assert screen.report is not None
            assert screen.report.item.key == vote.decision.key
            self.votes.append((screen.report.view.citation.title, self._at(screen.application.sent.at)))

        monkeypatch.setattr(ReviewApp, "_display", displayed)
        monkeypatch.setattr(PendingVotes, "send", noted)

    @staticmethod
    def _record_on(app: ReviewApp) -> str:
        if not isinstance(app.screen_stack[0], ReportScreen):
            return ""
        rows = app.screen_stack[0]._compositor.render_strips()
        # The line of messages above the title may name the record that was voted on before.
        text = "\n".join("".join(segment.text for segment in row) for row in rows)
        found = re.search(r"^\s*(Plain report \d+)\s*$", text, re.MULTILINE)
        return found.group(1) if found else ""

    def _at(self, time: float) -> str:
        return next((record for drawn, record in reversed(self.read) if drawn <= time), "")


@pytest.fixture
def opened_again() -> Iterator[Callable[[Review], Review]]:
    """Opens the review of a folder where it is kept by now."""
    with ExitStack() as stack:
        yield lambda review: stack.enter_context(open_review(review.folder, Environment(), lambda _: None))


@pytest.mark.parametrize(
    ("seed", "database"),
    [*((seed, "sqlite") for seed in range(4)), pytest.param(4, "postgres", marks=pytest.mark.postgres)],
)
async def test_every_vote_of_a_burst_names_the_record_that_was_on_the_screen_when_its_key_arrived(
    request: pytest.FixtureRequest, review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch, seed: int, database: str
) -> None:
    chance = random.Random(seed)
    # A queue that has been decided through asks before a vote is changed: it must be long enough for all bursts.
    review = review_of(max(40, BURSTS), REASONS)
    if database == "postgres":
        move(review, request.getfixturevalue("postgres_url"), lambda _: None)
        review = request.getfixturevalue("opened_again")(review)
    assert review.store.engine.dialect.name.startswith(database)
    observer = Observer(monkeypatch)
    async with ReviewApp(review, "Anna", TITLES, settings=PATIENT).run_test(size=NARROW) as pilot:
        app = await settled(pilot)
        for _ in range(BURSTS):
            send(pilot, "".join(chance.choices("iiieemuEEnClhs/f:1234457.o \n\x1b", k=chance.randint(1, 12))))
            for _ in range(chance.choice((0, 1, 3, 10, 40))):
                await sleep(0)
            if chance.random() < 0.5:
                await settled(pilot)
            if chance.random() < 0.5:
                for key in "\x1b\x1b4":
                    await at_once(pilot, key)
        await settled(pilot)
        assert app.is_running
    assert [vote for vote, seen in observer.votes if vote != seen] == []
    assert len(observer.votes) > BURSTS / 10


async def test_a_question_that_nobody_has_seen_is_not_answered(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(1), "Anna", TITLES, settings=PATIENT).run_test(size=NARROW) as pilot:
        app = await settled(pilot)
        answers: list[object] = []
        app.push_screen(ConfirmDialog("Sure?", Content("words"), "does it"), answers.append)
        send(pilot, "y\n")
        await settled(pilot)
        assert answers == []
        send(pilot, "y")
        await settled(pilot)
    assert answers == [True]
