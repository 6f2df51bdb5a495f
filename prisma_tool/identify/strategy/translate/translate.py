"""Writing a PubMed strategy in another platform's syntax, line by line, with every doubt marked.

Pure. Brackets keep PubMed's reading from left to right, since other platforms give AND a higher rank. What has no counterpart stands in
`[[...]]`, which no platform accepts: a translation that nobody looked over cannot be run by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from prisma_tool.identify.strategy.guard.problems import Problem
from prisma_tool.identify.strategy.guard.pubmed_checks import examine
from prisma_tool.identify.strategy.guard.pubmed_tags import field_of
from prisma_tool.identify.strategy.numbered_lines import NumberedStrategy
from prisma_tool.identify.strategy.translate.platforms import Platform
from prisma_tool.identify.strategy.tree.nodes import Chain, Group, LineReference, Node, Range, SearchTerm
from prisma_tool.identify.strategy.tree.parse import parse

_NEAR = re.compile(r":~\s*(\d+)$")
_YEAR = re.compile(r"\d{4}")
_MESH = ("MeSH Terms", "MeSH Major Topic")
_END_OF_TIME = "3000"


@dataclass(frozen=True, slots=True)
class TranslatedLine:
    """A line in another syntax; `doubts` are what a librarian has to look over, each as a sentence."""

    number: int
    text: str
    doubts: tuple[str, ...]


def translate(strategy: NumberedStrategy, platform: Platform) -> tuple[TranslatedLine, ...]:
    """Every line of a PubMed strategy in the syntax of a platform; what stops the search on PubMed is a doubt of its line, or of the last."""
    lines = [_LineWriter(platform).line(line.number, line.text) for line in strategy.lines]
    stopping = [problem for problem in examine(strategy) if problem.stops]
    return tuple(_with_stops(line, stopping, last=line is lines[-1]) for line in lines)


def _with_stops(line: TranslatedLine, stopping: Sequence[Problem], *, last: bool) -> TranslatedLine:
    own = [problem.message for problem in stopping if (problem.line or (line.number if last else -1)) == line.number]
    return replace(line, doubts=(*(f"stops the search on PubMed: {message}" for message in own), *line.doubts))


class _LineWriter:
    """Writes the nodes of one line, and gathers what is in doubt."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.doubts: list[str] = []

    def line(self, number: int, text: str) -> TranslatedLine:
        parsed = parse(text)
        leftovers = [f"“{token.text}” has no place in the strategy" for token in parsed.leftovers]
        written = self.node(parsed.root) if parsed.root is not None else self.missing(text, "nothing is searched here")
        return TranslatedLine(number, written, (*leftovers, *dict.fromkeys(self.doubts)))

    def missing(self, text: str, why: str) -> str:
        self.doubts.append(f"“{text}”: {why}")
        return f"[[{text}]]"

    def node(self, node: Node) -> str:
        if isinstance(node, Group):
            return (
                f"({self.node(node.inner)})" if node.inner is not None else self.missing("()", "nothing stands in the brackets")
            )
        if isinstance(node, Chain):
            return self.chain(node)
        if isinstance(node, LineReference):
            return self.reference(node)
        return self.range(node) if isinstance(node, Range) else self.term(node)

    def chain(self, chain: Chain) -> str:
        """Operands from left to right; where the operator changes, what stands before it gets brackets."""
        text, before = self.node(chain.operands[0]), ""
        for operator, operand in zip(chain.operators, chain.operands[1:], strict=True):
            if before and operator.text != before:
                text = f"({text})"
            text = f"{text} {self.operator(operator.text)} {self.node(operand)}"
            before = operator.text
        return text

    def operator(self, text: str) -> str:
        word = self.platform.negation if text == "NOT" else text
        return word.lower() if self.platform.lower_operators else word

    def reference(self, node: LineReference) -> str:
        names = [self.platform.reference.format(number) for number in node.reference.numbers]
        joined = f" {self.operator(node.reference.operator)} ".join(names)
        return f"({joined})" if len(names) > 1 else joined

    def range(self, node: Range) -> str:
        low, high = _YEAR.match(node.low), _YEAR.match(node.high)
        if not (self.platform.years and low and high and "publication" in field_of(node.tag).lower()):
            return self.missing(f"{node.low}:{node.high}[{node.tag}]", "limit the dates by hand")
        if len(node.low) > len("2014") or (len(node.high) > len("2014") and node.high != _END_OF_TIME):
            self.doubts.append(f"“{node.low}:{node.high}”: written as whole years")
        first, last = low.group(), high.group()
        return self.platform.years.format(low=first, high=last, before=int(first) - 1, after=int(last) + 1)

    def term(self, term: SearchTerm) -> str:
        near = _NEAR.search(term.tag)
        bare = term.tag[: near.start()] if near else term.tag
        modifier = bare.lower().endswith(":noexp")
        name = field_of(bare.partition(":")[0]) if bare else ""
        if name in _MESH:
            return self.heading(term, "majr" if name == "MeSH Major Topic" else ("noexp" if modifier else "exp"))
        if not bare:
            return self.untagged(term)
        pattern = self.platform.fields.get(name, "")
        if not pattern:
            return self.missing(f"{_as_written(term)}", f"{self.platform.name} has no counterpart of [{term.tag}] here")
        return pattern.replace("{}", self.near(term, int(near[1])) if near else self.phrase(term))

    def heading(self, term: SearchTerm, kind: str) -> str:
        if "/" in term.text:
            return self.missing(_as_written(term), "a heading with a subheading; write it by hand")
        pattern = self.platform.headings.get(kind, "")
        if not pattern:
            return self.missing(_as_written(term), self.platform.check)
        if self.platform.check:
            self.doubts.append(f"“{term.text}”: {self.platform.check}")
        return pattern.format(term.text)

    def untagged(self, term: SearchTerm) -> str:
        self.doubts.append(f"“{term.text}”: PubMed maps words without a tag to headings and all fields; here they are words only")
        return self.platform.any_field.replace("{}", self.phrase(term))

    def phrase(self, term: SearchTerm) -> str:
        words = term.text.split()
        if len(words) == 1:
            return term.text
        if "*" in term.text and self.platform.phrase_with_stem:
            return f"({self.platform.phrase_with_stem.join(words)})"
        return self.platform.phrase.format(term.text)

    def near(self, term: SearchTerm, distance: int) -> str:
        joined = self.platform.near.format(n=distance + self.platform.near_adds)
        return f"({joined.join(term.text.split())})"


def _as_written(term: SearchTerm) -> str:
    text = f'"{term.text}"' if term.quoted else term.text
    return f"{text}[{term.tag}]" if term.tag else text
