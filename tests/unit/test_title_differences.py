"""What two titles differ by: every kind, and pairs on both sides of every line drawn between an addition, a spelling and an exchange."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.dedupe.judging.title_differences import DifferenceKind, spelt_otherwise, title_differences

EXCHANGE, NUMBER, NEGATION = DifferenceKind.EXCHANGE, DifferenceKind.NUMBER, DifferenceKind.NEGATION
ORDER, ADDITION, SPELLING = DifferenceKind.ORDER, DifferenceKind.ADDITION, DifferenceKind.SPELLING

PAIRS = [
    ("bleeding after surgery of the hip", "bleeding after surgery of the hip", set()),
    ("bleeding after micro surgery", "bleeding after microsurgery", set()),
    ("bleeding after surgery of the hip", "bleeding after surgery of the knee", {EXCHANGE}),
    ("bleeding in men with asthma", "asthma and bleeding in women", {EXCHANGE}),
    ("vitamin c for colds", "vitamin d for colds", {NUMBER, EXCHANGE}),
    ("haemophilia a in children", "haemophilia b in children", {NUMBER}),
    ("a phase ii trial of nothing", "a phase iii trial of nothing", {NUMBER, EXCHANGE}),
    ("results after 24 weeks", "results after 48 weeks", {NUMBER, EXCHANGE}),
    ("results of nothing", "results 2 of nothing", {NUMBER}),
    ("results of nothing", "results of nothing a trial in 24 centres", {ADDITION}),
    ("results of nothing", "results of nothing ii", {NUMBER}),
    ("colds with fever", "colds without fever", {NEGATION}),
    ("invasive treatment of colds", "non invasive treatment of colds", {NEGATION}),
    ("sleep before pain", "pain before sleep", {ORDER}),
    ("results of nothing", "results of nothing chinese", {ADDITION}),
    ("the results of nothing", "results from nothing", {ADDITION}),
    ("people with fever", "people wth fever", {SPELLING}),
    ("pain in people with fever", "pain in young people with fever", {DifferenceKind.INSERTION}),
    ("pain in people with fever", "pain in young and very poor people with fever", {ADDITION}),
    ("results of nothing", "results of nothing rationale", {DifferenceKind.REPORT}),
    ("people with and without fever", "people without fever", {NEGATION}),
    ("menschen mit fieber", "menschen ohne fieber", {NEGATION}),
    ("moving to care", "moving from care", {EXCHANGE}),
    ("care by nurses", "care for nurses", {EXCHANGE}),
    ("care of nurses", "care for nurses", {ADDITION}),
    ("exercise for pain", "exercise for pain in women", {DifferenceKind.INSERTION}),
    ("exercise for pain", "exercise for pain and fever", {DifferenceKind.INSERTION}),
    ("exercise for pain", "exercise for pain in women of many countries", {ADDITION}),
    ("exercise for pain", "exercise for pain revisited", {DifferenceKind.REPORT}),
    ("exercise for pain", "exercise for pain executive summary", {DifferenceKind.REPORT}),
    ("nstemi in children", "stemi in children", {EXCHANGE}),
    ("cornpared results", "compared results", {SPELLING}),
    ("preventing fever", "prevention of fever", {SPELLING, ADDITION}),
    ("haemorrhage and tumours", "hemorrhage and tumors", {SPELLING}),
    ("anaerobic bacteria", "anerobic bacteria", {SPELLING}),
    ("results of a randomised tria", "results of a randomised trial", {SPELLING}),
    ("alpha v beta 3 and nothing", "alphavbeta3 and nothing", set()),
    ("integrin alpha v beta 3 against nothing", "alphavbeta3 integrin against nothing", {SPELLING}),
    ("soins en francais", "soins en fran ais", {SPELLING}),
]


@pytest.mark.parametrize(("first", "second", "kinds"), PAIRS)
def test_titles_differ_by_these_kinds_whichever_comes_first(first: str, second: str, kinds: set[DifferenceKind]) -> None:
    assert title_differences(first, second).kinds == title_differences(second, first).kinds == kinds


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("leukaemia", "leukemia"),
        ("randomised", "randomized"),
        ("centre", "center"),
        ("effusion", "effusions"),
        ("therapy", "therapies"),
        ("administered", "adminstered"),
        ("bleomycin", "bleomycoin"),
        ("clinical", "clinial"),
        ("effect", "efect"),
    ],
)
def test_one_word_in_two_spellings(first: str, second: str) -> None:
    assert spelt_otherwise(first, second)
    assert spelt_otherwise(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("hip", "knee"),
        ("men", "women"),
        ("male", "female"),
        ("insulin", "inulin"),
        ("hypertension", "hypotension"),
        ("symptomatic", "asymptomatic"),
        ("typical", "atypical"),
        ("afferent", "efferent"),
        ("abduction", "adduction"),
        ("perineal", "peroneal"),
        ("intravenous", "intervenous"),
        ("prednisone", "prednisolone"),
        ("mean", "men"),
        ("methanol", "ethanol"),
        ("emotion", "motion"),
        ("coastal", "costal"),
        ("mortality", "morality"),
        ("trial", "trail"),
        ("cd33", "cd19"),
        ("ii", "iii"),
        ("b", "c"),
    ],
)
def test_two_words_that_are_not_one(first: str, second: str) -> None:
    assert not spelt_otherwise(first, second)
    assert not spelt_otherwise(second, first)


WORDS = st.lists(
    st.sampled_from(["hip", "knee", "of", "the", "a", "b", "2", "ii", "without", "tumour", "tumor", "pain"]), max_size=6
)


@given(WORDS, WORDS)
def test_differences_are_symmetric_and_a_title_never_differs_from_itself(first: list[str], second: list[str]) -> None:
    one, other = " ".join(first), " ".join(second)
    assert title_differences(one, other).kinds == title_differences(other, one).kinds
    assert title_differences(one, one).kinds == set()
