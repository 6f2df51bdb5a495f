"""Terms of several words that PubMed's translation takes apart: each word is searched by itself, joined by AND.

A term with a tag and no quotes is a phrase only where PubMed's index has it; otherwise its words may stand anywhere in the field. A word
that was parted by a page of print shows so too. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, shown
from prisma_tool.identify.strategy.numbered_lines import NumberedLine
from prisma_tool.identify.strategy.tree.nodes import SearchTerm, walk
from prisma_tool.identify.strategy.tree.parse import parse


def split_terms(line: NumberedLine, translation: str) -> Iterator[Problem]:
    """A note for each term of this line that the translation joins by AND word by word."""
    written = translation.lower()
    for node in walk(parse(line.text).root):
        if not isinstance(node, SearchTerm) or node.quoted or not node.tag:
            continue
        words = node.text.lower().split()
        if len(words) > 1 and re.search(r"\[[^\]]*\] and ".join(f'"{re.escape(word)}"' for word in words) + r"\[", written):
            term = line.text[node.start : node.end]
            sentence = (
                f"{line.label}PubMed takes “{shown(term)}” apart and looks for {' and '.join(words)}, wherever they stand; write it in quotes "
                "if it is a phrase."
            )
            yield Problem(ProblemKind.SPLIT, f"{line.label}{shown(term)}", sentence, False, line.number, (node.start, node.end))
