"""Reading JSON fast and spelling it canonically gives, byte by byte, what the standard library gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prisma_tool.model.json_text import are_spelled_alike, canonical, parse, parse_shared

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def _standard(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


@given(_VALUES)
@example({"a": 1e16})
@example({"a": 2**64, "b": 2**63, "c": -(2**63)})
@example(["\x7f", "\x1f", "\u2028", "\ud800"])
@example({"b": {"d": 1, "c": [1.0]}, "B": 0, "aa": "é"})
def test_a_value_has_one_text(value: Any) -> None:
    assert canonical(value) == _standard(value)


_ALIKE = st.sampled_from(
    [0, 0.0, -0.0, False, 1, 1.0, True, None, "1", "é", 2**53, float(2**53), 10**22, 1e22, float("nan"), float("inf")]
)


@given(_VALUES, _VALUES)
@example({"a": 1, "b": "é"}, {"b": "é", "a": 1})
def test_two_values_are_called_alike_only_where_they_have_one_text(one: Any, other: Any) -> None:
    assert not are_spelled_alike(one, other) or canonical(one) == canonical(other)


@given(_ALIKE, _ALIKE)
@example(True, 1)
@example(0.0, -0.0)
@example(float("inf"), None)
def test_numbers_that_are_equal_are_not_called_alike_where_they_are_written_otherwise(one: Any, other: Any) -> None:
    assert not are_spelled_alike({"n": [one]}, {"n": [other]}) or canonical([one]) == canonical([other])


def test_equal_values_are_called_alike_in_whatever_order_they_come() -> None:
    assert are_spelled_alike({"a": {"n": 1}, "b": "é"}, {"b": "é", "a": {"n": 1}})


@given(_VALUES)
@example(float("nan"))
@example("\ud800")
@example(10**400)
def test_what_was_written_is_read(value: Any) -> None:
    text = json.dumps(value)
    assert _standard(parse(text)) == _standard(json.loads(text)) == _standard(parse(text.encode()))


def test_equal_short_texts_are_read_once_and_long_ones_anew() -> None:
    short, long = '{"verdict":"include"}', json.dumps({"note": "x" * 300})
    assert parse_shared(short) is parse_shared(short)
    assert parse_shared(long) is not parse_shared(long)
    assert (parse_shared(short), parse_shared(long)) == (parse(short), parse(long))


@given(st.text(max_size=30) | st.binary(max_size=30))
@example("1e400")
@example('{"a":1,"a":2}')
@example(b"\xff{}")
@example("[" * 3000)
@example(" [1]\ufeff")
def test_any_text_is_read_or_refused_as_the_standard_library_does(text: str | bytes) -> None:
    try:
        expected = json.loads(text)
    except (ValueError, RecursionError) as error:
        with pytest.raises(type(error)):
            parse(text)
    else:
        assert _standard(parse(text)) == _standard(expected)
