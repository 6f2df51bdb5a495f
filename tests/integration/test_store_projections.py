"""What the store keeps beside the log is what the log says, whatever happens and in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from histories import ABSTRACT, KEYS, LATE, History, Memory, Say, Step, TakeBack, about_pair, steps, take_backs, votings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import ENGINE, EventKind
from prisma_tool.model.log.fold import State
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.model.vocabulary import Stage
from prisma_tool.reports.state import load_review_state, reports_of
from prisma_tool.store.engine.database import Store, Transaction
from prisma_tool.store.engine.schema import MembershipRow, OutcomeRow, StandingRow
from prisma_tool.store.projections import earlier_state, event_log, folded_votes, log_head, rebuild, update
from prisma_tool.store.projections.event_log import Draft
from prisma_tool.store.records import clusters
from prisma_tool.store.runs import reruns
from prisma_tool.updates.changes_since_decision import late_among

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


def rows(transaction: Transaction) -> list[list[Any]]:
    """The projections to the letter."""
    tables = (StandingRow, MembershipRow, OutcomeRow)
    return [sorted(map(tuple, transaction.session.execute(sa.select(table.__table__)))) for table in tables]


def kept_equals_rebuilt(past: History, happened: list[Step]) -> None:
    for step in happened:
        past.happen(step)
    assert past.differences() == []
    with past.store.write() as transaction:
        assert log_head.wrong_sums(transaction)[1] == []
        assert log_head.log_head(transaction) == log_head.log_head(transaction, from_beginning=True)
        kept = rows(transaction)
        rebuild.rebuild(transaction)
        assert rows(transaction) == kept
        standing = rebuild.stored_state(transaction).standing
        folded = rebuild.folded_state(transaction)
        assert said_of(folded) == (
            {slot: event.id for slot, event in standing.items()},
            rebuild.memberships(transaction),
            rebuild.stored_state(transaction).outcomes,
        )
        pairs = {event.id for slot, event in standing.items() if slot.kind == EventKind.DUPLICATE}
        stated = rebuild.standing_pairs(transaction)
        assert {event.id for event in stated} == pairs
        by_people = {event.id for event in stated if event.reviewer != ENGINE}
        assert {event.id for event in rebuild.pairs_by_people(transaction)} == by_people


@pytest.fixture(autouse=True, scope="module")
def short_steps() -> Iterator[None]:
    """So few events between two kept sums that any history has some."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_head, "STEP", 2)
        yield


@settings(max_examples=12)
@given(happened=steps(5))
def test_a_report_reads_the_same_by_itself_and_from_the_state_of_the_review(in_memory: Memory, happened: list[Step]) -> None:
    past = in_memory.begun()
    for step in happened:
        past.happen(step)
    with past.store.read() as transaction, patch("prisma_tool.reports.state._FEW", 0):
        by_themselves = reports_of(transaction, [*KEYS, LATE, "pubmed:nobody"])
        load_review_state(transaction)
        assert reports_of(transaction, [*KEYS, LATE, "pubmed:nobody"]) == by_themselves
        assert by_themselves.keys() >= set(KEYS)


@settings(max_examples=60)
@given(happened=steps(5))
def test_kept_equals_rebuilt_after_any_history(in_memory: Memory, happened: list[Step]) -> None:
    kept_equals_rebuilt(in_memory.begun(), happened)


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(happened=steps(12))
def test_kept_equals_rebuilt_after_any_history_on_postgresql(store: Store, happened: list[Step]) -> None:
    past = History(store)
    past.begin()
    kept_equals_rebuilt(past, happened)


@settings(max_examples=25)
@given(happened=steps(8))
def test_the_records_that_joined_late_are_the_same_for_all_reports_at_once_as_one_by_one(
    in_memory: Memory, happened: list[Step]
) -> None:
    past = in_memory.begun()
    for step in happened:
        past.happen(step)
    with past.store.read() as transaction:
        members: dict[str, list[str]] = {}
        for key, name in transaction.rows(sa.select(MembershipRow.record, MembershipRow.cluster)):
            members.setdefault(name, []).append(key)
        one_by_one = [late for name in sorted(members) for late in late_among(reruns.arrivals(transaction, members[name]))]
        assert late_among(reruns.arrivals(transaction)) == one_by_one


