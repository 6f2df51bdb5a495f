"""The rule that is valid under any order, in a review: the queue after the switch, what the log proves, and what ends a stretch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from invented_pool import invented, write_set

from prisma_tool.cli.main import run
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.manuscript.methods.course_sentences import stopping_sentence
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.stopping import Sampled
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.prioritised.label_sequence import viewpoint
from prisma_tool.screening.prioritised.queue_order import OrderName
from prisma_tool.screening.prioritised.random_draws import Draws, begin_where_due, digest_of, draws_of, in_draw_order
from prisma_tool.screening.prioritised.rank_report import rank_report
from prisma_tool.screening.prioritised.stopping import stop
from prisma_tool.screening.prioritised.stopping_risk import stopping_risk
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections import event_log
from prisma_tool.tui.sessions.relevance_session import RelevanceSession

N, RELEVANT = 60, 8
TRUTH = {f"embase:r{place}": label for place, label in enumerate(invented(N, RELEVANT)[1])}
BY_TRUTH = sorted(TRUTH, key=lambda key: not TRUTH[key])
RANKED = [*BY_TRUTH[:7], *BY_TRUTH[8:26]]
"""Seven of the eight relevant, then 18 without one. Two more would be 7 in 9, below 80 %; so a run of left / (2 + 2) is dry."""
ALL_MET = [*BY_TRUTH[:8], *RANKED[7:]]
"""The same with the eighth relevant one, so that no draw is relevant, whatever the seed."""


ANY_ORDER = {
    'rule = "hypergeometric"': 'rule = "any-order"',
    "target = 0.95": "target = 0.8",
    "confidence = 0.95": "confidence = 0.8",
}


def filled(review: Review, folder: Path) -> Review:
    texts, labels = invented(N, RELEVANT)
    import_file(review, write_set(folder / "pool.csv", texts, labels, label="column"), Import("Embase"))
    return review


@pytest.fixture
def review(make_review: Callable[..., Review], tmp_path: Path) -> Review:
    return filled(make_review(toml_edits=ANY_ORDER), tmp_path)


def vote(review: Review, keys: Iterable[str]) -> None:
    verdicts = {True: Verdict.INCLUDE, False: Verdict.EXCLUDE}
    decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Ada", verdicts[TRUTH[key]]) for key in keys])


def draws(review: Review) -> Draws:
    with review.store.read() as transaction:
        return draws_of(transaction, viewpoint(transaction, "Ada"), "Ada")


def beginnings(review: Review) -> list[Event]:
    with review.store.read() as transaction:
        events = event_rows.events(transaction, kinds=[EventKind.ORDER])
        return [event for event in events if event.text("act") == "sampling"]


def until_relevant(order: Iterable[str]) -> list[str]:
    keys = list(order)
    return keys[: next(place for place, key in enumerate(keys) if TRUTH[key])]


def test_drawing_begins_once_the_ranking_has_run_dry_and_not_before(review: Review) -> None:
    vote(review, RANKED[:17])  # a run of 10, and 43 left
    assert not begin_where_due(review, "Ada")
    vote(review, RANKED[17:])  # a run of 18, and 35 left
    assert begin_where_due(review, "Ada")
    assert not begin_where_due(review, "Ada"), "one stretch at a time"
    (event,) = beginnings(review)
    assert (event.payload["open"], event.payload["found"], event.payload["stretches"]) == (35, 7, [])


def test_the_log_alone_gives_the_order_of_the_draws_and_no_decision_changes_it(review: Review) -> None:
    vote(review, ALL_MET)
    begin_where_due(review, "Ada")
    (event,) = beginnings(review)
    rest = [key for key in TRUTH if key not in ALL_MET]
    expected = in_draw_order(event.payload["seed"], rest)
    assert event.text("sha256") == digest_of(rest)
    assert draws(review).order == expected
    assert sorted(expected) == sorted(rest)
    assert rank_report(review, "Ada").queue.keys == expected
    vote(review, expected[:2])
    assert rank_report(review, "Ada").queue.keys == expected[2:]


def test_each_seed_draws_in_an_order_of_its_own() -> None:
    assert len({in_draw_order(seed, sorted(TRUTH)) for seed in range(20)}) == 20
    assert in_draw_order(1, BY_TRUTH) == in_draw_order(1, sorted(TRUTH)), "whatever order the reports are in"


def test_a_relevant_draw_ends_the_stretch_and_ranking_goes_on(review: Review) -> None:
    vote(review, RANKED)
    begin_where_due(review, "Ada")
    before = until_relevant(draws(review).order)
    vote(review, [*before, BY_TRUTH[7]])
    now = draws(review)
    assert now.order == ()
    assert [(one.draws, one.relevant) for one in now.stretches] == [(len(before) + 1, True)]


def test_screening_may_stop_after_as_many_draws_as_the_test_asks_for_and_the_words_say_what_it_assumes(review: Review) -> None:
    vote(review, ALL_MET)
    begin_where_due(review, "Ada")
    order = draws(review).order
    # Eight found: three more would be 8 in 11, below 80 %. 34 are left; 14 draws miss all three in 20 x 19 x 18 of 34 x 33 x 32 cases.
    vote(review, order[:13])
    with review.store.read() as transaction:
        assert not stopping_risk(transaction, "").holds
    vote(review, order[13:14])
    with review.store.read() as transaction:
        risk = stopping_risk(transaction, "")
    assert risk.holds
    assert risk.p == pytest.approx(20 * 19 * 18 / (34 * 33 * 32))
    assert "valid under any order" in stopping_sentence(stop(review, "Ada", check=True))


@pytest.mark.parametrize("how", ["gap", "elsewhere", "more records"])
def test_what_was_not_drawn_proves_nothing(review: Review, how: str, tmp_path: Path) -> None:
    vote(review, RANKED)
    begin_where_due(review, "Ada")
    order = draws(review).order
    if how == "gap":
        vote(review, [key for key in order[1:10] if not TRUTH[key]])
        assert draws(review).stretches[-1].draws == 0
        assert draws(review).order[0] == order[0]
    elif how == "elsewhere":
        vote(review, [key for key in order[-12:] if TRUTH[key]] or [BY_TRUTH[7]])
        assert draws(review).order == ()
        assert draws(review).stretches[-1].relevant
    else:
        texts, labels = invented(5, 1, seed=9)
        import_file(review, write_set(tmp_path / "more.csv", texts, labels, label="column"), Import("Scopus"))
        vote(review, until_relevant(order)[:1])
        assert draws(review).order == ()
        assert [(one.draws, one.relevant) for one in draws(review).stretches] == [(1, True)]


def test_an_earlier_decision_that_is_given_again_keeps_the_stretch(review: Review) -> None:
    vote(review, ALL_MET)
    begin_where_due(review, "Ada")
    order = draws(review).order
    vote(review, [*order[:3], RANKED[-1]])
    assert draws(review).order == order[3:]
    assert [(one.draws, one.relevant) for one in draws(review).stretches] == [(3, False)]


def begin_by_hand(review: Review, **forged: Any) -> None:
    with review.store.write() as transaction:
        begun = next(event for event in event_rows.events(transaction, kinds=[EventKind.ORDER], newest_first=True))
        payload = {**begun.payload, **forged}
        event_log.append(transaction, [event_log.Draft(EventKind.ORDER, "", Stage.TITLE_ABSTRACT, "Ada", payload)])


def test_a_beginning_that_counts_other_reports_than_there_are_proves_nothing(review: Review) -> None:
    vote(review, ALL_MET)
    begin_where_due(review, "Ada")
    begin_by_hand(review, open=20)
    assert draws(review).order == ()
    assert draws(review).stretches[-1].relevant


def test_a_beginning_that_knows_nothing_of_an_earlier_one_does_not_wipe_it_out(review: Review) -> None:
    vote(review, ALL_MET)
    begin_where_due(review, "Ada")
    drawn = draws(review).order
    vote(review, drawn[:3])
    with review.store.read() as transaction:
        still_open = viewpoint(transaction, "Ada").open
    begin_by_hand(review, open=len(still_open), sha256=digest_of(still_open), seed=5)
    begun = beginnings(review)[0]
    assert draws(review).stretches[0] == Sampled(8, len(drawn), 1, relevant=True)
    assert draws(review).stretches[1] == Sampled(8, len(still_open), 0, relevant=False)
    with review.store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, begun.id, reviewer="Ada")])
    assert draws(review).stretches[0] == Sampled(8, len(drawn), 1, relevant=True), "what was drawn has been seen"


def test_in_a_blind_pair_the_votes_of_the_other_end_no_stretch(make_review: Callable[..., Review], tmp_path: Path) -> None:
    review = filled(
        make_review(reviewers=("Ada", "Grace"), toml_edits=ANY_ORDER | {"reviewers_per_record = 1": "reviewers_per_record = 2"}),
        tmp_path,
    )
    verdicts = {True: Verdict.INCLUDE, False: Verdict.EXCLUDE}
    decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Grace", verdicts[label]) for key, label in TRUTH.items()])
    vote(review, ALL_MET)
    assert begin_where_due(review, "Ada")
    drawn = draws(review).order
    vote(review, drawn[:3])
    assert draws(review).order == drawn[3:]
    assert [stretch.draws for stretch in draws(review).stretches] == [3]


def test_where_two_vote_on_each_record_the_limit_of_the_rule_is_said(
    make_review: Callable[..., Review], capsys: pytest.CaptureFixture[str]
) -> None:
    pair = make_review(reviewers=("Ada", "Grace"), toml_edits={"reviewers_per_record = 1": "reviewers_per_record = 2"})
    assert run(["-C", str(pair.folder), "rank", "--rule", "any-order", "--reviewer", "Ada"]) == 0
    assert "each draws for the own votes" in capsys.readouterr().err
    assert run(["-C", str(pair.folder), "rank", "--rule", "hypergeometric", "--reviewer", "Ada"]) == 0
    assert "each draws" not in capsys.readouterr().err


def test_on_the_screen_the_drawn_come_in_their_order_and_each_is_noted(review: Review) -> None:
    vote(review, RANKED)
    session = RelevanceSession(review, "Ada")
    session.choose(OrderName.RELEVANCE)
    arranged: Any = session.learn()
    session.take(arranged)
    assert arranged.keys == draws(review).order
    assert session.by_chance(arranged.keys[0])
    session.note_decided(arranged.keys[0], relevant=False)
    with review.store.read() as transaction:
        last = list(event_rows.events(transaction, kinds=[EventKind.ORDER]))[-1]
    assert (last.subject, last.text("why"), last.payload["open"]) == (arranged.keys[0], "chance", 35)
    facts = read_methods(review).prioritisation
    assert (facts.by_chance, facts.for_stopping) == (0, 1)


def test_under_another_rule_nothing_is_drawn(make_review: Callable[..., Review], tmp_path: Path) -> None:
    review = filled(make_review(), tmp_path)
    vote(review, RANKED)
    assert not begin_where_due(review, "Ada")
    assert draws(review) == Draws()
