"""Texts as numbers of word pieces, as the encoder of sentences reads them: BERT's, lower case, without accents.

`word_pieces.txt` holds the vocabulary, a piece a line; it and the way of cutting are those of Google's `bert-base-uncased` (Apache-2.0).
Invariant: the same text gives the same numbers, at most `longest`, the marks of begin and end among them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files

PADDING = 0
_UNKNOWN, _BEGIN, _END = 100, 101, 102
_LONGEST_WORD = 100
"""Letters beyond which a word is not cut but unknown."""
_LETTERS_A_PIECE = 50
"""So many letters for each piece asked for are looked at: no more is read of a text that is far longer than it can count."""
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


def pieces(text: str, longest: int) -> list[int]:
    """The numbers of the pieces of a text, between the marks of its begin and end."""
    numbers: list[int] = []
    spaced = unicodedata.normalize("NFD", text[: longest * _LETTERS_A_PIECE]).translate(_SPACED)
    for word in spaced.split():
        numbers.extend(_of_word(word))
        if len(numbers) > longest - 2:
            break
    return [_BEGIN, *numbers[: longest - 2], _END]


@cache
def _vocabulary() -> Mapping[str, int]:
    lines = files("prisma_tool.ranking").joinpath("word_pieces.txt").read_text(encoding="utf-8").split("\n")
    return {piece: number for number, piece in enumerate(lines) if piece}


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> tuple[int, ...]:
    """The longest known pieces, from the left; unknown where some part is no piece."""
    if len(word) > _LONGEST_WORD:
        return (_UNKNOWN,)
    try:
        return tuple(_cut(word))
    except LookupError:
        return (_UNKNOWN,)


def _cut(word: str) -> Iterator[int]:
    known, begin = _vocabulary(), 0
    while begin < len(word):
        mark = "##" if begin else ""
        end = next(end for end in (*range(len(word), begin, -1), begin) if end == begin or mark + word[begin:end] in known)
        if end == begin:
            raise LookupError(word)
        yield known[mark + word[begin:end]]
        begin = end


class _Spacing(dict[int, str]):
    """What each character becomes: signs and ideographs stand alone, accents and control characters go, letters are small."""

    def __missing__(self, code: int) -> str:
        self[code] = _spaced(chr(code))
        return self[code]


_SPACED = _Spacing()


def _spaced(character: str) -> str:
    kind = unicodedata.category(character)
    if character in "\t\n\r" or kind in {"Zs", "Zl", "Zp"}:
        return " "
    if kind in {"Mn", "Cc", "Cf", "Cn", "Co", "Cs"} or character == "\ufffd":
        return ""
    return f" {character} " if _stands_alone(character, kind) else character.lower()


def _stands_alone(character: str, kind: str) -> bool:
    is_sign = kind.startswith("P") or (character.isascii() and kind.startswith("S"))
    return is_sign or any(first <= ord(character) <= last for first, last in _IDEOGRAPHS)
