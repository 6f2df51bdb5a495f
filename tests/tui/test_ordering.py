"""The order of the queue on the screen: chosen at any time, learning beside the work, and never in its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from invented_pool import invented
from textual.pilot import Pilot

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.log.stopping_acts import stop_in_force
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.ranking import sentence_encoder
from prisma_tool.ranking.sentence_encoder import WIDTH
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.prioritised import meaning
from prisma_tool.screening.prioritised.queue_order import OrderName, chosen_order
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.screening.relevance_commands import RelevanceCommands
from prisma_tool.tui.screening.screens import TitleAbstractScreen
from prisma_tool.tui.screening.stopping_text import curve, stopping_part
from prisma_tool.tui.sessions.relevance_session import RelevanceSession

ReviewOf = Callable[..., Review]
N = 40


@pytest.fixture
def truth() -> dict[str, bool]:
    _, labels = invented(N, 8)
    return {f"embase:r{place}": label for place, label in enumerate(labels)}


def entries() -> str:
    texts, _ = invented(N, 8)
    return "".join(
        f"TY  - JOUR\nAN  - r{place}\nTI  - {text.title}\nAB  - {text.abstract}\nPY  - {text.year}\nER  - \n"
        for place, text in enumerate(texts)
    )


@pytest.fixture
def review(review_of: ReviewOf) -> Review:
    return review_of(entries())


@pytest.fixture
def review_to_embed(review_of: ReviewOf) -> Review:
    return review_of(entries(), "[screening]\nembeddings = true\n")


def screen(pilot: Pilot[None]) -> TitleAbstractScreen:
    return next(one for one in pilot.app.screen_stack if isinstance(one, TitleAbstractScreen))


async def settled(pilot: Pilot[None]) -> None:
    """Until all looks have come to an end and were taken over."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    relevance = screen(pilot).commands[RelevanceCommands.NAME]
    assert isinstance(relevance, RelevanceCommands)
    while relevance.looking:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def vote(review: Review, truth: dict[str, bool], keys: list[str]) -> None:
    verdicts = {True: Verdict.INCLUDE, False: Verdict.EXCLUDE}
    decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Anna", verdicts[truth[key]]) for key in keys])


def by_truth(truth: dict[str, bool]) -> list[str]:
    return sorted(truth, key=lambda key: not truth[key])


async def test_by_relevance_the_likely_relevant_come_first_and_each_decision_teaches(
    review: Review, truth: dict[str, bool]
) -> None:
    keys = by_truth(truth)
    vote(review, truth, [*keys[:3], *keys[-5:]])
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test(size=(140, 50)) as pilot:
        await pilot.press("o", "1")
        await settled(pilot)
        session = screen(pilot).session
        shown = []
        for _ in range(5):
            shown.append(session.current)
            await pilot.press("i" if truth[session.current or ""] else "e")
            await settled(pilot)
        assert sum(truth[key or ""] for key in shown) >= 4
        assert len(set(shown)) == 5
        panel = str(screen(pilot).panel)
        assert "If you stopped now" in panel
        assert "13  screened" in panel
        # Back leads to what was decided last.
        await pilot.press("h")
        assert session.current == shown[-1]
        await pilot.press("w")
        assert isinstance(app.screen, TextPage)
        assert "Speak for it" in str(app.screen.text)
        assert "score" not in str(app.screen.text).lower()
    with review.store.read() as transaction:
        assert chosen_order(transaction, "Anna") is OrderName.RELEVANCE
        assert chosen_order(transaction, "Ben") is OrderName.SOURCE


class ByLength:
    """An encoder by the length of texts."""

    def vectors(self, texts: Sequence[str]) -> Any:
        rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
        rows[range(len(texts)), [len(text) % WIDTH for text in texts]] = 1
        return rows


