"""The figures of an order, by hand and in general."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.ranking.simulation.metrics import Metrics, measured


def test_a_small_order_worked_by_hand() -> None:
    # Ten records, relevant at the ranks 1, 2 and 5.
    found = measured(np.array([1, 1, 0, 0, 1, 0, 0, 0, 0, 0], dtype=bool))
    assert found.wss95 == pytest.approx(1 - 0.5 - 0.05)  # ceil(.95 x 3) = 3rd relevant
    assert found.wss100 == pytest.approx(0.5)
    assert found.recall10 == pytest.approx(1 / 3)
    assert found.recall20 == pytest.approx(2 / 3)
    assert found.atd == pytest.approx((1 + 2 + 5) / 3 / 10)
    # Area under the curve: 1+2+2+2+3*6 = 25; best 27, worst 6.
    assert found.loss == pytest.approx((27 - 25) / (27 - 6))


def test_the_rank_of_the_nineteenth_of_twenty_completes_95_percent() -> None:
    labels = np.zeros(100, dtype=bool)
    labels[:19] = True
    labels[-1] = True
    found = measured(labels)
    assert found.wss95 == pytest.approx(0.95 - 0.19)
    assert found.wss100 == pytest.approx(0)


def test_nothing_relevant_means_nothing_to_measure() -> None:
    assert measured(np.zeros(5, dtype=bool)) == Metrics()


@given(st.lists(st.booleans(), min_size=2, max_size=60).filter(any))
def test_figures_stay_within_their_bounds_and_the_best_order_has_no_loss(labels: list[bool]) -> None:
    found, best = measured(np.array(labels)), measured(np.array(sorted(labels, reverse=True)))
    assert found.atd is not None
    assert found.loss is not None
    assert found.recall10 is not None
    assert found.recall20 is not None
    assert 0 < found.atd <= 1
    assert 0 <= found.recall10 <= found.recall20 <= 1
    assert 0 <= found.loss <= 1
    assert best.loss == 0
    assert best.atd is not None
    assert best.atd <= found.atd
