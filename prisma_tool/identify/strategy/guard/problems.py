"""What is wrong, or looks wrong, with a strategy.

Invariant: `code` names the same problem on every day and in every version of this program, whatever the sentence says, because
accepted problems are remembered by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prisma_tool.model.text import one_line

_SHOWN = 60
_LINE = re.compile(r"line (\d+): ")
_EXAMPLE = re.compile(r"line \d+: |“[^”]*”")
_MANY = 4
"""So many changes of one kind are told as one."""


class ProblemKind(StrEnum):
    """The kinds; their values are stored with accepted strategies."""

    QUOTES = "unbalanced quotes"
    BRACKETS = "unbalanced brackets"
    TAG = "unknown field"
    TAG_USE = "field tag out of place"
    OPERATOR = "operator"
    OPERATOR_CASE = "operator in lower case"
    ORDER = "order of operators"
    CURLY = "curly quotes"
    TRUNCATION = "truncation"
    PROXIMITY = "proximity"
    PLATFORM = "syntax of another platform"
    UNUSED = "unused lines"
    PHRASE = "phrase not found"
    QUOTED_PHRASE = "quoted phrase not found"
    IGNORED = "phrase ignored"
    SERVICE = "message of the service"
    DRIFT = "translation changed"
    FILTERS = "filters without effect"
    LEFTOVER = "text that is not understood"
    CLEANED = "cleaned text"
    SIDE_BY_SIDE = "operands side by side"
    NUMBER = "bare number"
    DATE = "no date"
    LAST_LINE = "last line"
    ANIMALS = "animals"
    INDEXED_ONLY = "indexed records only"
    YIELD = "hardly a hit"
    DROPPED = "studies without the field"
    ONE_KIND = "one kind of term"
    SPLIT = "term taken apart"
    NARROWER = "narrower terms left out"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: what it is about, the sentence that tells it, whether it stops the search until somebody accepts it, and its place."""

    kind: ProblemKind
    subject: str
    message: str
    stops: bool = False
    line: int = 0
    """The number of the line it is in; 0 for a strategy without numbers, or all of it."""
    span: tuple[int, int] | None = None
    """Where in that line's text it stands; None where it has no single place."""
    mend: str = ""
    """What could be written at that place instead; empty where only a person can know."""

    @property
    def code(self) -> str:
        """The name under which it is accepted."""
        return f"{self.kind}: {self.subject}"


def cleaned_problems(changes: Iterable[str]) -> Iterator[Problem]:
    """What was taken away from a text, or read otherwise than it was written: told, so that nothing unseen is searched."""
    return (Problem(ProblemKind.CLEANED, change, f"Read from what was pasted: {change}.") for change in folded(changes))


def folded(changes: Iterable[str]) -> list[str]:
    """Changes with those that repeat from line to line as one: the numbers of all lines, and the first of them as an example.

    >>> folded(f"line {n}: “{n}0” was read as its hits" for n in (1, 2, 3, 5))
    ['lines 1-3, 5: “10” was read as its hits, and so in each of them']
    """
    groups: dict[str, list[str]] = {}
    for change in changes:
        groups.setdefault(_EXAMPLE.sub("", change), []).append(change)
    return [change for group in groups.values() for change in (group if len(group) < _MANY else [_folded(group)])]


def _folded(group: Sequence[str]) -> str:
    numbers = [int(match[1]) for change in group if (match := _LINE.match(change))]
    if len(numbers) < len(group):
        return f"{group[0]}, and so {len(group) - 1} times more"
    return f"lines {_ranges(numbers)}: {_LINE.sub('', group[0])}, and so in each of them"


def _ranges(numbers: Sequence[int]) -> str:
    """Rising numbers as people list them: 1-3, 5."""
    ends: list[list[int]] = []
    for number in numbers:
        if ends and number == ends[-1][1] + 1:
            ends[-1][1] = number
        else:
            ends.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ends)


def shown(text: str) -> str:
    """A piece of a strategy as messages quote it: one harmless line, shortened."""
    line = one_line(text)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."


def distinct(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, where it was met first."""
    return tuple({problem.code: problem for problem in reversed(list(problems))}.values())[::-1]
