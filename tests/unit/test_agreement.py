"""Agreement statistics against published worked examples, each named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.team.agreement_statistics import Agreement, Rating, agreement

TWO = ("+", "-")
ratings = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=60)


def rated(*rows: tuple[int, ...]) -> list[Rating]:
    """The ratings of a published table: rows are the first rater's categories, columns the second's."""
    return [(str(a), str(b)) for a, row in enumerate(rows) for b, count in enumerate(row) for _ in range(count)]


def test_cohen_1960_table_2() -> None:
    found = agreement(rated((88, 14, 18), (10, 40, 10), (2, 6, 12)))
    assert (found.n, found.agree) == (200, 140)
    assert found.kappa == pytest.approx(0.492, abs=0.0005)


def test_cohen_1960_table_1_agreement_below_chance() -> None:
    found = agreement(rated((25, 13, 12), (12, 2, 16), (3, 15, 2)))
    assert found.kappa == pytest.approx(-0.09, abs=0.005)


def test_fleiss_1981_table_13_1_kappa_and_its_confidence_interval() -> None:
    """Psychotic, neurotic, organic: kappa 0.68, standard error 0.087, interval 0.51 to 0.85; the book rounds kappa before going on."""
    found = agreement(rated((75, 1, 4), (5, 4, 1), (0, 0, 10)))
    assert found.kappa is not None
    assert found.kappa_low is not None
    assert found.kappa_high is not None
    assert found.kappa == pytest.approx(0.68, abs=0.005)
    assert (found.kappa_high - found.kappa_low) / 2 / 1.96 == pytest.approx(0.087, abs=0.001)
    assert found.kappa_low == pytest.approx(0.51, abs=0.01)
    assert found.kappa_high == pytest.approx(0.85, abs=0.01)


@pytest.mark.parametrize(
    ("table", "kappa"),
    [(((40, 9), (6, 45)), 0.70), (((80, 10), (5, 5)), 0.32)],
)
def test_feinstein_and_cicchetti_1990_equal_agreement_unequal_kappa_equal_pabak_of_byrt_1993(
    table: tuple[tuple[int, int], tuple[int, int]], kappa: float
) -> None:
    found = agreement(rated(*table))
    assert (found.n, found.agree) == (100, 85)
    assert found.kappa == pytest.approx(kappa, abs=0.005)
    assert found.pabak == pytest.approx(0.70)


def test_gwet_2002_and_2008_the_paradox_of_125_subjects() -> None:
    """118, 5, 2, 0: 94.4% agreement, kappa -0.0234, AC1 0.9408."""
    found = agreement(rated((118, 5), (2, 0)))
    assert found.kappa == pytest.approx(-0.0234, abs=0.00005)
    assert found.ac1 == pytest.approx(0.9408, abs=0.00005)
    assert found.agree / found.n == pytest.approx(0.944)


def test_without_a_common_report_nothing_is_defined() -> None:
    assert agreement([], TWO) == Agreement(0, 0)


def test_with_one_category_throughout_kappa_is_undefined_and_the_others_are_one() -> None:
    found = agreement([("+", "+")] * 7, TWO)
    assert (found.n, found.agree, found.kappa, found.kappa_low, found.kappa_high) == (7, 7, None, None, None)
    assert (found.pabak, found.ac1) == (1.0, 1.0)


def test_where_one_reviewer_used_one_category_and_the_other_two_kappa_is_zero() -> None:
    found = agreement([("+", "+")] * 6 + [("+", "-")] * 2, TWO)
    assert found.kappa == pytest.approx(0.0)
    assert found.pabak == pytest.approx(0.5)


def test_perfect_agreement_on_two_categories_is_one_without_an_interval() -> None:
    found = agreement([("+", "+"), ("-", "-")] * 30, TWO)
    assert (found.kappa, found.kappa_low, found.kappa_high, found.pabak, found.ac1) == (1.0, None, None, 1.0, 1.0)


@pytest.mark.parametrize(("n", "given"), [(29, False), (30, True)])
def test_an_interval_is_given_from_30_reports_on(n: int, given: bool) -> None:
    found = agreement([("+", "-"), *[("+", "+")] * 10, *[("-", "-")] * (n - 11)], TWO)
    assert found.n == n
    assert found.kappa is not None
    assert (found.kappa_low is not None, found.kappa_high is not None) == (given, given)


def test_where_one_of_the_two_used_one_category_throughout_there_is_no_interval() -> None:
    found = agreement([("+", "+")] * 40 + [("+", "-")] * 10, TWO)
    assert found.kappa == pytest.approx(0.0)
    assert (found.kappa_low, found.kappa_high) == (None, None)


def test_pabak_is_for_two_categories_and_brennan_prediger_for_more() -> None:
    two = agreement([("include", "include"), ("exclude", "exclude"), ("include", "exclude")], ("include", "exclude"))
    assert two.pabak == pytest.approx(2 * 2 / 3 - 1)
    assert (two.categories, two.brennan_prediger) == (2, None)
    three = agreement([("include", "maybe"), ("maybe", "maybe"), ("exclude", "exclude")], ("include", "exclude"))
    assert (three.categories, three.agree, three.pabak) == (3, 2, None)
    assert three.brennan_prediger == pytest.approx((3 * 2 / 3 - 1) / 2)


@given(ratings)
def test_the_order_of_reviewers_and_reports_does_not_matter(found: list[Rating]) -> None:
    swapped = agreement([(b, a) for a, b in reversed(found)])
    for name in ("n", "agree", "kappa", "kappa_low", "kappa_high", "pabak", "brennan_prediger", "ac1"):
        value = getattr(agreement(found), name)
        # The bounds hold a square root: where it is of zero, a rounding of 1e-16 shows as 1e-8.
        assert getattr(swapped, name) == (value if value is None else pytest.approx(value, abs=1e-6))


@given(ratings.filter(bool))
def test_every_statistic_is_a_ratio_and_the_interval_holds_kappa(found: list[Rating]) -> None:
    result = agreement(found)
    assert 0 <= result.agree <= result.n
    assert all(value is None or -1 <= value <= 1 for value in (result.kappa, result.ac1, result.pabak, result.brennan_prediger))
    if result.kappa is not None and result.kappa_low is not None and result.kappa_high is not None:
        assert -1 <= result.kappa_low <= result.kappa + 1e-9
        assert result.kappa - 1e-9 <= result.kappa_high <= 1
