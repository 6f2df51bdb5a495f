"""Highlight terms: what they meet in a text and what they do not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.tui.widgets.highlight import HighlightKind, marks, tally, terms

TEXTS = st.text("CARTcart [b]-\u2010*é\u0301 \nا12", max_size=60)


def found(text: str, *include: str) -> list[str]:
    return [text[mark.start : mark.end] for mark in marks(text, terms(include, ()))]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("AML", "aml, AML-like and AMLx", ["aml", "AML"]),
        ("leuk*", "Leukaemia; leukemic but not antileukaemic", ["Leukaemia", "leukemic"]),
        ("leuk*mia", "leukaemia leukemia leukocyte", ["leukaemia", "leukemia"]),
        ('"CAR T cell*"', "CAR-T cells, car t\ncell and CARs", ["CAR-T cells", "car t\ncell"]),
        ("IL-2", "IL-2 and IL‐2 and IL-21", ["IL-2", "IL‐2"]),
        ("[b]", "a [b] c, not b", ["[b]"]),
        ("C++ code (x", "c++ code (x and c code", ["c++ code (x"]),
    ],
)
def test_a_term_meets_whole_words_stems_and_phrases_whatever_the_case(term: str, text: str, expected: list[str]) -> None:
    assert found(text, term) == expected


@pytest.mark.parametrize("term", ["*", "**", '""', "-", "  "])
def test_a_term_without_a_letter_marks_nothing(term: str) -> None:
    assert found('anything at all - * ""', term) == []


def test_the_longer_of_two_overlapping_terms_is_marked_and_counted_once() -> None:
    wanted = terms(["CAR", "CAR T cells"], ["mice"])
    assert [(term.text, term.lean, n) for term, n in tally(marks("CAR T cells in mice; CAR, mice", wanted))] == [
        ("CAR T cells", HighlightKind.INCLUDE, 1),
        ("mice", HighlightKind.EXCLUDE, 2),
        ("CAR", HighlightKind.INCLUDE, 1),
    ]


@settings(max_examples=100)
@given(TEXTS, st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3))
def test_marks_lie_in_the_text_in_order_and_never_overlap(text: str, include: list[str], exclude: list[str]) -> None:
    places = [place for mark in marks(text, terms(include, exclude)) for place in (mark.start, mark.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
    assert all(mark.start < mark.end for mark in marks(text, terms(include, exclude)))
