"""JSON read item by item is what `json.loads` makes of the whole text, and what that refuses is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.errors import FormatError
from prisma_tool.formats.registry import read
from prisma_tool.formats.text import json_items
from prisma_tool.formats.text.json_items import JsonItems

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def in_parts(text: str, size: int) -> JsonItems:
    return JsonItems((text[place : place + size] for place in range(0, len(text), size)), "items")


def everything(text: str, size: int = 5) -> Any:
    document = in_parts(text, size)
    items = list(document.items())
    if not document.listed:
        return document.rest
    return document.rest | {"items": items} if document.named else items


@settings(max_examples=60)
@given(VALUES, st.integers(1, 40), st.sampled_from((None, 1)))
def test_any_document_cut_anywhere_is_the_same(value: Any, size: int, indent: int | None) -> None:
    for document in (value, [value, value], {"items": [value], "other": value}):
        assert everything(json.dumps(document, indent=indent), size) == document


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["[", "]", "{", "}", ",", ":", '"a"', '"items"', "1", "-", "tru", "true", " ", "\n", '"']), max_size=9
    )
)
def test_what_is_no_json_as_a_whole_is_none_in_parts(signs: list[str]) -> None:
    text = "".join(signs)
    try:
        whole = json.loads(text, strict=False)
    except ValueError:
        with pytest.raises(FormatError, match="Not valid JSON"):
            everything(text, 2)
    else:
        items = whole.get("items") if isinstance(whole, dict) else None
        twice = isinstance(items, list) and text.count('"items"') > 1
        assert twice or everything(text, 2) == whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('[{"a": 1, "a": 2}]', [{"a": 2}]),
        ("[123456789012345678901234567890]", [123456789012345678901234567890]),
        ("[1e400, -Infinity]", [float("inf"), float("-inf")]),
        ('["a\nb"]', ["a\nb"]),
        (' {"items": [1], "b": 2, "items": [3]} ', {"b": 2, "items": [1, 3]}),
    ],
)
def test_odd_values_are_read_as_before(text: str, value: Any) -> None:
    assert everything(text) == value


def test_an_error_names_its_line() -> None:
    with pytest.raises(FormatError, match=r"line 3: Expecting value\); the text reads “\[1, nothing\]”"):
        everything("[1,\n\nnothing]", 100)


@pytest.mark.parametrize("depth", [900, 990, 1_000, 100_000])
@pytest.mark.parametrize("name", ["csl-json", "ctgov-json"])
def test_deep_nesting_is_an_entry_or_refused_in_words(name: str, depth: int) -> None:
    nested = '{"protocolSection": {}, "title": ' + "[" * depth + "]" * depth + "}"
    for text in (f"[{nested}]", nested):
        assert outcome(text, name) in {"1 entry", "too deep"}


def outcome(text: str, name: str) -> str:
    try:
        return f"{read(text.encode(), format=name).declared} entry"
    except FormatError as refusal:
        return "too deep" if "nested too deeply" in str(refusal) else str(refusal)


def test_a_value_without_end_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_items, "LARGEST_VALUE", 100)
    assert everything(json.dumps(["a" * 90] * 50)) == ["a" * 90] * 50
    with pytest.raises(FormatError, match="longer than 100 characters"):
        everything('["' + "a" * 10_000)
