"""Ordered criteria: the first "no" is the reason, whatever else was answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.criteria import DEFAULT_CRITERIA, Answer, Conclusion, Criterion, answered_no, conclusion
from prisma_tool.model.protocol.protocol import Protocol, Reason
from prisma_tool.model.vocabulary import Verdict
from prisma_tool.review.protocol.read import parse_protocol

answers = st.dictionaries(
    st.sampled_from([one.reason for one in DEFAULT_CRITERIA]), st.sampled_from([one.value for one in Answer])
)


@given(answers)
def test_the_reason_is_that_of_the_first_no(given_: dict[str, str]) -> None:
    said = conclusion(DEFAULT_CRITERIA, given_)
    order = [given_.get(one.reason) for one in DEFAULT_CRITERIA]
    before = order[: order.index("no")] if "no" in order else order
    if None in before:
        assert said is None
    elif "no" in order:
        assert said == Conclusion(Verdict.EXCLUDE, DEFAULT_CRITERIA[len(before)].reason)
    else:
        assert said == Conclusion(Verdict.MAYBE if "unclear" in order else Verdict.INCLUDE)


@given(answers, st.sampled_from(DEFAULT_CRITERIA))
def test_a_letter_says_no_there_and_keeps_what_was_answered_before(given_: dict[str, str], criterion: Criterion) -> None:
    found = answered_no(DEFAULT_CRITERIA, given_, criterion.key)
    assert found is not None
    place = DEFAULT_CRITERIA.index(criterion)
    assert found[criterion.reason] == "no"
    assert [found[one.reason] for one in DEFAULT_CRITERIA[:place]] == [
        given_.get(one.reason, "yes") for one in DEFAULT_CRITERIA[:place]
    ]
    assert conclusion(DEFAULT_CRITERIA, found) is not None


def test_a_letter_of_no_criterion_answers_nothing() -> None:
    assert answered_no(DEFAULT_CRITERIA, {}, "z") is None


def test_the_usual_questions_are_asked_as_far_as_their_reasons_are_listed() -> None:
    assert [one.key for one in Protocol().criteria] == ["p", "i", "c", "o", "d"]
    assert [one.key for one in Protocol(reasons=(Reason("wrong-outcome", "Wrong outcome"),)).criteria] == ["o"]


TABLE = '[[criterion]]\nkey = "{key}"\nquestion = "{question}"\nreason = "{reason}"\n'


def test_a_protocol_lists_its_own_questions() -> None:
    text = TABLE.format(key="a", question="Adults?", reason="Wrong population") + TABLE.format(
        key="t", question="Trial?", reason="wrong-study-design"
    )
    assert parse_protocol(text).criteria == (
        Criterion("a", "Adults?", "wrong-population"),
        Criterion("t", "Trial?", "wrong-study-design"),
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"key": "y"}, "one small letter, none of j, k, n, y"),
        ({"key": "ab"}, "one small letter"),
        ({"question": ""}, "needs a question"),
        ({"reason": "Wrong weather"}, "reason the id or label of one in the list"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(values: dict[str, str], sentence: str) -> None:
    usual = {"key": "a", "question": "Adults?", "reason": "Wrong population"}
    with pytest.raises(ReviewError, match=sentence):
        parse_protocol(TABLE.format(**(usual | values)))


def test_two_questions_with_one_key_are_refused() -> None:
    one = TABLE.format(key="a", question="Adults?", reason="Wrong population")
    with pytest.raises(ReviewError, match="a key or a reason twice"):
        parse_protocol(one + TABLE.format(key="a", question="Trial?", reason="Wrong study design"))