def lean(state: State) -> State:
    """A state without what `stored_state` leaves out beside its votes."""
    settled = {
        place
        for place, event in state.standing.items()
        if place.kind == EventKind.DUPLICATE and event.text("verdict") != "unsure"
    }
    omitted = (*update.NUMEROUS_KINDS, EventKind.EDIT)
    standing = {place: event for place, event in state.standing.items() if place.kind not in omitted and place not in settled}
    return State(standing, state.cluster_of, state.outcomes)


def said_of(state: State) -> tuple[Any, ...]:
    """A state by what it says: folding leaves out of its events what it does not need."""
    return {place: event.id for place, event in state.standing.items()}, state.cluster_of, state.outcomes


def wound_back_equals_folded(past: History, happened: list[Step]) -> int:
    """At every moment of a history; returns at how many of them it was wound back at all."""
    moments = [past.store.now()]
    for step in happened:
        past.happen(step)
        moments.append(past.store.now())
    with past.store.read() as transaction:
        wound = [(earlier_state.wound_back(transaction, at), rebuild.folded_state(transaction, at)) for at in moments]
        without = [folded_votes.folded_lean(transaction, at) for at in moments]
    assert all(
        light is None or said_of(lean(light.state)) == said_of(lean(folded))
        for light, (_, folded) in zip(without, wound, strict=True)
    )
    assert all(back is None or said_of(lean(back)) == said_of(lean(folded)) for back, folded in wound)
    return sum(back is not None for back, _ in wound)


@settings(max_examples=40)
@given(happened=steps(6))
def test_an_earlier_state_is_the_same_wound_back_as_folded_after_any_history(in_memory: Memory, happened: list[Step]) -> None:
    wound_back_equals_folded(in_memory.begun(), happened)


@settings(max_examples=30)
@given(before=steps(4), after=st.lists(st.one_of(votings, take_backs), min_size=1, max_size=6))
def test_votes_and_undoing_them_are_always_wound_back(in_memory: Memory, before: list[Step], after: list[Step]) -> None:
    past = in_memory.begun()
    for step in before:
        past.happen(step)
    past.log.clear()  # what is undone afterwards was said afterwards
    assert wound_back_equals_folded(past, after) == len(after) + 1


@pytest.mark.parametrize(
    "draft",
    [
        about_pair("embase:0", "pubmed:0", "Ada", "same"),
        Draft(EventKind.EDIT, "pubmed:0", reviewer="Ada", payload=ABSTRACT),
        Draft(EventKind.REVIEWER, "Ben", payload={"state": "retired"}),
        Draft(EventKind.REASON, "wrong-outcome", payload={"into": "wrong-population"}),
        Draft(EventKind.PROTOCOL, payload={"text": "", "sha256": ""}),
        Draft(EventKind.VERSION, "2025", payload={"act": "closed"}),
    ],
    ids=lambda draft: draft.kind.value,
)
def test_what_may_change_more_than_one_report_is_not_wound_back(begun: History, draft: Draft) -> None:
    begun.append(Draft(EventKind.DECISION, "pubmed:0", TA, "Ada", {"verdict": "include"}))
    before = begun.store.now()
    begun.append(draft)
    with begun.store.read() as transaction:
        assert earlier_state.wound_back(transaction, before) is None
        state, folded = earlier_state.state_at(transaction, before), rebuild.folded_state(transaction, before)
        assert said_of(lean(state)) == said_of(lean(folded))


def test_votes_are_folded_by_what_they_say_until_a_version_or_a_pilot_round_makes_their_time_matter(begun: History) -> None:
    begun.append(decision("embase:0", "include"))
    with begun.store.read() as transaction:
        light = folded_votes.folded_lean(transaction)
        assert light is not None
        assert said_of(lean(light.state)) == said_of(lean(rebuild.folded_state(transaction)))
        assert folded_votes.folded_lean(transaction.under(Protocol(tools=("Robot",)))) is None
    begun.append(Draft(EventKind.PILOT, "", TA, "Ada", {"act": "open", "keys": ["embase:0"], "reviewers": ["Ada"]}))
    with begun.store.read() as transaction:
        assert folded_votes.folded_lean(transaction) is None


