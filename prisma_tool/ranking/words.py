"""Texts as numbered words: the one place that says what a word is.

Invariant: the same texts give the same numbers, whatever the machine; words are numbered in the order of their first appearance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w\w+")
"""Runs of two or more letters or digits, as is usual for bags of words."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """Texts word by word: `numbers` of all words one after another, and the text (row) that each stands in."""

    vocabulary: dict[str, int]
    numbers: Numbers
    rows: Numbers


def split(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return _WORD.findall(text.lower())


def numbered(texts: Iterable[str], vocabulary: dict[str, int]) -> Words:
    """Texts as numbered words; words not met before are added to `vocabulary`."""
    numbers: list[Numbers] = []
    lengths: list[int] = []
    for text in texts:
        found = [vocabulary.setdefault(word, len(vocabulary)) for word in split(text)]
        numbers.append(np.array(found, dtype=np.int64))
        lengths.append(len(found))
    together = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64)
    return Words(vocabulary, together, np.repeat(np.arange(len(lengths)), lengths))


def joined(first: Words, second: Words) -> Words:
    """Two parts of the same texts, each text's first part before its second."""
    numbers, rows = np.concatenate([first.numbers, second.numbers]), np.concatenate([first.rows, second.rows])
    order = np.argsort(rows, kind="stable")
    return Words(first.vocabulary, numbers[order], rows[order])


PAIR = 1 << 62
"""Numbers from here on stand for pairs of words."""
_SHIFT, _SECOND = 31, (1 << 31) - 1


def pairs(words: Words) -> tuple[Numbers, Numbers]:
    """The pairs of neighbouring words within a text, each as one number from `PAIR` on, and the row of each."""
    together = words.rows[1:] == words.rows[:-1]
    codes = PAIR | (words.numbers[:-1] << _SHIFT) | words.numbers[1:]
    return codes[together], words.rows[1:][together]


def pair_words(code: int, names: Sequence[str]) -> str:
    """A pair as a person reads it."""
    return f"{names[(code - PAIR) >> _SHIFT]} {names[code & _SECOND]}"
