"""What a line of a strategy consists of, each part with the place where it stands.

Tuples, because a strategy has thousands of them. Invariant: `start` and `end` are positions in the text that was parsed, so that
`text[node.start:node.end]` is what was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from prisma_tool.identify.strategy.tokens import Reference


class SearchTerm(NamedTuple):
    """Words that are searched, or a quoted phrase, with the tag that follows ("" where there is none).

    A run of words without a tag is one term: PubMed maps it as a whole. `tag` stands without its brackets.
    """

    text: str
    tag: str
    quoted: bool
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """True for a bare number: no phrase, no tag, only digits."""
        return not self.quoted and not self.tag and self.text.replace(",", "").isdecimal()

    @property
    def is_explicit(self) -> bool:
        """True where the term certainly ends: it is quoted or has a tag."""
        return self.quoted or bool(self.tag)


class Range(NamedTuple):
    """From one value to another in a field of dates or numbers, as in `2014:2025[dp]`."""

    low: str
    high: str
    tag: str
    start: int
    end: int


class LineReference(NamedTuple):
    """Other lines of the strategy, as in `#4` or `or/1-3`."""

    reference: Reference
    start: int
    end: int


class Group(NamedTuple):
    """A pair of round brackets; `inner` is None where nothing stands in it."""

    inner: Node | None
    start: int
    end: int


class Operator(NamedTuple):
    """AND, OR or NOT; `implicit` where two operands stand side by side, which PubMed reads as AND."""

    text: str
    start: int
    end: int
    implicit: bool = False


class Chain(NamedTuple):
    """Operands joined strictly from left to right; `operators[n]` stands between `operands[n]` and `operands[n + 1]`."""

    operands: tuple[Node, ...]
    operators: tuple[Operator, ...]

    @property
    def start(self) -> int:
        """Where the first operand begins."""
        return self.operands[0].start

    @property
    def end(self) -> int:
        """Where the last operand ends."""
        return self.operands[-1].end


Node = SearchTerm | Range | LineReference | Group | Chain


def walk(node: Node | None) -> Iterator[Node]:
    """The node and everything in it, from left to right, without recursion: brackets may be nested as deep as anybody likes."""
    pending = [node] if node is not None else []
    while pending:
        current = pending.pop()
        yield current
        if isinstance(current, Chain):
            pending.extend(reversed(current.operands))
        elif isinstance(current, Group) and current.inner is not None:
            pending.append(current.inner)
