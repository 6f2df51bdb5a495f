"""How much text both databases can index: the limits of PostgreSQL's tsvector, which are the narrower ones.

Source: PostgreSQL, "Limitations" of text search, and `ts_type.h`. Invariant: of a text that `fits`, PostgreSQL makes a tsvector.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

LONGEST_WORD = 2_046
"""In bytes of UTF-8."""
ALWAYS_FITS = 200_000
"""In characters: a text that is no longer fits, whatever words it is made of, unless one of them is too long."""
_LARGEST = 1_000_000
"""In bytes; of the 1,048,575 that a tsvector may have, some are left for words that PostgreSQL takes apart further."""
_OF_A_WORD, _OF_A_PLACE, _MOST_PLACES = 3, 2, 256
"""Bytes beside the letters of each different word, and for each of its places, of which no more than these are kept."""
_SURELY_SHORT = LONGEST_WORD // 4
"""In characters: each takes at most four bytes."""


def fits(text: str) -> bool:
    """Whether both databases can index every word of a folded text."""
    if len(text) <= ALWAYS_FITS and _has_short_words(text):
        return True
    words = text.split(" ")
    return len(_indexable(words)) == len(words)


def _has_short_words(text: str) -> bool:
    """True where no word is so long that its bytes must be counted; goes from the last space within reach to the next such."""
    begin = 0
    while len(text) - begin >= _SURELY_SHORT:
        begin = text.rfind(" ", begin, begin + _SURELY_SHORT) + 1
        if not begin:
            return False
    return True


def leading_words(text: str) -> str:
    """The words of a folded text that both databases can index: all up to the limit, but for those that are too long."""
    return " ".join(_indexable(text.split(" ")))


def _indexable(words: list[str]) -> list[str]:
    short = [word for word in words if len(word.encode()) <= LONGEST_WORD]
    places: Counter[str] = Counter()
    size = 0
    for number, word in enumerate(short):
        size += 0 if places[word] else len(word.encode()) + _OF_A_WORD
        size += _OF_A_PLACE if places[word] < _MOST_PLACES else 0
        places[word] += 1
        if size > _LARGEST:
            return list(islice(short, number))
    return short
