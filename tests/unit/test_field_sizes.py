"""A field that is too large to be what it is called is named with its record and size."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from prisma_tool.model.record.citation import Author, Citation, Section, Trial
from prisma_tool.model.record.codec import encode
from prisma_tool.model.record.field_sizes import LARGE, large_fields, may_be_large, size_warnings

PLAIN = Citation(title="T", authors=(Author("A", "B"),), year=2020)


@pytest.mark.parametrize(
    ("citation", "fields"),
    [
        (PLAIN, []),
        (replace(PLAIN, title="x" * LARGE), []),
        (replace(PLAIN, title="x" * (LARGE + 1)), [("title", LARGE + 1)]),
        (replace(PLAIN, title="é" * (LARGE // 2)), []),
        (replace(PLAIN, title="é" * (LARGE // 2 + 1)), [("title", LARGE + 2)]),
        (replace(PLAIN, title="\U00020000" * (LARGE // 4)), []),
        (replace(PLAIN, title="\U00020000" * (LARGE // 4 + 1)), [("title", LARGE + 4)]),
        (replace(PLAIN, abstract=(Section("A", "x" * (LARGE - 2)), Section("B", ""))), []),
        (replace(PLAIN, abstract=(Section("A", "x" * (LARGE - 2)), Section("B", "x"))), [("abstract", LARGE + 1)]),
        (replace(PLAIN, authors=(Author("x" * 9, "y"),) * (LARGE // 10)), []),
        (replace(PLAIN, authors=(Author("x" * 9, "y"),) * (LARGE // 10 + 1)), [("authors", LARGE + 10)]),
        (replace(PLAIN, keywords=("x" * 10,) * (LARGE // 10 + 1)), [("keywords", LARGE + 10)]),
        (replace(PLAIN, trial=Trial(official_title="x" * (LARGE + 1))), [("trial", LARGE + 1)]),
        (replace(PLAIN, title="x" * LARGE, journal_abbreviation="x" * (LARGE + 5)), [("journal abbreviation", LARGE + 5)]),
    ],
)
def test_fields_above_a_megabyte_are_named_and_others_are_not(citation: Citation, fields: list[tuple[str, int]]) -> None:
    assert list(large_fields(citation)) == fields
    assert may_be_large(encode(citation)) or not fields, "the quick look passes over nothing"


@pytest.mark.parametrize(("size", "n"), [(LARGE, 0), (LARGE + 1, 1)])
def test_an_original_entry_is_named_where_no_field_is(size: int, n: int) -> None:
    assert len(list(size_warnings("embase:1", PLAIN, "x" * size))) == n
    large = replace(PLAIN, title="x" * (LARGE + 1))
    (warning,) = size_warnings("embase:1", large, "x" * 3 * LARGE)
    assert warning.startswith("embase:1: its title has 1.0 MB")