def test_after_a_closed_version_votes_are_folded_one_by_one(begun: History) -> None:
    begun.append(decision("embase:0", "include"))
    begun.append(Draft(EventKind.VERSION, "2025", payload={"act": "closed"}))
    with begun.store.read() as transaction:
        assert folded_votes.folded_lean(transaction) is None


def test_a_record_that_arrived_since_is_not_wound_back_nor_is_another_reading_of_the_rules(begun: History) -> None:
    before = begun.store.now()
    begun.arrive(LATE)
    after = begun.store.now()
    with begun.store.read() as transaction:
        assert earlier_state.wound_back(transaction, before) is None
        assert earlier_state.wound_back(transaction, after) is not None
        others = Protocol(screening=ScreeningRules(reviewers_per_record=2))
        assert earlier_state.wound_back(transaction.under(others), after) is None
        assert earlier_state.wound_back(transaction.under(Protocol(tools=("Robot",))), after) is None


@pytest.fixture
def begun(in_memory: Memory) -> History:
    return in_memory.begun()


def decision(key: str, verdict: str, reviewer: str = "Ada", stage: Stage = TA, reason: str = "") -> Draft:
    return Draft(EventKind.DECISION, key, stage, reviewer, {"verdict": verdict, "reason": reason})


def ruling(key: str, verdict: str, reason: str = "") -> Draft:
    return Draft(EventKind.ADJUDICATION, key, TA, "Cem", {"verdict": verdict, "reason": reason})


def dated_back(draft: Draft, past: History, seconds: int) -> Draft:
    """The same, as if done that long before now."""
    return replace(draft, at=past.store.now() - timedelta(seconds=seconds))


@pytest.fixture
def past(store: Store) -> History:
    past = History(store)
    past.begin()
    return past


def test_an_earlier_state_is_wound_back_on_both_databases(past: History) -> None:
    vote, again = decision("pubmed:0", "include"), decision("pubmed:0", "exclude")
    retrieval = Draft(EventKind.RETRIEVAL, "pubmed:0", payload={"status": "retrieved"})
    happened: list[Step] = [
        Say([(vote, 0)]),
        Say([(again, 0), (retrieval, 0)]),
        TakeBack(1),
        TakeBack(3),
        Say([(ruling("pubmed:0", "maybe"), 0)]),
    ]
    assert wound_back_equals_folded(past, happened) == len(happened) + 1


def cluster_names(past: History) -> dict[str, str]:
    with past.store.read() as transaction:
        return update.clusters_of(transaction, ["pubmed:0", "embase:0"])


def outcome_of(past: History, key: str) -> str:
    with past.store.read() as transaction:
        row = transaction.session.get(OutcomeRow, (key, Stage.TITLE_ABSTRACT))
        return row.state if row else ""


def test_the_differences_name_what_is_kept_wrongly_and_a_rebuild_mends_it(past: History) -> None:
    past.append(decision("pubmed:0", "include"))
    with past.store.write() as transaction:
        transaction.session.get_one(OutcomeRow, ("pubmed:0", Stage.TITLE_ABSTRACT)).state = "exclude"
    (difference,) = past.differences()
    assert "outcome of ('pubmed:0'" in difference
    with past.store.write() as transaction:
        rebuild.rebuild(transaction)
    assert past.differences() == []
    assert outcome_of(past, "pubmed:0") == "include"


def test_undo_gives_back_the_vote_before_it_and_undoing_the_undo_takes_it_again(past: History) -> None:
    past.append(decision("pubmed:0", "exclude"))
    past.append(decision("pubmed:0", "include"))
    past.append(Draft(EventKind.UNDO, past.log[1].id))
    assert outcome_of(past, "pubmed:0") == "exclude"
    past.append(Draft(EventKind.UNDO, past.log[2].id))
    assert outcome_of(past, "pubmed:0") == "include"


def test_an_undo_of_nothing_is_refused_and_not_stored(past: History) -> None:
    with pytest.raises(DecisionError, match="no event nonsense"):
        past.append(decision("pubmed:0", "include"), Draft(EventKind.UNDO, "nonsense"))
    assert outcome_of(past, "pubmed:0") == ""


