"""One figure over several reviewers, against published worked examples; the same data gave the same figures in irrCAC 0.4.4 (PyPI).

irrCAC 0.4.4 gave, on these data: Krippendorff 2011 C: alpha 0.74342, AC1 0.77544; Krippendorff 2011 B (Ben and Gerry): alpha 0.69196, AC1
0.68966, Fleiss' kappa 0.67857; Krippendorff 2011 A: alpha 0.09524, AC1 0.31034, Fleiss' kappa 0.04762; Fleiss 1971: alpha 0.43341, AC1
0.44788, Fleiss' kappa 0.43024.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.team.agreement_of_many import ManyAgreement, agreement_of_many

FOUR_OBSERVERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
"""Krippendorff 2011, part C: twelve units, four observers, a point where one is silent."""
FLEISS_1971 = (
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
    "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
).split()
"""Thirty patients, six psychiatrists: how many chose each of five diagnoses."""

ratings = st.lists(st.lists(st.sampled_from("abc"), max_size=5), max_size=20)


def by_unit(*observers: str) -> list[list[str]]:
    return [[rating for rating in unit if rating != "."] for unit in zip(*observers, strict=True)]


def test_krippendorff_2011_four_observers_with_missing_ratings_and_gwet_on_the_same_data() -> None:
    found = agreement_of_many(by_unit(*FOUR_OBSERVERS))
    assert found.n == 11
    assert found.alpha == pytest.approx(0.743, abs=0.0005)
    assert found.ac1 == pytest.approx(0.77544, abs=0.000005)
    assert found.fleiss is None


def test_krippendorff_2011_two_observers_five_categories() -> None:
    found = agreement_of_many(by_unit("aabbdcccedda", "babbbccceddd"))
    assert found.alpha == pytest.approx(0.692, abs=0.0005)
    assert found.ac1 == pytest.approx(0.68966, abs=0.000005)
    assert found.fleiss == pytest.approx(0.67857, abs=0.000005)


def test_krippendorff_2011_two_observers_two_categories() -> None:
    found = agreement_of_many(by_unit("0100000010", "1110010000"))
    assert found.alpha == pytest.approx(0.095, abs=0.0005)
    assert found.ac1 == pytest.approx(0.31034, abs=0.000005)


def test_fleiss_1971_psychiatric_diagnoses() -> None:
    units = [[str(category) for category, count in enumerate(row) for _ in range(int(count))] for row in FLEISS_1971]
    found = agreement_of_many(units)
    assert (found.n, {len(unit) for unit in units}) == (30, {6})
    assert found.fleiss == pytest.approx(0.430, abs=0.0005)
    assert found.alpha == pytest.approx(0.43341, abs=0.000005)
    assert found.ac1 == pytest.approx(0.44788, abs=0.000005)


def test_without_two_ratings_of_a_report_nothing_is_defined() -> None:
    assert agreement_of_many([["a"], [], ["b"]]) == ManyAgreement(0)


def test_with_one_category_throughout_alpha_and_kappa_are_undefined_and_ac1_is_one() -> None:
    assert agreement_of_many([["a", "a", "a"]] * 4, ("a", "b")) == ManyAgreement(4, None, 1.0, None)


@given(ratings)
def test_no_order_matters_and_nothing_exceeds_one(units: list[list[str]]) -> None:
    found, turned = agreement_of_many(units), agreement_of_many([unit[::-1] for unit in reversed(units)])
    for name in ("alpha", "ac1", "fleiss"):
        value = getattr(found, name)
        assert getattr(turned, name) == (value if value is None else pytest.approx(value, abs=1e-9))
        assert value is None or value <= 1 + 1e-9
