"""Which words of two texts differ. Pure.

Invariant: spans lie within their text, in order and apart; what is left unmarked are the same words on both sides, whatever their
case, accents and punctuation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import LCSseq

from prisma_tool.model.text import fold

Spans = tuple[tuple[int, int], ...]

MOST_WORDS = 4_000
"""Of longer texts, words are matched without regard to their order: aligning them takes memory with the product of the lengths."""
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")


def differing_words(a: str, b: str) -> tuple[Spans, Spans]:
    """Where in `a` and in `b` words stand that the other text lacks at that place; neighbouring words are one span."""
    left, right = _words(a), _words(b)
    here, there = _unmatched([word for word, _, _ in left], [word for word, _, _ in right])
    return _spans(left, here), _spans(right, there)


def _words(text: str) -> list[tuple[str, int, int]]:
    matches = ((fold(match.group()), match.start(), match.end()) for match in _WORD.finditer(text))
    return [word for word in matches if word[0]]


def _unmatched(a: Sequence[str], b: Sequence[str]) -> tuple[list[int], list[int]]:
    if max(len(a), len(b)) > MOST_WORDS:
        return _without_partner(a, b), _without_partner(b, a)
    apart = [step for step in LCSseq.opcodes(a, b) if step.tag != "equal"]
    here = [position for step in apart for position in range(step.src_start, step.src_end)]
    return here, [position for step in apart for position in range(step.dest_start, step.dest_end)]


def _without_partner(words: Sequence[str], others: Sequence[str]) -> list[int]:
    left = Counter(others)
    left.subtract(words)
    surplus = {word: -n for word, n in left.items() if n < 0}
    positions = []
    for position in reversed(range(len(words))):
        if surplus.get(words[position], 0) > 0:
            surplus[words[position]] -= 1
            positions.append(position)
    return positions[::-1]


def _spans(words: Sequence[tuple[str, int, int]], positions: Sequence[int]) -> Spans:
    return tuple((words[first][1], words[last][2]) for first, last in _stretches(positions))


def _stretches(positions: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Consecutive numbers as (first, last)."""
    firsts = [position for n, position in enumerate(positions) if n == 0 or positions[n - 1] != position - 1]
    lasts = [position for n, position in enumerate(positions) if n == len(positions) - 1 or positions[n + 1] != position + 1]
    return zip(firsts, lasts, strict=True)
