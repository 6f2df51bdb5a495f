"""Texts are cut into the pieces that the encoder of sentences was taught with (BERT's, as the library `tokenizers` cuts them)."""

from __future__ import annotations

import pytest

from prisma_tool.ranking.word_pieces import pieces


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []),
        ("Aspirin.", [2004, 8197, 6657, 1012]),
        ("naïve", [15743]),
        ("a\u200bb\x00c", [5925]),
        ("x" + "y" * 120, [100]),
        ("中文", [1746, 1861]),
        ("50±10", [2753, 29657, 10790]),
    ],
)
def test_a_text_is_cut_as_the_encoder_was_taught(text: str, numbers: list[int]) -> None:
    assert pieces(text, 192) == [101, *numbers, 102]


def test_of_a_long_text_the_beginning_is_read_between_the_marks_of_begin_and_end() -> None:
    assert pieces("trial " * 1_000_000, 6) == [101, 3979, 3979, 3979, 3979, 102]


@pytest.mark.parametrize(("letters", "is_cut"), [(100, True), (101, False)])
def test_a_word_of_more_than_a_hundred_letters_is_unknown_as_a_whole(letters: int, is_cut: bool) -> None:
    assert (len(pieces("y" * letters, 192)) > 3) is is_cut
