"""What votes mean together; each case names its rule of counting.md."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace

from prisma_tool.model.log.clusters import Pair
from prisma_tool.model.log.events import Event
from prisma_tool.model.log.outcomes import Outcome, counting_votes, outcome
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.model.vocabulary import OutcomeState, Stage

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
MORNING = datetime(2025, 2, 3, 9, tzinfo=UTC)


def rules(reviewers: int = 1, maybe: str = "include") -> Protocol:
    return Protocol(screening=ScreeningRules(reviewers_per_record=reviewers, maybe=maybe))


def vote(number: int, verdict: str, by: str = "Ada", key: str = "a", reason: str = "") -> Event:
    at = MORNING + timedelta(minutes=number)
    return Event(f"{number:03}", "decision", key, "", by, at, at, "0", {"verdict": verdict, "reason": reason}, clock=number)


def joined(number: int, a: str = "a", b: str = "b") -> Pair:
    return Pair(a, b, "same", by_person=False, order=(number, f"{number:03}"))


@pytest.mark.parametrize(
    ("verdicts", "stage", "protocol", "state"),
    [
        ("include", TA, rules(), "include"),
        ("exclude", TA, rules(), "exclude"),
        ("maybe", TA, rules(), "maybe"),
        ("maybe", TA, rules(maybe="conflict"), "conflict"),
        ("maybe", FT, rules(), "maybe"),
        ("include", TA, rules(2), "pending"),
        ("include include", TA, rules(2), "include"),
        ("include exclude", TA, rules(2), "conflict"),
        ("include exclude", TA, rules(1), "conflict"),
        ("include maybe", TA, rules(2), "include"),
        ("include maybe", TA, rules(2, "conflict"), "conflict"),
        ("maybe maybe", TA, rules(2), "maybe"),
        ("maybe exclude", TA, rules(2), "conflict"),
        ("include maybe", FT, rules(2), "maybe"),
        ("exclude maybe", FT, rules(2), "conflict"),
        ("include include exclude", TA, rules(2), "conflict"),
    ],
)
def test_rule_12_how_verdicts_combine(verdicts: str, stage: Stage, protocol: Protocol, state: str) -> None:
    votes = [vote(number, verdict, f"Reviewer {number}") for number, verdict in enumerate(verdicts.split())]
    for order in permutations(votes):
        found = outcome(stage, order, [], protocol)
        assert found is not None
        assert found.state == state


@pytest.mark.parametrize(("second", "state"), [("ongoing", "ongoing"), ("awaiting", "conflict"), ("include", "conflict")])
def test_rule_15_ongoing_and_awaiting_are_final_states_of_their_own(second: str, state: str) -> None:
    assert outcome(FT, [vote(1, "ongoing"), vote(2, second, "Ben")], [], rules(2)) == Outcome(OutcomeState(state))


def test_rule_16_different_reasons_count_under_the_earlier_one_and_are_marked() -> None:
    votes = [vote(1, "exclude", reason="wrong-outcome"), vote(2, "exclude", "Ben", reason="wrong-population")]
    assert outcome(FT, votes, [], rules(2)) == Outcome(OutcomeState.EXCLUDE, "wrong-population", reasons_differ=True)


def test_rule_16_a_reason_the_protocol_no_longer_lists_comes_last() -> None:
    votes = [vote(1, "exclude", reason="aaa-gone"), vote(2, "exclude", "Ben", reason="already-captured")]
    assert outcome(FT, votes, [], rules(2)) == Outcome(OutcomeState.EXCLUDE, "already-captured", reasons_differ=True)


def test_rule_16_a_reviewer_who_names_no_reason_does_not_differ() -> None:
    votes = [vote(1, "exclude"), vote(2, "exclude", "Ben", reason="wrong-outcome")]
    assert outcome(TA, votes, [], rules(2)) == Outcome(OutcomeState.EXCLUDE, "wrong-outcome")


def test_rule_12_one_person_under_two_spellings_of_the_name_is_no_second_reviewer() -> None:
    twice = [vote(1, "include", "Ada"), vote(2, "exclude", "ADA")]
    assert outcome(TA, twice, (), rules(2)) == Outcome(OutcomeState.PENDING)
    assert outcome(TA, twice, (), rules()) == Outcome(OutcomeState.EXCLUDE)
    both = [*twice, vote(3, "exclude", "Ben")]
    assert outcome(TA, both, (), rules(2), awaited={"aDa"}) == Outcome(OutcomeState.EXCLUDE)


def test_rule_08_the_latest_vote_of_a_reviewer_on_any_member_counts() -> None:
    votes = [vote(2, "exclude"), vote(3, "include", key="b")]
    assert outcome(TA, votes, [joined(1)], rules()) == Outcome(OutcomeState.INCLUDE)


def test_rule_08_opposite_votes_before_the_records_were_joined_are_a_conflict() -> None:
    votes = [vote(1, "exclude"), vote(2, "include", key="b")]
    assert outcome(TA, votes, [joined(3)], rules()) == Outcome(OutcomeState.CONFLICT)


def test_rule_08_a_vote_after_the_joining_settles_the_conflict() -> None:
    votes = [vote(1, "exclude"), vote(4, "include", key="b")]
    assert outcome(TA, votes, [joined(3)], rules()) == Outcome(OutcomeState.INCLUDE)


def test_rule_08_include_and_maybe_before_the_joining_agree() -> None:
    votes = [vote(1, "include"), vote(2, "maybe", key="b")]
    assert outcome(TA, votes, [joined(3)], rules()) == Outcome(OutcomeState.MAYBE)


def test_rule_08_joining_through_a_third_record_counts_from_the_last_link() -> None:
    votes = [vote(2, "exclude"), vote(3, "include", key="c")]
    links = [joined(1), joined(4, "b", "c")]
    assert outcome(TA, votes, links, rules()) == Outcome(OutcomeState.CONFLICT)


def test_rule_08_only_same_verdicts_join_records() -> None:
    votes = [vote(1, "exclude"), vote(2, "include", key="b")]
    assert outcome(TA, votes, [replace(joined(3), verdict="unsure")], rules()) == Outcome(OutcomeState.INCLUDE)


def test_rule_08_the_latest_vote_is_the_one_that_was_given_last_whatever_its_date_and_id() -> None:
    late = replace(vote(1, "exclude"), at=MORNING - timedelta(hours=1), clock=3)
    assert outcome(TA, [late, vote(2, "include")], [], rules()) == Outcome(OutcomeState.EXCLUDE)


def test_rule_08_the_latest_vote_of_each_reviewer_counts_or_all_that_contradict_each_other() -> None:
    ada = [vote(2, "include", key="b"), vote(1, "exclude")]
    ben = [vote(1, "maybe", "Ben"), vote(5, "include", "Ben")]
    assert counting_votes([*ben, *ada], [joined(3)]) == [ada[1], ada[0], ben[1]]
    assert counting_votes([*ben, *ada], [joined(0)]) == [ada[0], ben[1]]


def test_a_quorum_is_of_reviewers_not_of_votes() -> None:
    twice = [vote(1, "include"), vote(2, "include", key="b")]
    assert outcome(TA, twice, [joined(3)], rules(2)) == Outcome(OutcomeState.PENDING)


def test_awaited_reviewers_are_waited_for_beyond_the_quorum() -> None:
    votes = [vote(1, "include"), vote(2, "include", "Ben")]
    assert outcome(TA, votes, [], rules(2), awaited={"Ada", "Cleo"}) == Outcome(OutcomeState.PENDING)
    assert outcome(TA, votes, [], rules(2), awaited={"Ada", "Ben"}) == Outcome(OutcomeState.INCLUDE)


@pytest.mark.parametrize(
    ("version", "voted", "state"),
    [("", 10, "exclude"), ("v2", 8, "exclude"), ("v2", 10, "include")],
    ids=[
        "a ruling outlives later votes",
        "one made elsewhere outlives earlier votes",
        "one made elsewhere falls with a later vote",
    ],
)
def test_a_ruling_holds_unless_it_was_made_elsewhere_and_somebody_votes_anew(version: str, voted: int, state: str) -> None:
    ruling = vote(9, "exclude", "Cleo")
    made = replace(ruling, payload={**ruling.payload, "version": version})
    found = outcome(TA, [vote(voted, "include")], [], rules(), made)
    assert found is not None
    assert found.state == state


@pytest.mark.parametrize(
    ("stage", "second", "differ"),
    [(FT, "wrong-population", True), (FT, "", False), (TA, "wrong-population", False)],
    ids=["at full text", "no reason is not another one", "not among titles and abstracts"],
)
def test_rule_16_different_reasons_are_left_to_settle(stage: Stage, second: str, differ: bool) -> None:
    found = outcome(stage, [vote(1, "exclude", reason="wrong-outcome"), vote(2, "exclude", "Ben", reason=second)], [], rules(2))
    assert found is not None
    assert (found.reason, found.reasons_differ) == (second or "wrong-outcome", differ)


def test_a_ruling_overrides_all_votes_and_without_votes_there_is_no_outcome() -> None:
    ruling = vote(9, "exclude", "Cleo", reason="wrong-outcome")
    assert outcome(FT, [vote(1, "include")], [], rules(2), ruling) == Outcome(OutcomeState.EXCLUDE, "wrong-outcome")
    assert outcome(FT, [], [], rules()) is None