def test_a_split_gives_each_vote_back_to_its_key(past: History) -> None:
    past.append(decision("pubmed:0", "include"))
    past.append(about_pair("pubmed:0", "embase:0", "Ada", "same"), decision("embase:0", "exclude", "Ben"))
    assert len(set(cluster_names(past).values())) == 1
    past.append(about_pair("pubmed:0", "embase:0", "Ada", "different"))
    assert cluster_names(past) == {"pubmed:0": "pubmed:0", "embase:0": "embase:0"}
    assert (outcome_of(past, "pubmed:0"), outcome_of(past, "embase:0")) == ("include", "exclude")


@pytest.mark.parametrize("voted", [["pubmed:0", "embase:0"], ["embase:0", "pubmed:0"]])
def test_of_records_that_were_each_decided_on_before_they_were_joined_the_later_one_joined_late(
    begun: History, voted: list[str]
) -> None:
    for draft in (decision(voted[0], "include"), decision(voted[1], "exclude"), about_pair(voted[0], voted[1], "Ada", "same")):
        begun.append(draft)
    with begun.store.read() as transaction:
        assert [late.key for late in late_among(reruns.arrivals(transaction))] == [voted[1]]


def test_a_record_that_gains_an_abstract_comes_to_stand_for_its_cluster_with_all_votes(past: History) -> None:
    past.append(about_pair("pubmed:0", "embase:0", ENGINE, "same"), decision("pubmed:0", "include"))
    assert set(cluster_names(past).values()) == {"pubmed:0"}
    past.arrive("embase:0", abstract=True)
    assert set(cluster_names(past).values()) == {"embase:0"}
    assert (outcome_of(past, "pubmed:0"), outcome_of(past, "embase:0")) == ("", "include")


def test_a_pair_waits_for_a_person_until_it_is_joined_otherwise(past: History) -> None:
    def waiting() -> list[str]:
        with past.store.read() as transaction:
            return [event.subject for event in clusters.uncertain(transaction)]

    past.append(about_pair("pubmed:0", "embase:0", ENGINE, "unsure"))
    assert waiting() == ["embase:0"]
    past.append(about_pair("pubmed:0", "website:0", "Ada", "same"))
    past.append(about_pair("embase:0", "website:0", "Ada", "same"))
    assert waiting() == []


@pytest.mark.parametrize(("by", "asked"), [("Ada", []), (ENGINE, ["embase:0"])])
def test_a_question_that_a_person_answered_for_another_record_of_the_report_is_not_asked_again(
    past: History, by: str, asked: list[str]
) -> None:
    past.append(about_pair("pubmed:0", "embase:0", ENGINE, "unsure"), about_pair("website:0", "embase:0", by, "different"))
    with past.store.read() as transaction:
        assert [event.subject for event in clusters.uncertain(transaction)] == ["embase:0"]
    past.append(about_pair("pubmed:0", "website:0", ENGINE, "same"))
    with past.store.read() as transaction:
        assert [event.subject for event in clusters.uncertain(transaction)] == asked
        assert load_review_state(transaction).uncertain_pairs == len(asked)


def test_a_verdict_and_a_vote_about_a_record_that_arrives_later_count_from_its_arrival(past: History) -> None:
    past.append(about_pair("embase:2", "pubmed:0", "Ada", "same"), decision("embase:2", "include"))
    past.arrive("embase:2")
    assert past.differences() == []
    assert outcome_of(past, "pubmed:0") == "include"


# --- histories with a name: what each changes must be followed at once, by the touched reports and by no others ---------------


def clusters_now(past: History) -> dict[str, str]:
    with past.store.read() as transaction:
        return dict(transaction.session.execute(sa.select(MembershipRow.record, MembershipRow.cluster)).all())


def outcomes_now(past: History) -> dict[tuple[str, str], str]:
    """The state at each report and stage, with its reason, and a mark where reasons differ."""
    with past.store.read() as transaction:
        found = transaction.session.execute(sa.select(OutcomeRow)).scalars()
        return {
            (row.cluster, row.stage): " ".join([row.state, row.reason, "differ" * row.reasons_differ]).strip() for row in found
        }


