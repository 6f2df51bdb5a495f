"""Which words explain why a record is shown."""

from __future__ import annotations

import pytest

from prisma_tool.screening.prioritised.content_words import is_content


@pytest.mark.parametrize("words", ["leukaemia", "the leukaemia", "CAR", "il2", "cd19", "of patients", "白血病"])
def test_a_word_or_a_pair_that_names_a_thing_is_content(words: str) -> None:
    assert is_content(words)


@pytest.mark.parametrize("words", ["the", "of the", "We were", "2021", "12 34", "x", "", "used in"])
def test_function_words_single_letters_and_numbers_are_not(words: str) -> None:
    assert not is_content(words)
