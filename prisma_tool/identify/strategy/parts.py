"""A strategy without numbers as numbered lines, so that what each part finds can be asked and said.

Pure. The parts are those that AND and NOT join at the top of the query; joined again they mean the same.
"""

from __future__ import annotations

from dataclasses import replace

from prisma_tool.identify.strategy.numbered_lines import NumberedLine, NumberedStrategy
from prisma_tool.identify.strategy.tokens import TokenKind, tokens


def in_parts(strategy: NumberedStrategy) -> NumberedStrategy:
    """A strategy without numbers as numbered lines: the parts that AND and NOT join at its top, and a last line that joins them."""
    if strategy.numbered:
        return strategy
    text = strategy.last.text
    cuts, depth = [], 0
    for token in tokens(text):
        depth += (token.kind is TokenKind.OPEN) - (token.kind is TokenKind.CLOSE)
        if depth == 0 and token.is_operator:
            cuts.append(token)
    if not cuts or any(cut.text == "OR" for cut in cuts):
        return NumberedStrategy((replace(strategy.last, number=1),))
    edges = [0, *(edge for cut in cuts for edge in (cut.start, cut.end)), len(text)]
    parts = [text[edges[n] : edges[n + 1]].strip() for n in range(0, len(edges), 2)]
    joined = "#1" + "".join(f" {cut.text} #{number}" for number, cut in enumerate(cuts, start=2))
    lines = [*parts, joined]
    return NumberedStrategy(tuple(NumberedLine(number, part) for number, part in enumerate(lines, start=1)))
