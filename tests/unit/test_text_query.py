"""What a person types to look for text becomes words, and never anything that a database would take as its own language."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.text import fold
from prisma_tool.model.text_query import TextTerm, text_query


def test_words_phrases_prefixes_and_absent_words_are_told_apart() -> None:
    assert text_query('leukemia "bone marrow" relaps* -mice') == (
        TextTerm(("leukemia",)),
        TextTerm(("bone", "marrow")),
        TextTerm(("relaps",), prefix=True),
        TextTerm(("mice",), absent=True),
    )


def test_a_word_with_signs_is_a_phrase_and_accents_do_not_matter() -> None:
    assert text_query("CAR-T 10.5555/ab.1 Müller") == (
        TextTerm(("car", "t")),
        TextTerm(("10", "5555", "ab", "1")),
        TextTerm(("muller",)),
    )


def test_a_quotation_that_is_never_closed_goes_to_the_end() -> None:
    assert text_query('acute "myeloid leuk*') == (TextTerm(("acute",)), TextTerm(("myeloid", "leuk"), prefix=True))


def test_signs_alone_ask_for_nothing() -> None:
    assert text_query(' - "" * () ') == ()


@given(st.text())
def test_whatever_is_typed_only_folded_words_remain(typed: str) -> None:
    for term in text_query(typed):
        assert term.words
        assert all(fold(word) == word and " " not in word for word in term.words)
