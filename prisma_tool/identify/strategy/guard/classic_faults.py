"""The classic faults of published PubMed strategies: each is sound to PubMed and loses records without a word.

Of 137 strategies of systematic reviews 92.7 % had at least one error (Salvador-Olivan, Marco-Cuenca and Arquero-Aviles 2019,
doi:10.5195/jmla.2019.567). Which faults matter follows PRESS 2015 (McGowan 2016) and the Cochrane Handbook, chapter 4. Nothing here stops
a search: each fault can be meant, so it is told with the usual form. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, shown
from prisma_tool.identify.strategy.guard.pubmed_tags import field_of
from prisma_tool.identify.strategy.numbered_lines import NumberedLine
from prisma_tool.identify.strategy.tree.nodes import Chain, Group, Node, SearchTerm, walk
from prisma_tool.identify.strategy.tree.parse import parse

_MESH = frozenset(("MeSH Terms", "MeSH Major Topic"))
_ANIMALS = frozenset(("animals", "animal"))
_HUMANS = frozenset(("humans", "human"))
_USUAL = "NOT (animals[mh] NOT humans[mh])"
_FREE_TEXT = frozenset(("Title", "Title/Abstract", "Abstract", "Text Word"))
_TEXT_GROUP = 3
"""A list of so many headings is a concept that would be expected to have words too."""
_MANY_WORDS = 6
"""A strategy of so many words of title and abstract is one of a review, not a look for a single paper."""


def classic_faults(line: NumberedLine) -> Iterator[Problem]:
    """The classic faults in one line."""
    root = parse(line.text).root
    for node in walk(root):
        if isinstance(node, Chain):
            yield from _animals(line, node)
            yield from _limits_to_indexed(line, node)
            yield from _and_before_or(line, node)
            yield from _one_kind_of_term(line, node)


def _plain(node: Node) -> Node:
    """A node without superfluous brackets."""
    while isinstance(node, Group) and node.inner is not None:
        node = node.inner
    return node


def _is_heading(node: Node, words: frozenset[str]) -> bool:
    plain = _plain(node)
    return isinstance(plain, SearchTerm) and plain.text.strip('"').lower() in words and _field(plain) in _MESH


def _field(term: SearchTerm) -> str:
    return field_of(term.tag.partition(":")[0])


def _animals(line: NumberedLine, chain: Chain) -> Iterator[Problem]:
    """`NOT animals` removes every study of humans that also has the heading Animals; so does `NOT animals NOT humans`, all of them."""
    nots = [operand for operator, operand in zip(chain.operators, chain.operands[1:], strict=False) if operator.text == "NOT"]
    animals = [operand for operand in nots if _is_heading(operand, _ANIMALS)]
    humans = [operand for operand in nots if _is_heading(operand, _HUMANS)]
    if animals and humans and len(chain.operands) > len(nots):
        sentence = f"{line.label}NOT animals NOT humans removes the studies of humans too, since operators go from left to right; the usual form is {_USUAL}."
        yield _problem(ProblemKind.ANIMALS, line, "not animals not humans", sentence, chain)
    elif animals:
        sentence = (
            f"{line.label}NOT animals alone removes studies of humans and animals (every human study with the heading Animals beside "
            f"Humans); the usual form is {_USUAL}."
        )
        yield _problem(ProblemKind.ANIMALS, line, "not animals", sentence, animals[0], _USUAL.removeprefix("NOT "))


def _limits_to_indexed(line: NumberedLine, chain: Chain) -> Iterator[Problem]:
    """`AND humans[mh]`: only indexed records have headings, so the newest are lost."""
    joined = _joined_by(chain, "AND")
    for operand in joined:
        if _is_heading(operand, _HUMANS) and len(joined) > 1:
            sentence = (
                f"{line.label}AND humans[mh] keeps only records that are indexed with MeSH: the newest, and journals without MEDLINE "
                f"indexing, are lost; the usual form is {_USUAL}."
            )
            yield _problem(ProblemKind.INDEXED_ONLY, line, "humans", sentence, operand)
        plain = _plain(operand)
        if isinstance(plain, SearchTerm) and plain.text.strip('"').lower() == "medline" and field_of(plain.tag) == "Filter":
            sentence = (
                f"{line.label}AND medline[sb] leaves out everything that is not indexed for MEDLINE, the newest records first."
            )
            yield _problem(ProblemKind.INDEXED_ONLY, line, "medline", sentence, operand)


def _joined_by(chain: Chain, operator: str) -> list[Node]:
    """The operands on either side of an operator."""
    sides = {n for n, joined in enumerate(chain.operators) if joined.text == operator}
    return [operand for n, operand in enumerate(chain.operands) if n in sides or n - 1 in sides]


def _and_before_or(line: NumberedLine, chain: Chain) -> Iterator[Problem]:
    """`A AND B OR C` is (A AND B) OR C: C is found with or without A."""
    written = [operator.text for operator in chain.operators if not operator.implicit]
    first = written.index("AND") if "AND" in written else None
    if first is None or "OR" not in written[first:] or "OR" in written[:first]:
        return
    at = next(operator for operator in chain.operators if operator.text == "OR" and operator.start > chain.operands[first].end)
    near = shown(line.text[max(0, at.start - 30) : at.end + 20])
    sentence = f"{line.label}AND and OR stand side by side in “{near}”; PubMed goes from left to right, so set brackets."
    yield Problem(ProblemKind.ORDER, f"{line.label}{near}", sentence, False, line.number, (at.start, at.end))


def _one_kind_of_term(line: NumberedLine, chain: Chain) -> Iterator[Problem]:
    """A list of synonyms that holds only headings, or only free text, misses what the other would find."""
    if {operator.text for operator in chain.operators} != {"OR"} or len(chain.operands) < _TEXT_GROUP:
        return
    terms = [_plain(operand) for operand in chain.operands]
    if not all(isinstance(term, SearchTerm) for term in terms):
        return
    headings = sum(isinstance(term, SearchTerm) and _field(term) in _MESH for term in terms)
    near = shown(line.text[chain.start : chain.end])
    if headings == len(terms):
        sentence = (
            f"{line.label}the list “{near}” has MeSH headings only; records that are not indexed yet, or not under these headings, are "
            "found by words of title and abstract alone."
        )
        yield _problem(ProblemKind.ONE_KIND, line, f"headings {near}", sentence, chain)


def _problem(kind: ProblemKind, line: NumberedLine, subject: str, sentence: str, node: Node, mend: str = "") -> Problem:
    return Problem(kind, f"{line.label}{subject}", sentence, False, line.number, (node.start, node.end), mend)


def concepts_without_headings(lines: Sequence[NumberedLine]) -> Iterator[Problem]:
    """A strategy that has no MeSH heading in any of its lines."""
    terms = [node for line in lines for node in walk(parse(line.text).root) if isinstance(node, SearchTerm)]
    words = [term for term in terms if _field(term) in _FREE_TEXT]
    # Words without a tag are mapped to headings by PubMed itself.
    if len(words) < _MANY_WORDS or any(_field(term) in _MESH or not (term.tag or term.quoted) for term in terms):
        return
    sentence = (
        "The strategy has words of title and abstract only; MeSH headings would find indexed records that word it otherwise."
    )
    yield Problem(ProblemKind.ONE_KIND, "no headings", sentence)
