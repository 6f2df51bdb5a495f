"""Which words explain why a record is shown."""

from __future__ import annotations

import pytest
from textual.content import Content

from prisma_tool.screening.prioritised.content_words import is_content
from prisma_tool.tui.screening.stopping_text import with_words_marked


@pytest.mark.parametrize("words", ["leukaemia", "the leukaemia", "CAR", "il2", "cd19", "of patients", "白血病"])
def test_a_word_or_a_pair_that_names_a_thing_is_content(words: str) -> None:
    assert is_content(words)


@pytest.mark.parametrize("words", ["the", "of the", "We were", "2021", "12 34", "x", "", "used in"])
def test_function_words_single_letters_and_numbers_are_not(words: str) -> None:
    assert not is_content(words)


def test_the_words_are_marked_where_they_stand_whole_and_nowhere_else() -> None:
    text = Content("CAR T cells, car-t and a carpet (C++)")
    marked = with_words_marked(text, ["car t", "c++"])
    assert [marked.plain[span.start : span.end] for span in marked.spans] == ["CAR T", "car-t", "C++"]
