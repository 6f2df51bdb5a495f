"""The error of the two stopping rules that state one, counted out: over every course that the draws can take, for every hidden number."""

from __future__ import annotations

import copy
import math
from fractions import Fraction

import numpy as np
import pytest

from prisma_tool.model.protocol.stopping import Rule, RuleName, Sampled
from prisma_tool.ranking.error_budget import ErrorBudget, Stretch
from prisma_tool.ranking.paying import missing_for
from prisma_tool.ranking.sampling import CREDIT, sampled_p, sampled_stop, sampling_is_due

CASES = [(12, 3, 0.7, 0.2), (10, 9, 0.8, 0.3), (9, 1, 0.95, 0.2), (8, 19, 0.95, 0.4), (11, 0, 0.5, 0.25)]


def wrong_stops(budget: ErrorBudget, found: int, left: int, hidden: int, total: int, better: float = 1.0) -> float:
    """P(stop with too low a recall) from here on: every place of the next relevant record is followed.

    At each draw the relevant are met with their share of what is left to the power `better`: 1 is at random, less is a better order.
    """
    if found >= budget.target * total - 1e-9 or not hidden:
        return 0.0
    stretch = budget.stretch(found, left)
    error, still = 0.0, 1.0
    for draw in range(1, stretch.needed + 1):
        relevant = (hidden / (left - draw + 1)) ** better
        if still * relevant:
            error += (
                still * relevant * wrong_stops(after(budget, stretch, draw), found + 1, left - draw, hidden - 1, total, better)
            )
        still *= 1 - relevant
    return error + still


def after(budget: ErrorBudget, stretch: Stretch, draw: int) -> ErrorBudget:
    rest = copy.deepcopy(budget)
    rest.relevant_drawn(stretch, draw)
    return rest


@pytest.mark.parametrize("better", [0.9, 0.6, 0.2])
@pytest.mark.parametrize(("left", "found", "target", "level"), CASES)
def test_without_credit_no_better_order_makes_the_error_larger(
    left: int, found: int, target: float, level: float, better: float
) -> None:
    for hidden in range(missing_for(found, target), left + 1, 2):
        assert wrong_stops(ErrorBudget(target, level), found, left, hidden, found + hidden, better) <= level + 1e-9


@pytest.mark.parametrize("credit", [0.0, CREDIT])
@pytest.mark.parametrize(("left", "found", "target", "level"), CASES)
def test_whatever_is_hidden_the_error_of_all_stretches_together_is_at_most_the_level(
    left: int, found: int, target: float, level: float, credit: float
) -> None:
    errors = [
        wrong_stops(ErrorBudget(target, level, credit), found, left, hidden, found + hidden)
        for hidden in range(missing_for(found, target), left + 1)
    ]
    assert max(errors) <= level + 1e-9
    assert max(errors) > level / 2, "a budget that is hardly spent saves nothing"


def test_a_first_stretch_worked_by_hand() -> None:
    # 19 found, 20 left: two more make the recall 19 in 21, below 95 %. n draws miss both in (20 - n)(19 - n) of 20 x 19 cases; at most
    # .05 x 380 = 19 of them: 5 x 4 = 20 is too many, 4 x 3 = 12 is not, so 16 draws are needed.
    stretch = ErrorBudget(0.95, 0.05).stretch(19, 20)
    assert (stretch.totals[0], stretch.needed) == (21, 16)
    assert stretch.none_within(15)[0] == pytest.approx(float(Fraction(20, 380)))
    assert stretch.none_within(16)[0] == pytest.approx(float(Fraction(12, 380)))


def test_nothing_need_be_drawn_where_too_few_are_left_to_lower_the_recall() -> None:
    assert ErrorBudget(0.95, 0.05).stretch(19, 1).needed == 0
    assert sampled_p(Rule(RuleName.ANY_ORDER), [Sampled(19, 1, 0, relevant=False)]) == 0


def test_a_higher_confidence_needs_more_draws_and_each_draw_lowers_the_p_value() -> None:
    needed = [ErrorBudget(0.95, level).stretch(60, 700).needed for level in (0.2, 0.1, 0.05, 0.01)]
    assert needed == sorted(needed)
    assert len(set(needed)) == 4
    rule = Rule(RuleName.ANY_ORDER)
    p_values = [sampled_p(rule, [Sampled(60, 700, draws, relevant=False)]) for draws in range(0, 700, 50)]
    assert p_values == sorted(p_values, reverse=True)
    stretch = ErrorBudget(0.95, 0.05).stretch(60, 700)
    assert sampled_p(rule, [Sampled(60, 700, stretch.needed - 1, relevant=False)]) > 0.05
    assert sampled_p(rule, [Sampled(60, 700, stretch.needed, relevant=False)]) <= 0.05 + 1e-9


def test_a_relevant_draw_begins_anew_and_costs_less_the_later_it_came() -> None:
    rule = Rule(RuleName.ANY_ORDER)
    assert sampled_p(rule, [Sampled(60, 700, 200, relevant=True)]) == 1

    def p_after(draw: int) -> float:
        return sampled_p(rule, [Sampled(60, 700, draw, relevant=True), Sampled(61, 400, 250, relevant=False)])

    assert p_after(1) > p_after(100) > p_after(300)


def test_drawing_begins_once_the_ranking_has_run_dry() -> None:
    # 19 found: two more would make the recall too low, so a run of left / (2 + 2) is dry; after a relevant draw .15 of that is.
    assert not sampling_is_due(99, 19, 400, 0.95, again=False)
    assert sampling_is_due(100, 19, 400, 0.95, again=False)
    assert not sampling_is_due(14, 19, 400, 0.95, again=True)
    assert sampling_is_due(15, 19, 400, 0.95, again=True)
    assert not sampling_is_due(400, 0, 400, 0.95, again=False), "nothing relevant is known yet"


def test_a_walk_through_a_screening_screens_all_or_stops_with_what_it_counted() -> None:
    labels = np.array([True] * 40 + [False] * 960)
    screened, found = sampled_stop(Rule(RuleName.ANY_ORDER), labels, seed=1)
    # The run of 960 / 5 is dry after 40 + 160; 800 are left, and three missing would be unseen in 63 of 100.
    assert (screened, found) == (200 + ErrorBudget(0.95, 0.05).stretch(40, 800).needed, 40)
    assert sampled_stop(Rule(RuleName.ANY_ORDER), np.zeros(50, dtype=bool), seed=1) == (50, 0)


def test_a_stretch_knows_how_probable_no_relevant_record_is_for_each_total() -> None:
    stretch = ErrorBudget(target=0.5, level=0.05).stretch(known=2, left=10)
    assert stretch.totals.tolist() == [5, 6, 7, 8, 9, 10, 11, 12]
    # Of ten open records three to ten are relevant; four are drawn, so that seven or more cannot all be left.
    expected = [math.comb(6, hidden) / math.comb(10, hidden) for hidden in range(3, 11)]
    assert stretch.none_within(4).tolist() == pytest.approx(expected)
    assert stretch.none_within(4).tolist()[4:] == [0, 0, 0, 0]
    assert stretch.none_within(10).tolist() == [0] * 8
    assert stretch.spent.tolist() == stretch.none_within(stretch.needed).tolist()
