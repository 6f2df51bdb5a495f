"""Where in review.toml something is wrong: the lines around the place that a message speaks of. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AT_LINE = re.compile(r"at line (\d+)")
_NAMED = re.compile(r"'([^']+)'")
_AROUND = 2


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of the file; `is_wrong` marks the one that is meant."""

    number: int
    text: str
    is_wrong: bool


def lines_around(text: str, message: str) -> list[FileLine]:
    """The line that the message means, with those around it; nothing where it means none that can be found."""
    lines = text.splitlines()
    number = _number(lines, message)
    first, last = max(1, number - _AROUND), min(len(lines), number + _AROUND)
    return [FileLine(n, lines[n - 1], n == number) for n in range(first, last + 1)] if number else []


def _number(lines: list[str], message: str) -> int:
    stated = _AT_LINE.search(message)
    if stated:
        return min(int(stated[1]), len(lines))
    for name in _NAMED.findall(message):
        key = re.escape(name.rpartition(".")[2])
        written = re.compile(rf"\s*(\[+\s*)?([\w.\"-]+\.)?\"?{key}\"?\s*(=|\])")
        place = next((number for number, line in enumerate(lines, 1) if written.match(line)), 0)
        if place:
            return place
    return 0
