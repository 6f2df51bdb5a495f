"""Numbered lines: a strategy that refers to its own lines, written out as one query.

Invariant: what is written stays the strategy of record; the query made of it has the same meaning under strict left-to-right
reading, because every line that another one names stands in brackets of its own. The last line is the search.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from prisma_tool.errors import PrismaError
from prisma_tool.identify.strategy.guard.problems import Problem
from prisma_tool.identify.strategy.tokens import Reference, TokenKind, reference, tokens
from prisma_tool.model.text import one_line

LONGEST_QUERY = 100_000
"""In characters; lines that name each other twice and twice again would grow without end."""
_BARE_NUMBERS = re.compile(r"[#\d\s()]+(?:\b(?:AND|OR|NOT)\b[#\d\s()]+)+", re.IGNORECASE)
_BRACKETS = re.compile(r'"[^"]*"|\[[^\[\]"]*\]|[()]')
_SINGLE = re.compile(r'(?:"[^"]*"|[^\s()"]+)(?:\[[^\]]*\])?')


class StrategyFault(PrismaError):
    """Numbered lines that cannot be made into one query; the sentence names the line."""


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """One line: its number (0 where the strategy is not numbered) and its text without it."""

    number: int
    text: str

    @property
    def label(self) -> str:
        """How messages begin that are about this line."""
        return f"line {self.number}: " if self.number else ""


@dataclass(frozen=True, slots=True)
class NumberedStrategy:
    """The lines of a strategy in their order."""

    lines: tuple[NumberedLine, ...]
    changes: tuple[str, ...] = ()
    """What was taken away from the text, or written otherwise, each as a sentence."""
    published: tuple[tuple[int, int], ...] = ()
    """Line numbers with the hits that stood beside them where the strategy was published."""
    faults: tuple[Problem, ...] = ()
    """What of the text could not be understood."""

    @property
    def numbered(self) -> bool:
        """True where the lines have numbers and may refer to each other."""
        return bool(self.lines[0].number)

    @property
    def last(self) -> NumberedLine:
        """The line that is the search."""
        return self.lines[-1]


def expansions(strategy: NumberedStrategy) -> dict[int, str]:
    """The query that each line stands for, by its number (0 where lines have none), with all references written out.

    Raises:
        StrategyFault: a reference to a line that is not there, a circle, bare numbers for references, or a query beyond all bounds.
    """
    named = {line.number: _references(line) for line in strategy.lines}
    for line in strategy.lines:
        _require(line, named[line.number], named)
    texts = {line.number: line.text for line in strategy.lines}
    built: dict[int, str] = {}
    operands: dict[int, str] = {}
    for number in _in_order(named):
        built[number] = _written_out(texts[number], operands)
        if len(built[number]) > LONGEST_QUERY:
            raise StrategyFault(f"Line {number} written out is longer than {LONGEST_QUERY} characters; refer to each line once.")
        operands[number] = _bracketed(built[number])
    return built


def _references(line: NumberedLine) -> tuple[int, ...]:
    references = [reference(token) for token in tokens(line.text) if token.kind is TokenKind.REFERENCE]
    return tuple(number for named in references for number in named.numbers)


def _require(line: NumberedLine, names: tuple[int, ...], known: Mapping[int, object]) -> None:
    label = f"Line {line.number} of the strategy" if line.number else "The strategy"
    empty = [token.text for token in tokens(line.text) if token.kind is TokenKind.REFERENCE and not reference(token).numbers]
    if empty:
        raise StrategyFault(f"{label} has a range that runs backwards: {one_line(empty[0])}.")
    unknown = next((number for number in names if number not in known), None)
    if unknown is not None and not line.number:
        raise StrategyFault(f"{label} refers to #{unknown}, but its lines are not numbered; begin them with 1., 2., ...")
    if unknown is not None:
        raise StrategyFault(f"{label} refers to #{unknown}, but there is no such line.")
    if line.number and _bare_number(line):
        raise StrategyFault(f"{label} joins numbers of lines that are not there: {one_line(line.text)}.")


def _bare_number(line: NumberedLine) -> bool:
    """True where nothing but numbers are joined, and one of them names no line: as words they would find nothing."""
    return bool(_BARE_NUMBERS.fullmatch(line.text)) and any(token.text.isdecimal() for token in tokens(line.text))


def _in_order(named: Mapping[int, tuple[int, ...]]) -> list[int]:
    """All lines, each after those that it names."""
    try:
        return list(TopologicalSorter(named).static_order())
    except CycleError as error:
        # The library lists the circle against the direction of the references.
        circle = " refers to ".join(f"#{number}" for number in reversed(error.args[1]))
        raise StrategyFault(f"The lines of the strategy go in a circle: {circle}.") from None


def _written_out(text: str, operands: Mapping[int, str]) -> str:
    pieces, reached = [], 0
    for token in tokens(text):
        if token.kind is TokenKind.REFERENCE:
            pieces += [text[reached : token.start], _joined(reference(token), operands)]
            reached = token.end
    return "".join([*pieces, text[reached:]])


def _joined(names: Reference, operands: Mapping[int, str]) -> str:
    parts = [operands[number] for number in names.numbers]
    return parts[0] if len(parts) == 1 else "(" + f" {names.operator} ".join(parts) + ")"


def _bracketed(text: str) -> str:
    """The text as one operand: in brackets unless it is a single term or stands in brackets of its own."""
    return text if _SINGLE.fullmatch(text) or _enclosed(text) else f"({text})"


def _enclosed(text: str) -> bool:
    """True where the first bracket closes with the last character."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    # Quoted phrases and tags are passed over whole: a bracket in them is none.
    for match in _BRACKETS.finditer(text):
        depth += (match.group() == "(") - (match.group() == ")")
        if depth == 0 and match.group() == ")":
            return match.end() == len(text)
    return False


@lru_cache(maxsize=64)
def in_use(strategy: NumberedStrategy) -> frozenset[int]:
    """The numbers of the lines that the last line needs, itself included."""
    named = {line.number: _references(line) for line in strategy.lines}
    reached, pending = set[int](), [strategy.last.number]
    while pending:
        number = pending.pop()
        if number not in reached:
            reached.add(number)
            pending += named.get(number, ())
    return frozenset(reached)
