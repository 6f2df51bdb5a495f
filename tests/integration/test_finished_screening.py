"""What a finished screening risks is read in a short way and in a long one, and both say the same, whatever happened before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pytest
from histories import KEYS, LATE, Arrive, History, Memory, Say, Step, about_pair, often, steps, take_backs
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.stopping_acts import stop_in_force
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.model.vocabulary import DuplicateVerdict, Stage
from prisma_tool.screening.prioritised import finished_screening, label_sequence
from prisma_tool.screening.prioritised.finished_screening import finished_screening as read_finished
from prisma_tool.screening.prioritised.label_sequence import Viewpoint, viewpoint
from prisma_tool.screening.prioritised.random_draws import draws_of
from prisma_tool.screening.prioritised.risk_of_view import stopping_risk_of
from prisma_tool.screening.prioritised.stopping_risk import StoppingRisk, is_set_late, stopping_risk
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, rebuild
from prisma_tool.store.projections.event_log import Draft
from prisma_tool.store.queues import ranking_rows, screening_places

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

TITLES = Stage.TITLE_ABSTRACT
ALL = [*KEYS, LATE, "embase:1"]
VIEWERS = ("", "Ada", "Ben")


def vote(key: str, by: str, verdict: str) -> Draft:
    return Draft(EventKind.DECISION, key, TITLES, by, {"verdict": verdict, "reason": ""})


def about(kind: EventKind, key: str, **payload: object) -> Draft:
    return Draft(kind, key, TITLES if kind == EventKind.ADJUDICATION else "", "Ada", payload)


def by_chance(key: str, by: str, left: int) -> Draft:
    return Draft(EventKind.ORDER, key, TITLES, by, {"why": "chance", "open": left, "found": 1})


def saying(*drafts: Draft) -> Say:
    return Say([(draft, 0) for draft in drafts])


keys, people = st.sampled_from(ALL), st.sampled_from(["Ada", "Ben", "Cem"])
verdicts = st.sampled_from(["include", "exclude", "exclude", "maybe"])
pairs = st.builds(
    about_pair, keys, keys, people, st.sampled_from([DuplicateVerdict.SAME.value, DuplicateVerdict.DIFFERENT.value])
)
screening = st.lists(
    often(
        (6, st.builds(saying, st.builds(vote, keys, people, verdicts))),
        (2, take_backs),
        (1, st.builds(saying, pairs.filter(lambda draft: draft.subject != draft.payload["other"]))),
        (1, st.builds(Arrive, keys, st.just(value=False))),
        (1, st.builds(saying, st.builds(about, st.just(EventKind.REMOVAL), keys, removed=st.booleans()))),
        (1, st.builds(saying, st.builds(about, st.just(EventKind.ADJUDICATION), keys, verdict=verdicts))),
        (1, st.builds(saying, st.builds(by_chance, keys, people, st.integers(1, 9)))),
    ),
    max_size=12,
)
protocols = st.builds(
    lambda listed, number, blind: Protocol(reviewers=listed, screening=ScreeningRules(reviewers_per_record=number, blind=blind)),
    st.sampled_from([(), ("Ada", "Ben")]),
    st.integers(1, 2),
    st.booleans(),
)
last_votes = st.lists(verdicts, min_size=2 * len(ALL), max_size=2 * len(ALL))


def places_one_by_one(transaction: Transaction, stage: str, reviewer: str | None = None) -> dict[str, int]:
    """Of all who have a standing vote on a cluster, the first vote of each there, and of those the last."""
    first = ranking_rows.first_votes(transaction, stage, reviewer)
    places: dict[str, int] = {}
    for one in ranking_rows.votes_in_order(transaction, stage, reviewer):
        clock = first[one.cluster, one.reviewer].clock
        places[one.cluster] = max(places.get(one.cluster, clock), clock)
    return places if reviewer is not None else rulings_one_by_one(transaction, stage) | places


def rulings_one_by_one(transaction: Transaction, stage: str) -> dict[str, int]:
    """Of each standing ruling on a cluster the first one there by the same person, and of those the last."""
    events = [event for event in event_rows.events(transaction, kinds=[EventKind.ADJUDICATION]) if event.stage == stage]
    state = rebuild.stored_state(transaction)
    places: dict[str, int] = {}
    for ruling in (
        event for place, event in state.standing.items() if (place.kind, place.stage) == (EventKind.ADJUDICATION, stage)
    ):
        if (cluster := state.cluster_of.get(ruling.subject)) is not None:
            same = (event for event in events if event.reviewer == ruling.reviewer)
            clock = min(event.clock for event in same if state.cluster_of.get(event.subject) == cluster)
            places[cluster] = max(places.get(cluster, clock), clock)
    return places


def long_view(transaction: Transaction, viewer: str) -> Viewpoint:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_sequence, "all_arrived_before", lambda _: False)
        patch.setattr(screening_places, "places", places_one_by_one)
        return viewpoint(transaction, viewer)


def long_way(transaction: Transaction, viewer: str) -> StoppingRisk:
    view = long_view(transaction, viewer)
    stopped = stop_in_force(event_rows.not_undone(transaction, EventKind.STOPPING))
    rule, draws = transaction.protocol.screening.stopping, draws_of(transaction, view, viewer)
    return stopping_risk_of(view, rule, stopped, draws, set_late=is_set_late(transaction))


def assert_both_ways_agree(transaction: Transaction) -> None:
    for viewer in VIEWERS:
        assert viewpoint(transaction, viewer) == long_view(transaction, viewer)
        assert stopping_risk(transaction, viewer) == long_way(transaction, viewer)
        voter = viewer or None
        places = places_one_by_one(transaction, TITLES, voter)
        assert screening_places.places(transaction, TITLES, voter) == places
        assert screening_places.places_of(transaction, TITLES, places.keys(), voter) == places


def finish(past: History, verdicts: Iterable[str]) -> None:
    """Both vote on all that is open."""
    remaining = iter(verdicts)
    for name in ("Ada", "Ben"):
        with past.store.read() as transaction:
            still_open = viewpoint(transaction, "").open
        for key in still_open:
            past.append(vote(key, name, next(remaining)))


@settings(max_examples=40)
@given(newest=st.sampled_from([1, 2_000]), protocol=protocols, happened=screening, last=last_votes)
def test_a_finished_screening_is_read_as_the_order_of_all_reports_has_it(
    in_memory: Memory, newest: int, protocol: Protocol, happened: list[Step], last: list[str]
) -> None:
    past = in_memory.begun()
    past.arrive("embase:1")
    for step in happened:
        past.happen(step)
    # Nobody may vote whom review.toml does not list; it may list fewer later.
    past.store = past.store.under(protocol)
    with past.store.write() as transaction:
        rebuild.rebuild(transaction)
    finish(past, last)
    with past.store.read() as transaction, pytest.MonkeyPatch.context() as patch:
        patch.setattr(finished_screening, "_NEWEST", newest)
        assert_both_ways_agree(transaction)


@settings(max_examples=20)
@given(happened=steps(8))
def test_what_is_known_of_a_screening_is_read_in_both_ways_after_any_history(in_memory: Memory, happened: list[Step]) -> None:
    past = in_memory.begun()
    for step in happened:
        past.happen(step)
    with past.store.read() as transaction:
        assert_both_ways_agree(transaction)


@pytest.fixture
def finished(make_bench: Callable[..., Bench]) -> Bench:
    """Three reports, of which the second is relevant, screened one after the other."""
    bench = make_bench(reviewers=("Ada",))
    bench.given("Embase", "0", "1", "2")
    for number, verdict in enumerate(("exclude", "include", "exclude")):
        bench.vote(verdict, f"embase:{number}")
    return bench


def rule(bench: Bench, key: str, verdict: str) -> None:
    with bench.review.store.write() as transaction:
        event_log.append(transaction, [about(EventKind.ADJUDICATION, key, verdict=verdict, reason="")])


def test_a_finished_screening_says_how_many_came_after_the_last_relevant_report(finished: Bench) -> None:
    with finished.review.store.read() as transaction:
        screening = read_finished(transaction, "")
    assert screening is not None
    assert (screening.screened, screening.relevant, screening.since_relevant, screening.drawn) == (3, 1, 1, ())


def test_a_vote_given_again_does_not_move_its_report_to_the_end(finished: Bench) -> None:
    finished.vote("maybe", "embase:1")
    with finished.review.store.read() as transaction:
        assert stopping_risk(transaction, "").consecutive == 1


def test_the_short_way_is_left_where_reports_were_added_in_between(finished: Bench) -> None:
    finished.given("Scopus", "0")
    finished.vote("exclude", "scopus:0")
    with finished.review.store.read() as transaction:
        assert read_finished(transaction, "") is None
        assert_both_ways_agree(transaction)
        assert stopping_risk(transaction, "").consecutive == 2


def test_the_short_way_is_left_where_a_report_has_a_ruling_and_no_vote(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada",))
    bench.given("Embase", "0", "1")
    bench.vote("include", "embase:0")
    rule(bench, "embase:1", "exclude")
    with bench.review.store.read() as transaction:
        assert read_finished(transaction, "") is None
        assert_both_ways_agree(transaction)
        assert stopping_risk(transaction, "").consecutive == 1


def test_a_report_that_is_settled_by_a_ruling_alone_was_screened_when_it_was_ruled_upon(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada",))
    bench.given("Embase", "0", "1", "2")
    bench.vote("include", "embase:0")
    rule(bench, "embase:1", "exclude")
    with bench.review.store.read() as transaction:
        assert [label.key for label in viewpoint(transaction, "").labels] == ["embase:0", "embase:1"]
        risk = stopping_risk(transaction, "")
    assert (risk.before, risk.consecutive, risk.left) == (0, 1, 1)


def test_what_was_ruled_upon_before_others_were_added_says_nothing_of_those(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada",))
    bench.given("Embase", "0", "1")
    rule(bench, "embase:0", "exclude")
    bench.given("Scopus", "0", "1")
    bench.vote("exclude", "scopus:0")
    with bench.review.store.read() as transaction:
        assert stopping_risk(transaction, "").before == 1
        assert_both_ways_agree(transaction)


def test_what_is_ruled_upon_after_a_version_was_closed_was_not_decided_before(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada",))
    bench.given("Embase", "0", "1")
    bench.vote("exclude", "embase:0")
    bench.close("1.0", force=True)
    rule(bench, "embase:1", "exclude")
    with bench.review.store.read() as transaction:
        view = viewpoint(transaction, "")
    assert [label.key for label in view.labels] == ["embase:1"]
    assert view.earlier == {"embase:0": False}
