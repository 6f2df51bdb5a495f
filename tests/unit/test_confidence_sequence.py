"""The bound on what may be missing, and the figures beside it: counted out for small reviews, and met by random screenings at all looks."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from prisma_tool.model.protocol.stopping import Sampled
from prisma_tool.ranking.confidence_sequence import Gap, gaps_drawn, gaps_of, most_missing, share_of
from prisma_tool.ranking.forecast import forecast, yields
from prisma_tool.ranking.paying import most_saved, pays

CASES = [(12, 3, 0.8, 0.2), (10, 4, 0.95, 0.3), (11, 5, 0.7, 0.3), (9, 1, 0.95, 0.4)]


def bound_is_too_low(labels: tuple[bool, ...], pool: int, total: int, target: float, level: float) -> bool:
    found = sum(labels)
    most = most_missing(gaps_of(np.array(labels, dtype=bool), pool), found, pool - len(labels), target, level)
    return found + most < total


def ever_wrong(pool: int, total: int, target: float, level: float, better: float) -> float:
    """P(at some look the bound is below what is there), every course followed; at each draw the relevant are met with their share of
    what is left to the power `better`: 1 is at random, less is a better order."""

    @cache
    def from_here(labels: tuple[bool, ...]) -> float:
        if bound_is_too_low(labels, pool, total, target, level):
            return 1.0
        hidden, left = total - sum(labels), pool - len(labels)
        if not hidden:
            return 0.0
        relevant = (hidden / left) ** better
        met = from_here((*labels, True)) if relevant else 0.0
        return float(relevant * met + ((1 - relevant) * from_here((*labels, False)) if relevant < 1 else 0.0))

    return from_here(())


@pytest.mark.parametrize("better", [1.0, 0.5])
@pytest.mark.parametrize(("pool", "total", "target", "level"), CASES)
def test_over_all_looks_together_the_bound_is_too_low_no_more_often_than_it_says(
    pool: int, total: int, target: float, level: float, better: float
) -> None:
    error = ever_wrong(pool, total, target, level, better)
    assert 0 < error <= level + 1e-9


def test_of_random_screenings_no_more_than_it_says_ever_see_a_bound_that_is_too_low() -> None:
    chance, labels = np.random.default_rng(7), np.zeros(300, dtype=bool)
    labels[:20] = True
    wrong = sum(sees_a_wrong_bound(chance.permutation(labels)) for _ in range(200))
    assert 0 < wrong <= 51, "40 are expected at most; 52 or more would happen in 1 case in 40"


def sees_a_wrong_bound(labels: np.ndarray) -> bool:
    """Whether at any look the bound is too low: within a run it only falls, so the last look of each is its boldest."""
    runs, total = list(gaps_of(labels, len(labels))), int(labels.sum())
    bounds = (run.known + most_missing(runs[: run.known + 1], run.known, run.left - run.length, 0.95, 0.2) for run in runs[:-1])
    return any(bound < total for bound in bounds)


def test_what_is_spent_on_all_runs_together_is_the_level() -> None:
    for least in (1, 3, 12):
        hidden = np.arange(least, 200_000)
        assert share_of(hidden, np.full(len(hidden), least)).sum() == pytest.approx(1, abs=1e-3)


def test_a_bound_worked_by_hand() -> None:
    # 19 found, 20 left, 18 screened since without one. With 21 in all two are among the 20 and both missed in 2 x 1 of 20 x 19 cases
    # (.0053); two missing is the least that is too many, so the share is 2 x 2 x 3 / (2 x 3 x 4) = .5, and .05 x .5 is more than .0053.
    # With 20 in all the recall is .95 and good enough: never spoken against.
    assert most_missing([Gap(19, 20, 18)], 19, 2, 0.95, 0.05) == 1
    assert most_missing([Gap(19, 20, 16)], 19, 4, 0.95, 0.05) > 1, "4 x 3 of 380 is .0316, more than .025"
    assert most_missing([Gap(19, 20, 17)], 19, 3, 0.95, 0.05) == 1, "3 x 2 of 380 is .0158"


def test_a_bound_once_reached_stays_when_another_relevant_record_is_met() -> None:
    before = [Gap(60, 700, 500)]
    most = most_missing(before, 60, 200, 0.95, 0.05)
    assert 0 < most < 20
    assert most_missing([*before, Gap(61, 199, 0)], 61, 199, 0.95, 0.05) == most - 1


def test_a_run_that_was_wrong_says_nothing_any_more() -> None:
    assert most_missing([Gap(19, 20, 18)], 25, 2, 0.95, 0.05) == 2


def test_nothing_is_said_before_anything_speaks_and_no_more_is_missing_than_is_left() -> None:
    assert most_missing([], 3, 40, 0.95, 0.05) == 40
    assert most_missing(gaps_of(np.zeros(0, dtype=bool), 40), 0, 40, 0.95, 0.05) == 40
    assert most_missing(gaps_of(np.array([True, False]), 2), 1, 0, 0.95, 0.05) == 0


def test_draws_speak_from_their_stretches_and_not_from_reports_of_before() -> None:
    drawn, hit = Sampled(30, 400, 200, relevant=False), Sampled(30, 400, 150, relevant=True)
    assert list(gaps_drawn([hit, Sampled(31, 200, 40, relevant=False)])) == [Gap(30, 400, 149), Gap(31, 200, 40)]
    void = Sampled(31, 500, 1, relevant=True)
    assert list(gaps_drawn([hit, void])) == []
    assert list(gaps_drawn([hit, void, Sampled(31, 480, 90, relevant=False)])) == [], "its error may be spent already"
    assert list(gaps_drawn([hit, void, Sampled(32, 480, 90, relevant=False)])) == [Gap(32, 480, 90)]
    assert list(gaps_drawn([drawn])) == [Gap(30, 400, 200)]


# --- the forecast ---------------------------------------------------------------------------------------------------------------


def labelled(*parts: tuple[int, int]) -> np.ndarray:
    """So many records of which the first so many are relevant, part by part."""
    return np.concatenate([np.arange(records) < relevant for records, relevant in parts])


def test_by_rank_the_next_hundred_bring_half_of_the_last_and_at_random_as_many() -> None:
    labels = labelled((100, 40), (100, 8))
    by_rank, at_random = forecast(labels, 300), forecast(labels, 300, at_random=True)
    assert by_rank is not None
    assert at_random is not None
    assert (by_rank.next, by_rank.about, by_rank.window, by_rank.before) == (100, 4, 100, 8)
    assert at_random.about == 8
    assert by_rank.at_most == at_random.at_most == 14, "8 or fewer before: in nine of ten cases no more than 14 follow"


def test_a_hundred_is_what_is_left_or_was_screened_where_that_is_less() -> None:
    short = forecast(labelled((20, 10)), 10)
    assert short is not None
    assert (short.next, short.about, short.window) == (10, 2, 20)
    assert short.at_most <= 10
    assert forecast(labelled((100, 0)), 100).at_most == 2  # type: ignore[union-attr]
    assert forecast(labelled((5, 1)), 0) is None
    assert forecast(np.zeros(0, dtype=bool), 9) is None


@pytest.mark.parametrize(("before", "at_most"), [(2, 5), (4, 9)])
def test_nine_of_ten_cases_are_no_more_and_no_fewer(before: int, at_most: int) -> None:
    """With 2 before, 5 are not exceeded in 0.904 of cases; with 4, 8 would be in 0.893."""
    assert forecast(labelled((100, before)), 100).at_most == at_most  # type: ignore[union-attr]


@pytest.mark.parametrize(("confidence", "enough"), [(0.75, 1), (0.755, 19)])
def test_stopping_pays_from_a_quarter_of_the_most_that_can_be_saved_on(confidence: float, enough: int) -> None:
    """Of one relevant record a rule with a confidence of .75 saves exactly a quarter."""
    assert pays(0.95, confidence).enough == enough


def test_the_curve_has_equal_parts_from_first_to_last() -> None:
    assert yields(labelled((10, 5), (10, 1)), 4) == (5, 0, 1, 0)
    assert yields(labelled((3, 3)), 24) == (1, 1, 1)
    assert yields(np.zeros(0, dtype=bool), 24) == (0,)


def test_stopping_pays_where_a_rule_can_save_a_quarter_of_what_hindsight_saves() -> None:
    # With 37 relevant records two more are too many: .05 ^ (1/2) = .22; with 38 it takes three: .05 ^ (1/3) = .37.
    assert most_saved(37, 0.95, 0.95) == pytest.approx(0.05 ** (1 / 2))
    assert most_saved(38, 0.95, 0.95) == pytest.approx(0.05 ** (1 / 3))
    assert pays(0.95, 0.95).enough == 38
    # With a confidence of .80: 18 records save .2, 19 save .2 ^ (1/2) = .45.
    assert pays(0.95, 0.8).enough == 19
    assert pays(0.95, 0.8).saved_below == pytest.approx(0.2)
