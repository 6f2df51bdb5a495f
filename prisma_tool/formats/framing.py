"""Cutting a text into entries before anything interprets them.

Invariant: every character from the first start onwards belongs to exactly one frame, so an entry can be misread but never lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """The text of one entry and the line on which it begins, counted from 1."""

    line: int
    raw: str


def frames(text: str, start: re.Pattern[str]) -> tuple[Frame, ...]:
    """One frame from each match of `start` to the next one or the end."""
    begins = [match.start() for match in start.finditer(text)]
    found = []
    line, seen = 1, 0
    for begin, end in zip(begins, [*begins, len(text)][1:], strict=True):
        line += text.count("\n", seen, begin)
        seen = begin
        found.append(Frame(line, text[begin:end]))
    return tuple(found)
