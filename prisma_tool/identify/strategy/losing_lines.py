"""Which lines of a numbered strategy lose a record that it should find.

Pure. Given what each line finds by itself, the reasons are sought from the last line downwards: where lines are joined by AND, each
that misses the record loses it; a line that joins by OR, or that refers to nothing, loses it as a whole; after NOT, the line that
finds it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prisma_tool.identify.strategy.numbered_lines import NumberedStrategy
from prisma_tool.identify.strategy.tokens import StrategyToken, TokenKind, reference, tokens


@dataclass(frozen=True, slots=True)
class LineReference:
    """A line that another one names."""

    number: int


@dataclass(frozen=True, slots=True)
class Term:
    """Something that stands in the line itself; whether it finds the record is not known."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Two parts joined by an operator."""

    operator: str
    left: Node
    right: Node


Node = LineReference | Term | Combination


def losing_lines(strategy: NumberedStrategy, finds: Mapping[int, bool]) -> tuple[int, ...]:
    """The numbers of the lines that lose a record, in rising order; empty where the last line finds it.

    Args:
        strategy: the lines as they are written; the last one is the search.
        finds: for the number of each line, whether that line by itself finds the record.
    """
    last = strategy.last.number
    if finds[last]:
        return ()
    return tuple(sorted(set(_LineSearch(strategy, finds).of_line(last))))


class _LineSearch:
    """Looks from the last line downwards for what keeps it from finding one record."""

    def __init__(self, strategy: NumberedStrategy, finds: Mapping[int, bool]) -> None:
        self.nodes = {line.number: parsed(tokens(line.text)) for line in strategy.lines}
        self.finds = finds

    def of_line(self, number: int) -> Iterator[int]:
        """The lines that keep this line from finding the record."""
        below = set(self.of_node(self.nodes[number]))
        yield from below or {number}

    def of_node(self, node: Node) -> Iterator[int]:
        """The lines within a part that keep it from finding the record; none where it is the part as a whole, or not known."""
        if isinstance(node, LineReference) and not self.finds[node.number]:
            yield from self.of_line(node.number)
        elif isinstance(node, Combination) and node.operator in ("AND", "NOT"):
            if self.holds(node.left) is False:
                yield from self.of_node(node.left)
            if node.operator == "NOT":
                yield from (named.number for named in _names(node.right) if self.finds[named.number])
            elif self.holds(node.right) is False:
                yield from self.of_node(node.right)

    def holds(self, node: Node) -> bool | None:
        """Whether a part finds the record; None where that depends on what was not asked."""
        if isinstance(node, LineReference):
            return self.finds[node.number]
        if isinstance(node, Term):
            return None
        left, right = self.holds(node.left), self.holds(node.right)
        if node.operator == "OR":
            return True if left or right else (None if None in (left, right) else False)
        right = right if node.operator == "AND" or right is None else not right
        return False if left is False or right is False else (None if None in (left, right) else True)


def _names(node: Node) -> Iterator[LineReference]:
    if isinstance(node, LineReference):
        yield node
    elif isinstance(node, Combination):
        yield from _names(node.left)
        yield from _names(node.right)


def parsed(read: list[StrategyToken]) -> Node:
    """A line as a tree, read from left to right as PubMed does; what does not fit together counts as written in the line."""
    return _LineParser(read).expression()


class _LineParser:
    """Reads the tokens of one line into a tree; `at` is the position of the next token."""

    def __init__(self, read: list[StrategyToken]) -> None:
        self.read, self.at = read, 0

    def expression(self) -> Node:
        node = self.operand()
        while self.at < len(self.read) and self.read[self.at].kind is not TokenKind.CLOSE:
            operator = self.read[self.at].text if self.read[self.at].is_operator else "AND"
            self.at += self.read[self.at].is_operator
            node = Combination(operator, node, self.operand())
        return node

    def operand(self) -> Node:
        if self.at >= len(self.read):
            return Term()
        token = self.read[self.at]
        self.at += 1
        if token.kind is TokenKind.REFERENCE:
            return _of_reference(token)
        if token.kind is not TokenKind.OPEN:
            return self.written()
        node = self.expression()
        self.at += 1
        return node

    def written(self) -> Node:
        """A term with everything that belongs to it, up to the next operator, bracket or reference."""
        ends = (TokenKind.OPEN, TokenKind.CLOSE, TokenKind.REFERENCE)
        while self.at < len(self.read) and not self.read[self.at].is_operator and self.read[self.at].kind not in ends:
            self.at += 1
        return Term()


def _of_reference(token: StrategyToken) -> Node:
    names = reference(token)
    node: Node = LineReference(names.numbers[0])
    for number in names.numbers[1:]:
        node = Combination(names.operator, node, LineReference(number))
    return node
