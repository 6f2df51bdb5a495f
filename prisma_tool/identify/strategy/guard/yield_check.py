"""A search that finds hardly anything although its lines find much, or as much as was published: it asks to be confirmed.

Zero can be true. But a strategy that was pasted wrong mostly finds next to nothing, and a run that stores next to nothing and says
"complete" is believed. So the counts are shown and the run waits for somebody's word. Pure; the counts come from the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, NumberedStrategy, expansions, in_use
from prisma_tool.identify.strategy.parts import in_parts

HARDLY = 5
"""So few hits are read in a minute; a strategy of a review is not built for them."""
MANY = 100
"""A line of so many hits is a concept of its own."""
LINES_THAT_FIND_MANY = 2
"""One large line proves nothing: a rare disease joined with "therapy" finds little. Two that hardly meet are worth a look."""
PUBLISHED_SHARE = 10
"""Databases grow: a search that finds less than a tenth of what was published with it is not the same search."""
MOST_LINES = 40
"""So many lines are counted at most; each is a request."""


def yield_problems(strategy: NumberedStrategy, count: int, count_line: Callable[[str], int]) -> Iterator[Problem]:
    """A problem where the whole finds hardly a hit and its lines find hundreds, or far less than was published.

    Args:
        strategy: the lines.
        count: what the whole finds.
        count_line: gives the hits of a query; called only where the whole finds hardly anything.
    """
    published = dict(strategy.published).get(strategy.last.number, 0)
    if published >= MANY and count * PUBLISHED_SHARE < published:
        sentence = f"This search finds {count} records where {published} were published with it; is it the same search?"
        yield Problem(ProblemKind.YIELD, "less than published", sentence, stops=True)
    elif count <= HARDLY:
        yield from _hardly(strategy, count, count_line)


def _hardly(strategy: NumberedStrategy, count: int, count_line: Callable[[str], int]) -> Iterator[Problem]:
    parts = in_parts(strategy)
    lines = _countable(parts)
    queries = expansions(parts)
    counted = [(line, count_line(queries[line.number])) for line in lines]
    many = [f"line {line.number} {hits}" for line, hits in counted if hits >= MANY]
    if len(many) >= LINES_THAT_FIND_MANY:
        sentence = (
            f"This search finds {count} records, although single lines find many ({', '.join(many)}). If that is right, say so with --accept; "
            "zero can be true."
        )
        yield Problem(ProblemKind.YIELD, "hardly a hit", sentence, stops=True)


def _countable(parts: NumberedStrategy) -> list[NumberedLine]:
    needed = in_use(parts)
    return [line for line in parts.lines if line.number in needed and line != parts.last][:MOST_LINES]