async def test_the_meaning_of_the_records_is_read_beside_the_work_and_noted_once(
    review_to_embed: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "load_encoder", ByLength)
    app = ReviewApp(review_to_embed, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test(size=(140, 50)) as pilot:
        await pilot.press("o", "1")
        await settled(pilot)
        await settled(pilot)
        latest = RelevanceSession(review_to_embed, "Anna")
        latest.resume()
        pool = latest.learn().pool
        assert pool is not None
        assert pool.meaning
        await pilot.press("e")
        await settled(pilot)
    with review_to_embed.store.read() as transaction:
        models = [event.text("model") for event in event_rows.events(transaction, kinds=[EventKind.ORDER]) if event.text("act")]
    assert models == ["", "all-MiniLM-L6-v2"]


async def test_what_is_missing_for_it_is_said_and_the_order_goes_by_words(
    review_to_embed: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentence_encoder, "find_spec", lambda _name: None)
    app = ReviewApp(review_to_embed, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test(size=(200, 50)) as pilot:
        await pilot.press("o", "1")
        await settled(pilot)
        assert "pip install 'prisma-tool[embeddings]'" in [notice.message for notice in app._notifications][-1]
        assert screen(pilot).session.order


async def test_the_chosen_order_is_taken_up_again_and_can_be_switched_at_any_time(review: Review) -> None:
    ordering = RelevanceSession(review, "Anna")
    ordering.choose(OrderName.NEWEST)
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        session = screen(pilot).session
        with review.store.read() as transaction:
            events = list(event_rows.events(transaction, kinds=[EventKind.ORDER]))
        assert [event.text("order") for event in events] == ["newest"]
        newest = session.current
        await pilot.press("o", "4")
        await settled(pilot)
        assert session.current == session.queue.keys[0]
        await pilot.press("o", "3")
        await settled(pilot)
        assert session.current == newest
        await pilot.press("w")
        assert "latest year" in str(app.screen.text) if isinstance(app.screen, TextPage) else False


def test_every_order_holds_every_waiting_report_once(review: Review, truth: dict[str, bool]) -> None:
    vote(review, truth, by_truth(truth)[:4])
    ordering = RelevanceSession(review, "Anna")
    for order in (OrderName.RELEVANCE, OrderName.RANDOM, OrderName.NEWEST):
        ordering.choose(order)
        found = ordering.learn()
        waiting = set(truth) - set(by_truth(truth)[:4])
        assert waiting <= set(found.keys)
        assert len(set(found.keys)) == len(found.keys)


def test_a_record_drawn_by_chance_is_noted_with_what_was_open(review: Review, truth: dict[str, bool]) -> None:
    ordering = RelevanceSession(review, "Anna")
    ordering.choose(OrderName.RELEVANCE)
    found = ordering.learn()
    drawn = found.keys[2]
    ordering.take(
        found.__class__(found.order, found.keys, found.decided, frozenset({drawn}), found.risk, found.pool, found.queue)
    )
    ordering.note_decided(found.keys[0], relevant=True)
    ordering.note_decided(found.keys[1], relevant=False)
    ordering.note_decided(drawn, relevant=False)
    assert ordering.by_chance(drawn)
    with review.store.read() as transaction:
        event = list(event_rows.events(transaction, kinds=[EventKind.ORDER]))[-1]
    assert (event.subject, event.text("why"), event.payload["open"], event.payload["found"]) == (drawn, "chance", N - 2, 1)


def test_the_panel_says_what_stopping_would_risk(review: Review, truth: dict[str, bool]) -> None:
    keys = by_truth(truth)
    vote(review, truth, keys[:30])
    text = str(stopping_part(RelevanceSession(review, "Anna").learn().risk, 32))
    assert "30  screened" in text
    assert "8  relevant" in text
    # 22 of 32 screened without one: were five missing, that would happen with .00125, and .05 x 4 / (5 x 6 x 7) = .00095 is allowed; were
    # six missing, with .00023, and .05 x 4 / (6 x 7 x 8) = .0006 is.
    assert "5  may be missing, at most" in text
    assert "61 %  recall so far, at least" in text, "8 of 13, not rounded up"
    assert "confidence 0.95 over all looks" in one_text(text)
    assert "1  in the next 10" in text, "half of 8 in 30"
    assert "█" in text
    assert "22  irrelevant in a row" in text
    assert "hypergeometric" in text
    assert "too few relevant reports for stopping to pay: at most 13 in all, and it pays from 38 on" in one_text(text)


def one_text(text: str) -> str:
    """Without line breaks."""
    return " ".join(text.split())


def test_on_the_first_day_it_says_from_how_many_relevant_reports_on_stopping_pays(review: Review) -> None:
    text = one_text(str(stopping_part(RelevanceSession(review, "Anna").learn().risk, 32)))
    assert (
        "stopping pays from 38 relevant reports on, 0 so far; with fewer a rule saves at most 22% of what hindsight would" in text
    )


def test_a_curve_has_one_bar_for_each_part_the_highest_where_most_was_found() -> None:
    assert curve((8, 4, 1, 0)) == "█▅▂▁"
    assert curve((0, 0)) == "▁▁"
    assert curve(()) == ""


async def test_screening_is_stopped_after_a_question_that_says_what_follows_and_taken_up_again(
    review: Review, truth: dict[str, bool]
) -> None:
    keys = by_truth(truth)
    vote(review, truth, keys[:-1])
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test(size=(140, 50)) as pilot:
        await pilot.press("o", "1")
        await settled(pilot)
        await pilot.press("P")
        await settled(pilot)
        asked = shown_by(app, ConfirmDialog)
        assert "The rule of the protocol holds (p = 0.031): hypergeometric test" in asked
        assert "Screened 39 of 40 reports, 8 of them relevant. Left: 1, which" in asked
        assert "At most 0 relevant reports may be missing (confidence 0.95 over all looks)" in asked
        await pilot.press("escape")
        assert stop_of(review) is None
        await pilot.press("P")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert "The figure's footnote says: hypergeometric test" in shown_by(app, TextPage)
        assert stop_of(review) is not None
        await pilot.press("escape")
        assert "stopped on" in str(screen(pilot).panel)
        assert screen(pilot).session.progress().waiting == 0
        await pilot.press("P")
        await settled(pilot)
        assert "What was set aside then" in shown_by(app, ConfirmDialog)
        await pilot.press("enter")
        await settled(pilot)
        assert "Records to be screened again: 1" in shown_by(app, TextPage)
        assert stop_of(review) is None
        assert screen(pilot).session.progress().waiting == 1


async def test_before_the_rule_holds_the_screen_refuses_to_stop_and_says_why(review: Review, truth: dict[str, bool]) -> None:
    vote(review, truth, by_truth(truth)[:20])
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test(size=(140, 50)) as pilot:
        await pilot.press("P")
        await settled(pilot)
        assert "does not hold yet" in shown_by(app, TextPage)
        assert stop_of(review) is None


def shown_by(app: ReviewApp, kind: type[ConfirmDialog | TextPage]) -> str:
    """What the dialog on top says, which must be of this kind."""
    assert isinstance(app.screen, kind)
    return str(app.screen.text)


def stop_of(review: Review) -> Event | None:
    with review.store.read() as transaction:
        return stop_in_force(event_rows.not_undone(transaction, EventKind.STOPPING))
