"""The language of `--where`: what it finds, and that anything typed ends in a test or in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.errors import UsageError
from prisma_tool.records.condition import parse_condition

FIELDS = ("title", "year", "source", "label", "abstract")
RECORD: Mapping[str, tuple[str, ...]] = {
    "title": ("Müller's trial of naïve T cells",),
    "year": ("2019",),
    "source": ("Embase", "Web of Science"),
    "label": ("pilot",),
    "abstract": (),
}


def holds(text: str, record: Mapping[str, tuple[str, ...]] = RECORD) -> bool:
    return parse_condition(text, FIELDS).holds(lambda name: record[name])


@pytest.mark.parametrize(
    "text",
    [
        "title ~ muller",
        'title ~ "Naive T"',
        "year = 2019",
        "year >= 2019 and year < 2020",
        "YEAR > 2018.5",
        "source = embase",
        "source in (PubMed, 'web of science')",
        "label != final",
        "has:label and not has:abstract",
        "year = 1990 or label = pilot",
        "not (year < 2000 or has:abstract)",
        "label = final and year = 1 or year = 2019",
        "title~trial and(year=2019)",
    ],
)
def test_a_condition_that_a_record_meets(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "title ~ mice",
        "year < 2019",
        "source = web",
        "source in (PubMed)",
        "label != pilot",
        "not has:label",
        "has:abstract or year = 1990",
        "label = final and (year = 1 or year = 2019)",
        "abstract != x and has:abstract",
    ],
)
def test_a_condition_that_a_record_does_not_meet(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel ~ x", r"no field 'titel' \(did you mean title\?\) at character 1"),
        ("year = 2019 label = x", r"'and' or 'or' is missing before 'label' at character 13"),
        ("(year = 2019", r"closing bracket is missing before the end at character 13"),
        ("year", r"one of = != ~ < <= > >= in is missing before the end"),
        ("year >", r"a value is missing before the end"),
        ("year > soon", r"'soon' is not a number"),
        ("year = )", r"a value is missing before '\)' at character 8"),
        ('title ~ "open', r"quotation mark never closed\?\) at character 9"),
        ("source in Embase", r"opening bracket is missing after 'in', before 'Embase' at character 11"),
        ("source in (a b)", r"a comma or closing bracket is missing before 'b'"),
        ("not", r"a field is missing before the end"),
        ("has:titel", r"no field 'titel' .* at character 5"),
        ("(" * 200 + "year = 1" + ")" * 200, r"too many brackets"),
        ("year ! 1", r"cannot be read"),
        ("", r"a field is missing before the end at character 1"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_condition(text, FIELDS)


def test_only_the_fields_that_are_asked_for_are_named() -> None:
    assert parse_condition("year = 1 or (has:label and not title ~ x)", FIELDS).fields == {"year", "label", "title"}


WORDS = st.sampled_from(
    [*FIELDS, "and", "or", "not", "in", "(", ")", ",", "=", "!=", "~", "<", ">=", "2019", '"a b"', "has:year", "'"]
)


@given(st.lists(WORDS, max_size=10).map(" ".join))
def test_whatever_is_typed_ends_in_a_test_or_in_a_sentence(text: str) -> None:
    try:
        found = parse_condition(text, FIELDS)
    except UsageError:
        return
    assert found.holds(lambda name: RECORD[name]) in {True, False}