def test_a_corrected_record_comes_to_stand_for_its_cluster_until_the_correction_is_undone(begun: History) -> None:
    begun.append(about_pair("pubmed:0", "embase:0", ENGINE, "same"), decision("pubmed:0", "include"))
    begun.append(Draft(EventKind.EDIT, "embase:0", reviewer="Ada", payload=ABSTRACT))
    assert clusters_now(begun) == {"pubmed:0": "embase:0", "embase:0": "embase:0", "website:0": "website:0"}
    assert outcomes_now(begun) == {("embase:0", TA): "include"}
    begun.undo(2)
    assert clusters_now(begun) == {"pubmed:0": "pubmed:0", "embase:0": "pubmed:0", "website:0": "website:0"}
    assert outcomes_now(begun) == {("pubmed:0", TA): "include"}


@pytest.mark.parametrize("corrected", ["embase:0", LATE])
def test_a_correction_reaches_the_whole_cluster_through_records_in_between(begun: History, corrected: str) -> None:
    begun.arrive(LATE)
    begun.append(about_pair("embase:0", "pubmed:0", ENGINE, "same"), about_pair("pubmed:0", LATE, ENGINE, "same"))
    begun.append(Draft(EventKind.EDIT, corrected, reviewer="Ada", payload=ABSTRACT))
    assert clusters_now(begun) == {**dict.fromkeys(["pubmed:0", "embase:0", LATE], corrected), "website:0": "website:0"}


def test_a_correction_takes_nobody_apart_whom_only_a_different_pair_connects(begun: History) -> None:
    begun.append(about_pair("embase:0", "website:0", "Ada", "different"), about_pair("pubmed:0", "website:0", "Ada", "same"))
    begun.append(Draft(EventKind.EDIT, "embase:0", reviewer="Ada", payload=ABSTRACT))
    assert clusters_now(begun) == {"pubmed:0": "pubmed:0", "embase:0": "embase:0", "website:0": "pubmed:0"}


def test_a_record_of_other_methods_never_stands_for_one_of_a_database(begun: History) -> None:
    begun.append(about_pair("embase:0", "website:0", "Ada", "same"))
    begun.append(Draft(EventKind.EDIT, "website:0", reviewer="Ada", payload=ABSTRACT))
    assert clusters_now(begun)["website:0"] == "embase:0"


def test_another_protocol_decides_anew_on_every_report_with_votes(begun: History) -> None:
    begun.append(decision("pubmed:0", "include"), decision("embase:0", "exclude", stage=FT, reason="wrong-outcome"))
    begun.append(ruling("website:0", "include"))
    begun.rule(2, "include", decision("pubmed:0", "maybe", "Ben"))
    assert outcomes_now(begun) == {("pubmed:0", TA): "include", ("embase:0", FT): "pending", ("website:0", TA): "include"}
    begun.rule(1, "conflict")
    assert outcomes_now(begun) == {
        ("pubmed:0", TA): "conflict",
        ("embase:0", FT): "exclude wrong-outcome",
        ("website:0", TA): "include",
    }
    assert begun.differences() == []


def test_a_merge_of_reasons_reaches_votes_and_rulings_until_it_is_undone(begun: History) -> None:
    begun.append(decision("pubmed:0", "exclude", reason="wrong-outcome"), ruling("embase:0", "exclude", "wrong-outcome"))
    before = outcomes_now(begun)
    # Together with something else, which must not keep it from being followed.
    begun.append(
        Draft(EventKind.REASON, "wrong-outcome", reviewer="Ada", payload={"into": "wrong-population"}),
        Draft(EventKind.REMOVAL, "website:0", reviewer="Ada", payload={"removed": True}),
    )
    assert outcomes_now(begun) == dict.fromkeys(before, "exclude wrong-population")
    begun.undo(2)
    assert outcomes_now(begun) == before == dict.fromkeys(before, "exclude wrong-outcome")


def test_reasons_that_differ_are_kept_with_the_earlier_one(begun: History) -> None:
    begun.append(decision("pubmed:0", "exclude", "Ada", FT, "wrong-outcome"))
    begun.append(decision("pubmed:0", "exclude", "Ben", FT, "wrong-population"))
    assert outcomes_now(begun) == {("pubmed:0", FT): "exclude wrong-population differ"}


