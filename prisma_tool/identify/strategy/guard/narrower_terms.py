"""Headings whose narrower terms are left out (`:noexp`), though most of their records stand under these.

It can be meant, as in Cochrane's filters, so it is told with both counts and stops nothing. Pure: the caller gives what counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, shown
from prisma_tool.identify.strategy.guard.pubmed_tags import field_of
from prisma_tool.identify.strategy.numbered_lines import NumberedLine
from prisma_tool.identify.strategy.tree.nodes import SearchTerm, walk
from prisma_tool.identify.strategy.tree.parse import parse

_MESH = frozenset(("MeSH Terms", "MeSH Major Topic"))
TIMES = 3
"""An exploded heading that finds so many times more is a broad one."""
MOST_HEADINGS = 10
"""So many are counted at most; each is two requests."""


def narrower_terms(lines: Iterable[NumberedLine], count: Callable[[str], int]) -> Iterator[Problem]:
    """A note for each heading that would find many times more with its narrower terms.

    Args:
        lines: the lines that are searched.
        count: gives the hits of a query.
    """
    headings = [(line, term) for line in lines for term in _unexploded(line)]
    for line, term in headings[:MOST_HEADINGS]:
        written = line.text[term.start : term.end]
        tag = term.tag.partition(":")[0].strip()
        exploded = f"{line.text[term.start : term.end].rpartition('[')[0].rstrip()}[{tag}]"
        alone, all_of_it = count(written), count(exploded)
        if all_of_it >= TIMES * max(alone, 1):
            sentence = (
                f"{line.label}{shown(written)} leaves out the narrower headings: it finds {alone} records, {shown(exploded)} finds "
                f"{all_of_it}. Take :noexp off unless that is meant."
            )
            span = (term.start, term.end)
            yield Problem(ProblemKind.NARROWER, f"{line.label}{shown(written)}", sentence, False, line.number, span)


def _unexploded(line: NumberedLine) -> Iterator[SearchTerm]:
    for node in walk(parse(line.text).root):
        if isinstance(node, SearchTerm) and ":" in node.tag:
            tag, _, modifier = node.tag.partition(":")
            if modifier.strip().lower() == "noexp" and field_of(tag) in _MESH:
                yield node
