"""Texts as numbered words: the one place that says what a word is.

Invariant: the same texts give the same numbers, whatever the machine; words are numbered in the order of their first appearance.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w\w+")
"""Runs of two or more letters or digits, as is usual for bags of words."""

Numbers = NDArray[np.int64]
Small = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Words:
    """Texts word by word: `numbers` of all words one after another, and the text (row) that each stands in.

    Both are of shape (words,). `rows` rise; a number is the word's place in `vocabulary`.
    """

    vocabulary: dict[str, int]
    numbers: Small
    rows: Small


def split(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return _WORD.findall(text.lower())


def numbered(texts: Iterable[str], vocabulary: dict[str, int]) -> Words:
    """Texts as numbered words: row `n` is the text `n`; words not met before are added to `vocabulary`."""
    numbers = array("i")
    lengths: list[int] = []
    for text in texts:
        words = [vocabulary.setdefault(word, len(vocabulary)) for word in split(text)]
        numbers.extend(words)
        lengths.append(len(words))
    rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return Words(vocabulary, np.frombuffer(numbers, dtype=np.int32) if numbers else np.zeros(0, dtype=np.int32), rows)


def joined(first: Words, second: Words, n: int) -> Words:
    """Two parts of the same texts as one, each text's first part before its second.

    Args:
        first: one part, such as the titles.
        second: the other part, numbered by the same vocabulary.
        n: how many texts there are; a text may be empty in either part.
    """
    before = [np.append(0, np.cumsum(np.bincount(part.rows, minlength=n))).astype(np.int32) for part in (first, second)]
    numbers = np.empty(len(first.numbers) + len(second.numbers), dtype=np.int32)
    rows = np.empty_like(numbers)
    for part, others in ((first, before[1][:-1]), (second, before[0][1:])):
        places = np.arange(len(part.numbers), dtype=np.int32)
        places += others[part.rows]
        numbers[places], rows[places] = part.numbers, part.rows
    return Words(first.vocabulary, numbers, rows)


PAIR = 1 << 62
"""Numbers from here on stand for pairs of words."""
_SHIFT, _SECOND = 31, (1 << 31) - 1


def pairs(words: Words) -> tuple[Numbers, Small]:
    """The pairs of neighbouring words within a text.

    Returns:
        Each pair as one number from `PAIR` on, and the row of each; two arrays of the same length.
    """
    together = words.rows[1:] == words.rows[:-1]
    codes = words.numbers[:-1][together].astype(np.int64)
    codes <<= _SHIFT
    codes |= words.numbers[1:][together]
    codes |= PAIR
    return codes, words.rows[1:][together]


def pair_words(code: int, names: Sequence[str]) -> str:
    """A pair as a person reads it.

    Args:
        code: the pair's number, `PAIR` or more.
        names: the words by their numbers.
    """
    return f"{names[(code - PAIR) >> _SHIFT]} {names[code & _SECOND]}"
