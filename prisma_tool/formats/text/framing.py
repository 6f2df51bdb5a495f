"""Cutting a text into entries before anything interprets them.

Invariant: every character from the first start onwards belongs to exactly one frame, so an entry can be misread but never lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """The text of one entry and the line on which it begins, counted from 1."""

    line: int
    raw: str


def framed(blocks: Iterable[str], start: re.Pattern[str]) -> Iterator[Frame]:
    """What stands before the first entry (often an empty frame), then one frame for each entry, as the text arrives.

    Blocks end at line ends. `start` matches the newline before an entry's first line and may look at that line only; the newline is
    a literal at the pattern's beginning, which is what makes the search fast.
    """
    return _framed(blocks, lambda block: start.finditer(f"\n{block}"))


def framed_by_tag(blocks: Iterable[str], start: re.Pattern[str]) -> Iterator[Frame]:
    """The same for XML: `start` matches a start tag, blocks end behind tags."""
    return _framed(blocks, start.finditer)


def _framed(blocks: Iterable[str], begins: Callable[[str], Iterator[re.Match[str]]]) -> Iterator[Frame]:
    line, parts = 1, [""]
    for block in blocks:
        begin = 0
        for match in begins(block):
            cut = match.start()
            parts.append(block[begin:cut])
            raw = "".join(parts)
            yield Frame(line, raw)
            line += raw.count("\n")
            parts.clear()
            begin = cut
        parts.append(block[begin:])
    yield Frame(line, "".join(parts))


def places(text: str, word: str) -> Iterator[int]:
    """Where `word` stands in `text`, in order; several times faster than a pattern, for counting apart from the cutting."""
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)