def test_a_pilot_round_waits_for_everybody_in_it_until_somebody_leaves(begun: History) -> None:
    begun.append(decision("pubmed:0", "include"), decision("embase:0", "include"))
    said = {"act": "open", "keys": ["pubmed:0"], "reviewers": ["Ada", "Ben"]}
    begun.append(Draft(EventKind.PILOT, stage=TA, reviewer="Ada", payload=said), decision("website:0", "include"))
    assert outcomes_now(begun) == {("pubmed:0", TA): "pending", ("embase:0", TA): "include", ("website:0", TA): "include"}
    begun.append(Draft(EventKind.REVIEWER, "Ben", reviewer="Ada", payload={"state": "retired"}))
    assert outcomes_now(begun)["pubmed:0", TA] == "include"
    begun.undo(4)
    assert outcomes_now(begun)["pubmed:0", TA] == "pending"


def test_who_takes_part_is_read_anew_within_the_transaction_that_changes_it(begun: History) -> None:
    leaves = Draft(EventKind.REVIEWER, "Ben", reviewer="Ada", payload={"state": "retired"})
    with begun.store.write() as transaction:
        assert update.team_now(transaction).retired == frozenset()
        event_log.append(transaction, [leaves, decision("pubmed:0", "include")])
        assert update.team_now(transaction).retired == {"Ben"}


def test_an_undo_may_be_undone_as_often_as_one_likes(begun: History) -> None:
    begun.append(decision("pubmed:0", "exclude"))
    begun.append(decision("pubmed:0", "include"))
    for number, state in enumerate(["exclude", "include", "exclude", "include"], start=1):
        begun.undo(number)
        assert outcomes_now(begun) == {("pubmed:0", TA): state}, f"after {number} undos, each of the one before"


def test_nothing_stands_where_the_only_answer_was_undone(begun: History) -> None:
    begun.append(decision("pubmed:0", "include"))
    begun.undo(0)
    assert outcomes_now(begun) == {}
    assert begun.differences() == []


@pytest.mark.parametrize(("first", "second"), [("pubmed:0", "embase:0"), ("embase:0", "website:0")])
@pytest.mark.parametrize("undone", [False, True])
def test_a_split_after_votes_gives_each_report_its_own_whichever_stood_for_both(
    begun: History, first: str, second: str, *, undone: bool
) -> None:
    begun.append(about_pair(first, second, "Ada", "same"))
    begun.append(decision(first, "include"), decision(second, "exclude", "Ben"))
    assert outcomes_now(begun) == {(first, TA): "conflict"}
    if undone:
        begun.undo(0)
    else:
        begun.append(about_pair(first, second, "Ada", "different"))
    assert clusters_now(begun) == {key: key for key in ("pubmed:0", "embase:0", "website:0")}
    assert outcomes_now(begun) == {(first, TA): "include", (second, TA): "exclude"}


def test_joining_takes_the_outcome_from_the_name_that_no_longer_is_one(begun: History) -> None:
    begun.append(decision("embase:0", "include"))
    begun.append(about_pair("pubmed:0", "embase:0", "Ada", "same"))
    assert outcomes_now(begun) == {("pubmed:0", TA): "include"}


def test_what_was_said_last_stands_whatever_date_it_bears(begun: History) -> None:
    begun.append(decision("pubmed:0", "include"))
    begun.append(dated_back(decision("pubmed:0", "exclude"), begun, 60))
    assert outcomes_now(begun) == {("pubmed:0", TA): "exclude"}
    begun.append(decision("embase:0", "include"), dated_back(decision("embase:0", "exclude"), begun, 60))
    assert outcomes_now(begun)["embase:0", TA] == "exclude", "of two that arrive together"


def test_an_undo_gives_back_what_was_said_before_whatever_date_it_bears(begun: History) -> None:
    begun.append(dated_back(decision("pubmed:0", "exclude"), begun, 60))
    begun.append(dated_back(decision("pubmed:0", "include"), begun, 90))
    begun.append(Draft(EventKind.UNDO, begun.log[1].id))
    assert outcomes_now(begun) == {("pubmed:0", TA): "exclude"}


