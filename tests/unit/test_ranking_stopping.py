"""The stopping rules against their definitions, counted out with whole numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.protocol.stopping import Rule, RuleName
from prisma_tool.ranking.paying import missing_for
from prisma_tool.ranking.recall_estimate import Draw, recall
from prisma_tool.ranking.stopping_rules import (
    first_stop,
    holds,
    p_target,
    since_relevant,
)


def flags(labels: list[bool]) -> np.ndarray:
    return np.array(labels, dtype=bool)


def test_a_case_worked_by_hand() -> None:
    # 20 records, 10 screened, the first of them relevant. Recall below 95 % means at least one more among the other 10.
    # After the first record 19 were open and 9 were screened without a hit: with one relevant among 19, that happens in 10 of 19 cases.
    labels = [True] + [False] * 9
    assert missing_for(1, 0.95) == 1
    assert p_target(Rule(), flags(labels), 20) == pytest.approx(10 / 19)


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.floats(0.5, 0.99))
def test_where_nothing_is_left_nothing_is_missing(labels: list[bool], target: float) -> None:
    assert p_target(Rule(target=target), flags(labels), len(labels)) == (0.0 if any(labels) else 1.0)


def test_an_earlier_look_that_could_have_been_wrong_makes_a_later_one_stricter() -> None:
    # Two relevant records at once, or with one irrelevant record between them: both times 17 of the last 18 are screened without one.
    at_once, apart = [True, True] + [False] * 17, [True, False, True] + [False] * 17
    assert p_target(Rule(), flags(at_once), 20) == pytest.approx(1 / 18 / (1 - wrong_before(19)))
    assert p_target(Rule(), flags(apart), 21) == pytest.approx(1 / 18 / (1 - wrong_before(20)))


def wrong_before(left: int) -> float:
    """What the first stretch took of the level .05, as a share: with two hidden, 95 % of what was left had to miss both."""
    needed = math.ceil(0.95 * left - 1e-9)
    miss = math.comb(left - needed, 2) / math.comb(left, 2)
    return 1 - (0.05 - miss) / (1 - miss) / 0.05


def test_in_a_random_order_it_stops_too_early_in_no_more_runs_than_it_says() -> None:
    # The case in which the smallest p value of all looks stopped too early in 26 of 200 runs.
    chance, labels = np.random.default_rng(5), np.zeros(1000, dtype=bool)
    labels[:50] = True
    wrong = sum(int(run[: first_stop(Rule(), run)].sum()) < 48 for run in (chance.permutation(labels) for _ in range(200)))
    assert wrong <= 16, "10 are expected at most; 17 or more would happen in 1 case in 40"


def test_what_was_known_before_counts_and_is_no_part_of_the_pool() -> None:
    # 19 known, 20 open: as worked by hand in test_error_budget, 15 draws miss two in 20 of 380 cases, 16 in 12.
    assert p_target(Rule(), flags([False] * 15), 20, known=19) == pytest.approx(20 / 380)
    assert p_target(Rule(), flags([False] * 16), 20, known=19) == pytest.approx(12 / 380)


def test_each_history_has_its_own_p_value_whichever_was_looked_at_before() -> None:
    labels = flags([True, False, False, True, True] + [False] * 60)
    first = [p_target(Rule(), labels[:n], 100) for n in range(1, 60)]
    other = flags([False, True] + [False] * 50)
    alone = p_target(Rule(), other, 100)
    assert [p_target(Rule(), labels[:n], 100) for n in reversed(range(1, 60))] == pytest.approx(first[::-1])
    assert p_target(Rule(), other, 100) == alone
    assert p_target(Rule(), flags([False] * 9), 100) == 1


@pytest.mark.parametrize(
    ("found", "target", "missing"), [(19, 0.95, 2), (20, 0.95, 2), (18, 0.95, 1), (95, 0.95, 6), (9, 0.9, 2), (0, 0.95, 1)]
)
def test_so_many_must_be_missing_for_the_recall_to_be_below_the_target(found: int, target: float, missing: int) -> None:
    assert missing_for(found, target) == missing
    assert Fraction(found, found + missing) < Fraction(str(target)) or found == 0
    assert missing == 1 or Fraction(found, found + missing - 1) >= Fraction(str(target))


@given(st.lists(st.booleans(), min_size=1, max_size=120), st.sampled_from([0.8, 0.95]))
def test_searching_by_halves_finds_the_first_stop(labels: list[bool], target: float) -> None:
    for rule in (Rule(target=target), Rule(RuleName.CONSECUTIVE, count=7)):
        first = next(n for n in range(1, len(labels) + 1) if holds(rule, flags(labels[:n]), len(labels)))
        assert first_stop(rule, flags(labels)) == first


def test_the_hypergeometric_rule_never_stops_before_anything_relevant_was_found() -> None:
    labels = flags([False] * 100)
    assert not holds(Rule(), labels[:99], 100)
    assert holds(Rule(), labels, 100)


def test_the_counter_of_irrelevant_records_starts_anew_at_each_relevant_one() -> None:
    assert [since_relevant(flags(labels)) for labels in ([], [True], [False, True, False, False])] == [0, 0, 2]


def test_the_knee_is_where_a_steep_curve_turns_flat() -> None:
    steep = [True] * 60 + [False] * 440
    assert not holds(Rule(RuleName.KNEE), flags(steep[:120]), 1000)
    assert holds(Rule(RuleName.KNEE), flags([True] * 160 + [False] * 400), 1000)
    assert not holds(Rule(RuleName.KNEE), flags([True, False] * 200), 1000)


def test_only_the_rules_with_a_stated_error_are_offered_without_a_warning() -> None:
    assert [name for name in RuleName if not Rule(name).is_advisory] == [RuleName.HYPERGEOMETRIC, RuleName.ANY_ORDER]


def test_a_rule_names_what_it_assumes() -> None:
    assert "on the assumption that the order was never worse than random" in Rule().words
    assert "valid under any order" in Rule(RuleName.ANY_ORDER).words


# --- recall from the random share ----------------------------------------------------------------------------------------------


def test_one_draw_in_ten_relevant_means_a_tenth_of_what_was_open() -> None:
    draws = [Draw(open=100, relevant_found=10, relevant=place == 0) for place in range(10)]
    found = recall(draws, relevant_found=15, unscreened=60)
    assert found is not None
    assert found.estimate == pytest.approx(15 / 20)
    assert found.low < found.estimate <= found.high
    assert found.draws == 10


def test_nothing_is_estimated_without_a_draw_or_anything_found() -> None:
    assert recall([], 5, 10) is None
    assert recall([Draw(10, 0, relevant=False)], 0, 9) is None


@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(0, 20), st.booleans()), min_size=1, max_size=30),
    st.integers(1, 40),
    st.integers(0, 200),
)
def test_an_estimate_lies_in_its_interval_and_both_within_what_is_possible(
    drawn: list[tuple[int, int, bool]], found: int, left: int
) -> None:
    estimate = recall([Draw(*one) for one in drawn], found, left)
    assert estimate is not None
    assert found / (found + left) - 1e-9 <= estimate.low <= estimate.high <= 1
    assert found / (found + left) - 1e-9 <= estimate.estimate <= 1


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held = sum(_truth_is_inside(seed) for seed in range(100))
    assert held >= 92


def _truth_is_inside(seed: int) -> bool:
    chance = np.random.default_rng(seed)
    labels = np.zeros(400, dtype=bool)
    labels[chance.choice(400, 40, replace=False)] = True
    queue = list(np.argsort(-(labels + chance.random(400) * 2)))
    draws, found = [], 0
    for _ in range(200):
        drawn = chance.random() < 0.15
        row = queue[int(chance.integers(len(queue)))] if drawn else queue[0]
        if drawn:
            draws.append(Draw(len(queue), found, bool(labels[row])))
        queue.remove(row)
        found += int(labels[row])
    estimate = recall(draws, found, len(queue))
    return estimate is not None and estimate.low <= found / 40 <= estimate.high
