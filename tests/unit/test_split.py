"""Whose vote an open report waits for."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.protocol.rules import Split, StageRules
from prisma_tool.reports.allocation import OpenReport, reviewers_owing, sample, waits_for_assignment

NAMES = ("Ada", "Ben", "Cleo", "Dia", "Eve")
teams = st.lists(st.sampled_from(NAMES), unique=True, max_size=5).map(tuple)
some = st.frozensets(st.sampled_from(NAMES))
rules = st.builds(StageRules, reviewers_per_record=st.integers(1, 2), split=st.sampled_from(Split))
keys = [f"embase:{number}" for number in range(2_000)]


def halves(quorum: int = 1) -> StageRules:
    return StageRules(reviewers_per_record=quorum, split=Split.HALVES)


@given(rules=rules, team=teams, voters=some, assigned=some, pilot=st.none() | some)
def test_nobody_is_asked_twice_or_after_leaving(
    rules: StageRules, team: tuple[str, ...], voters: frozenset[str], assigned: frozenset[str], pilot: frozenset[str] | None
) -> None:
    asked = reviewers_owing(rules, team, OpenReport("a", voters, assigned, pilot))
    assert asked <= set(team) - voters


@given(rules=rules, team=teams, voters=some, assigned=some)
def test_an_open_report_waits_for_somebody_unless_it_waits_for_assignment_or_too_few_are_there(
    rules: StageRules, team: tuple[str, ...], voters: frozenset[str], assigned: frozenset[str]
) -> None:
    place = OpenReport("a", voters, assigned)
    missing = rules.reviewers_per_record - len(voters)
    if missing > 0 and set(team) - voters and not waits_for_assignment(rules, place):
        assert reviewers_owing(rules, team, place)


@given(rules=rules, team=teams, voters=some, assigned=some)
def test_the_order_in_which_the_protocol_lists_the_team_does_not_matter(
    rules: StageRules, team: tuple[str, ...], voters: frozenset[str], assigned: frozenset[str]
) -> None:
    place = OpenReport("a", voters, assigned)
    assert reviewers_owing(rules, team, place) == reviewers_owing(rules, tuple(reversed(team)), place)


def test_halves_are_even_and_disjoint_and_with_two_per_record_each_gets_two() -> None:
    shares = Counter(name for key in keys for name in reviewers_owing(halves(), NAMES[:2], OpenReport(key)))
    assert sum(shares.values()) == len(keys)
    assert all(abs(n - 1_000) < 100 for n in shares.values())
    pairs = [reviewers_owing(halves(2), NAMES, OpenReport(key)) for key in keys]
    assert {len(pair) for pair in pairs} == {2}


def test_whoever_leaves_hands_on_only_the_own_share_and_a_late_reviewer_takes_an_even_part() -> None:
    before = {key: reviewers_owing(halves(), NAMES[:3], OpenReport(key)) for key in keys}
    without = {key: reviewers_owing(halves(), NAMES[:2], OpenReport(key)) for key in keys}
    assert all(before[key] == without[key] for key in keys if before[key] != {"Cleo"})
    taken = Counter(name for key in keys if before[key] == {"Cleo"} for name in without[key])
    assert set(taken) == {"Ada", "Ben"}
    assert 500 < sum(taken.values()) < 850


def test_a_vote_out_of_turn_counts_and_the_rest_of_the_pair_is_still_asked_for() -> None:
    chosen = reviewers_owing(halves(2), NAMES, OpenReport("a"))
    outsider = next(name for name in NAMES if name not in chosen)
    assert len(reviewers_owing(halves(2), NAMES, OpenReport("a", frozenset({outsider})))) == 1
    first = next(iter(chosen))
    assert reviewers_owing(halves(2), NAMES, OpenReport("a", frozenset({first}))) == chosen - {first}


@pytest.mark.parametrize(
    ("team", "assigned", "asked"),
    [
        (("Ada", "Ben", "Cleo"), {"Ada", "Ben"}, {"Ada", "Ben"}),
        (("Ada", "Ben", "Cleo"), {"Ada"}, {"Ada"}),
        (("Ada", "Ben", "Cleo"), set(), set()),
        (("Ada", "Cleo"), {"Ada", "Ben"}, {"Ada", "Cleo"}),
    ],
)
def test_an_assignment_asks_whom_it_names_and_anybody_where_one_of_them_has_left(
    team: tuple[str, ...], assigned: set[str], asked: set[str]
) -> None:
    assert reviewers_owing(StageRules(2, split=Split.ASSIGNMENT), team, OpenReport("a", frozenset(), assigned)) == asked


def test_a_pilot_round_opens_its_records_to_all_and_no_others() -> None:
    rule = StageRules(1)
    assert reviewers_owing(rule, NAMES[:3], OpenReport("a", frozenset({"Ada"}), pilot=frozenset(NAMES[:3]))) == {"Ben", "Cleo"}
    assert reviewers_owing(rule, NAMES[:3], OpenReport("b", pilot=frozenset())) == frozenset()


def test_a_sample_is_the_same_for_the_same_seed_in_whatever_order_the_keys_come() -> None:
    drawn = sample(keys, 50, "1")
    assert drawn == sample(list(reversed(keys)), 50, "1")
    assert len(set(drawn)) == 50
    assert set(drawn) != set(sample(keys, 50, "2"))