def test_what_the_engine_finds_later_never_stands_over_a_person(begun: History) -> None:
    one, other, _ = KEYS
    by_ada, by_engine = about_pair(one, other, "Ada", "different"), about_pair(one, other, ENGINE, "same")
    begun.append(by_ada, by_engine)
    assert standing_verdict(begun) == ("Ada", "different")
    begun.append(by_engine)
    assert standing_verdict(begun) == ("Ada", "different")
    begun.append(about_pair(one, other, "Ben", "same"), by_engine)
    assert standing_verdict(begun) == ("Ben", "same")
    begun.append(Draft(EventKind.UNDO, begun.log[-2].id, reviewer="Ben"), by_engine)
    assert standing_verdict(begun) == ("Ada", "different")


def standing_verdict(past: History) -> tuple[str, str]:
    """Who spoke last of those who count about the one pair that anybody spoke of, and what they said."""
    with past.store.read() as transaction:
        (event,) = clusters.verdicts(transaction).values()
    return event.reviewer, event.text("verdict")


@pytest.mark.parametrize(("earlier", "later"), [("embase:0", "pubmed:0"), ("pubmed:0", "embase:0")])
def test_of_two_rulings_on_one_report_the_later_holds_over_all_votes(begun: History, earlier: str, later: str) -> None:
    begun.append(ruling(earlier, "include"))
    assert outcomes_now(begun) == {(earlier, TA): "include"}
    begun.append(ruling(later, "exclude", "wrong-outcome"), decision(later, "include"))
    begun.append(about_pair(earlier, later, "Ada", "same"))
    assert outcomes_now(begun) == {("pubmed:0", TA): "exclude wrong-outcome"}


def test_votes_at_one_stage_say_nothing_at_the_other(begun: History) -> None:
    begun.append(decision("pubmed:0", "include"), decision("pubmed:0", "exclude", "Ben", FT, "wrong-outcome"))
    assert outcomes_now(begun) == {("pubmed:0", TA): "include", ("pubmed:0", FT): "exclude wrong-outcome"}


def test_only_verdicts_within_the_cluster_tell_when_its_records_were_joined(begun: History) -> None:
    begun.arrive(LATE)
    begun.append(about_pair("embase:0", "website:0", ENGINE, "same"), about_pair("pubmed:0", "website:0", ENGINE, "same"))
    begun.append(about_pair("embase:0", LATE, "Ada", "same"), about_pair("website:0", LATE, "Ada", "different"))
    begun.append(decision("embase:0", "exclude"), decision("pubmed:0", "include"))
    begun.append(about_pair("embase:0", "pubmed:0", "Ada", "same"))
    assert clusters_now(begun) == {"pubmed:0": "pubmed:0", "embase:0": "pubmed:0", LATE: "pubmed:0", "website:0": "website:0"}
    assert outcomes_now(begun) == {("pubmed:0", TA): "conflict"}, "voted before they were joined by what holds today"


@pytest.mark.parametrize("other", ["embase:0", "website:0"])
def test_a_verdict_waits_for_the_record_that_it_names_first_or_second(begun: History, other: str) -> None:
    begun.append(about_pair(LATE, other, "Ada", "same"), decision(other, "include"))
    begun.arrive(LATE)
    assert clusters_now(begun)[other] == clusters_now(begun)[LATE] == LATE
    assert outcomes_now(begun) == {(LATE, TA): "include"}


def test_a_vote_waits_for_its_record(begun: History) -> None:
    begun.append(decision(LATE, "include"))
    assert outcomes_now(begun) == {}
    begun.arrive(LATE)
    assert outcomes_now(begun) == {(LATE, TA): "include"}


def test_what_stands_is_kept_with_its_verdict_or_status(begun: History) -> None:
    begun.append(decision("pubmed:0", "maybe"), Draft(EventKind.RETRIEVAL, "embase:0", payload={"status": "not-retrieved"}))
    with begun.store.read() as transaction:
        kept = transaction.session.execute(sa.select(StandingRow.subject, StandingRow.verdict)).all()
    assert sorted(map(tuple, kept)) == [("embase:0", "not-retrieved"), ("pubmed:0", "maybe")]
