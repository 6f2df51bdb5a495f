"""The meaning of a tree without its positions and its superfluous brackets: two lines that search the same way have one shape."""

from __future__ import annotations

from prisma_tool.identify.strategy.tree.nodes import Chain, Group, LineReference, Node, Range, SearchTerm

Shape = tuple[object, ...]


def shape_of(node: Node | None) -> Shape:
    """The shape of a tree: equal for two lines exactly if they hold the same terms, joined in the same way.

    Brackets around a single operand change nothing and are left out. Depth is bounded by the line's own brackets, which are folded
    from the inside without recursion.
    """
    if node is None:
        return ()
    results: dict[int, Shape] = {}
    pending: list[tuple[Node, bool]] = [(node, False)]
    while pending:
        current, ready = pending.pop()
        children = _children(current)
        if not ready:
            pending.append((current, True))
            pending.extend((child, False) for child in children)
        else:
            results[id(current)] = _folded(current, [results[id(child)] for child in children])
    return results[id(node)]


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Chain):
        return node.operands
    return (node.inner,) if isinstance(node, Group) and node.inner is not None else ()


def _folded(node: Node, parts: list[Shape]) -> Shape:
    if isinstance(node, SearchTerm):
        return ("term", " ".join(node.text.split()), node.tag.lower(), node.quoted)
    if isinstance(node, Range):
        return ("range", node.low, node.high, node.tag.lower())
    if isinstance(node, LineReference):
        return ("lines", node.reference.operator, node.reference.numbers)
    if isinstance(node, Group):
        return parts[0] if parts else ("nothing",)
    return ("chain", tuple(parts), tuple(operator.text for operator in node.operators))
