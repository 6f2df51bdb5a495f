"""Which lines of a numbered strategy lose a record that it should find.

Pure. Given what each line finds by itself, the reasons are sought from the last line downwards: where lines are joined by AND, each
that misses the record loses it; a line that joins by OR, or that refers to nothing, loses it as a whole; after NOT, the line that
finds it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prisma_tool.identify.strategy.numbered_lines import NumberedStrategy
from prisma_tool.identify.strategy.tokens import Reference
from prisma_tool.identify.strategy.tree.nodes import Chain, Group, LineReference, Node, walk
from prisma_tool.identify.strategy.tree.parse import parse


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
        self.roots = {line.number: parse(line.text).root for line in strategy.lines}
        self.finds = finds

    def of_line(self, number: int) -> Iterator[int]:
        """The lines that keep this line from finding the record."""
        root = self.roots[number]
        below = set(self.of_node(root)) if root is not None else set()
        yield from below or {number}

    def of_node(self, node: Node) -> Iterator[int]:
        """The lines within a part that keep it from finding the record; none where it is the part as a whole, or not known."""
        if isinstance(node, Group) and node.inner is not None:
            yield from self.of_node(node.inner)
        elif isinstance(node, LineReference):
            yield from self.of_reference(node.reference)
        elif isinstance(node, Chain):
            yield from self.of_operands(node.operands, [operator.text for operator in node.operators])

    def of_reference(self, names: Reference) -> Iterator[int]:
        if self.reference_holds(names) is False and (names.operator == "AND" or len(names.numbers) == 1):
            for number in names.numbers:
                if not self.finds[number]:
                    yield from self.of_line(number)

    def of_operands(self, operands: Sequence[Node], operators: Sequence[str]) -> Iterator[int]:
        """As for a chain, from its last operator down: what stands left of it is one part."""
        if not operators:
            yield from self.of_node(operands[0])
            return
        operator, right = operators[-1], operands[-1]
        if operator == "OR":
            return
        if self.operands_hold(operands[:-1], operators[:-1]) is False:
            yield from self.of_operands(operands[:-1], operators[:-1])
        if operator == "NOT":
            yield from (number for number in _names(right) if self.finds[number])
        elif self.holds(right) is False:
            yield from self.of_node(right)

    def holds(self, node: Node) -> bool | None:
        """Whether a part finds the record; None where that depends on what was not asked."""
        if isinstance(node, Group) and node.inner is not None:
            return self.holds(node.inner)
        if isinstance(node, LineReference):
            return self.reference_holds(node.reference)
        if isinstance(node, Chain):
            return self.operands_hold(node.operands, [operator.text for operator in node.operators])
        return None

    def reference_holds(self, names: Reference) -> bool:
        holds = any if names.operator == "OR" else all
        return holds(self.finds[number] for number in names.numbers)

    def operands_hold(self, operands: Sequence[Node], operators: Sequence[str]) -> bool | None:
        holds = self.holds(operands[0])
        for operator, operand in zip(operators, operands[1:], strict=True):
            holds = _joined(holds, operator, self.holds(operand))
        return holds


def _joined(left: bool | None, operator: str, right: bool | None) -> bool | None:
    """Whether two parts joined find the record, where each does (True), does not (False) or is not known (None)."""
    if operator == "OR":
        return True if left or right else (None if None in (left, right) else False)
    if operator == "NOT" and right is not None:
        right = not right
    return False if left is False or right is False else (None if None in (left, right) else True)


def _names(node: Node) -> Iterator[int]:
    """The numbers of all lines that a part names."""
    for part in walk(node):
        if isinstance(part, LineReference):
            yield from part.reference.numbers
