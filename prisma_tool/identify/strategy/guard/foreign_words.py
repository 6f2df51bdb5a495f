"""Words that are none: operators of other languages, labels, fields and signs of other platforms, which PubMed would search as words.

One table of shapes for the words of terms without quotes, and one rule for what stands side by side. Each shape is certain enough to
stop: nobody searches for it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, shown
from prisma_tool.identify.strategy.numbered_lines import NumberedLine
from prisma_tool.identify.strategy.tokens import OPERATORS, TokenKind, tokens
from prisma_tool.identify.strategy.tree.nodes import Chain, Group, Node, SearchTerm, walk

_IDENTIFIERS = frozenset(("doi", "pmid", "pmcid", "pmc", "nct", "isrctn"))
_OTHER_LANGUAGES = {
    **dict.fromkeys(("et", "und", "y", "e", "en", "og", "och", "i", "ve", "и", "和", "与", "且", "及", "plus"), "AND"),
    **dict.fromkeys(("ou", "oder", "o", "of", "eller", "lub", "veya", "или", "或"), "OR"),
    **dict.fromkeys(("nicht", "sauf", "pas", "sans", "non", "ohne", "niet", "不", "非", "но не"), "NOT"),
    "to": "a colon",
}
"""What stands for an operator where people write their own language; only between two operands that are complete without it."""
_FOREIGN = re.compile(r"://|%(?:5[BbDd]|2[0-9])|^</?\w|\w>$|^/\*|\*/$|^`+|`+$|^#\W*\w{0,2}$|、")
_YEARS = re.compile(r"(?:19|20)\d\d\s*(?:[-:]|to|until)\s*(?:(?:19|20)\d\d|present|current)", re.IGNORECASE)
_COLON = re.compile(r"([^\W\d_]{2,}):\w.*")
_PROXIMITY = re.compile(r"[NW]\d{1,2}")
_STAGE = re.compile(r"[TNM]\d\w?", re.IGNORECASE)
_FIELD_BEFORE = re.compile(
    r"(?:ti|ab|tiab|kw|su|key|all|noft|mesh|mh|tw|title|abstract|author|authkey|indexterms|titl?e-abs|subject)|\w+\.EXACT|\w{2,3}\s*=",
    re.IGNORECASE,
)
_PLATFORMS = (
    (re.compile(r"adj\d*", re.IGNORECASE), "the proximity operator of Ovid"),
    (re.compile(r"(?:NEAR|NEXT|ONEAR|PRE|W|N)/\d+|NEAR\d*", re.IGNORECASE), "a proximity operator of other platforms"),
    (re.compile(r".*\.(?:mp|af|[a-z]{2}(?:,[a-z]{2})*)\.", re.IGNORECASE), "a field of Ovid"),
    (re.compile(r".*:(?:[a-z]{2},)+[a-z]{2}", re.IGNORECASE), "a field of Embase"),
    (re.compile(r".*/(?:exp|de|mj)", re.IGNORECASE), "a subject heading of Embase"),
    (re.compile(r"[A-Z].*[a-z]/", re.IGNORECASE), "a subject heading of Ovid"),
    (re.compile(r"(?:TITLE-ABS-KEY|TITLE-ABS|TS=|TI=|AB=).*"), "a field of Scopus or Web of Science"),
)
_EBSCO = frozenset(("MH", "MM", "TI", "AB", "TX", "SU"))


def platform_of(word: str) -> str:
    """Of which platform's syntax a word is; "" where it can be one."""
    return next((name for pattern, name in _PLATFORMS if pattern.fullmatch(word)), "")


def is_sign(word: str) -> bool:
    """True for a word that has neither a letter nor a digit."""
    return not any(map(str.isalnum, word))


def out_of_place(words: Sequence[str], *, tagged: bool) -> str:
    """The first of a term's words that cannot be meant as one; "" where all can be."""
    edges = {words[0], words[-1]} if words else set()
    if not tagged:
        label = next((word for word in words if word in edges and word.endswith(":") and len(word) > 1), "")
        if label or (odd := _untagged(words)):
            return label or odd
    return next((word for word in words if _FOREIGN.search(word)), "")


def _untagged(words: Sequence[str]) -> str:
    for word in words:
        colon = _COLON.fullmatch(word)
        if (colon and colon[1].lower() not in _IDENTIFIERS) or (word[0] == "-" and word[1:2].isalpha() and len(words) > 1):
            return word
    operator = next((word for word in words[1:-1] if word in ("UND", "ODER")), "")
    if operator:
        return operator
    years = _YEARS.search(" ".join(words))
    if years:
        return years.group()
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        if _PROXIMITY.fullmatch(word) and not any(_STAGE.fullmatch(beside) for beside in (before, after)):
            return word
    return " ".join(words[-2:]) if words[-2:-1] == ["et"] and words[-1].startswith("al") else ""


def fields_before_brackets(line: NumberedLine) -> Iterator[Problem]:
    """`TITLE(cancer)`, `ALL=(cancer)`, `MH "Neoplasms+"`: the field of another platform stands before what it is about."""
    for before, token in pairwise(tokens(line.text)):
        if before.kind is not TokenKind.WORD:
            continue
        glued = token.kind in (TokenKind.OPEN, TokenKind.QUOTED) and before.end == token.start
        field = glued and _FIELD_BEFORE.fullmatch(before.text) is not None
        ebsco = before.text in _EBSCO and token.kind is TokenKind.QUOTED
        if field or ebsco:
            sentence = (
                f"{line.label}“{shown(line.text[before.start : token.end])}” is the field of another platform; PubMed's tags follow "
                "their term, as in cancer[tiab]."
            )
            span = (before.start, token.end)
            yield Problem(ProblemKind.PLATFORM, f"{line.label}{before.text}", sentence, True, line.number, span)


def words_beside(line: NumberedLine, chain: Chain) -> Iterator[Problem]:
    """Words without a tag beside what is complete without them: an operator in another language, or a label."""
    explicit = any(not operator.implicit for operator in chain.operators)
    for index, node in enumerate(chain.operands):
        if not isinstance(node, SearchTerm) or node.is_explicit or node.is_number:
            continue
        left = chain.operands[index - 1] if index and chain.operators[index - 1].implicit else None
        right = chain.operands[index + 1] if index < len(chain.operators) and chain.operators[index].implicit else None
        meant = _operator_meant(node.text) if left is not None and right is not None else ""
        span = (node.start, node.end)
        if meant:
            sentence = f"{line.label}“{shown(node.text)}” joins nothing on PubMed and would be searched as a word; write {meant}."
            yield Problem(ProblemKind.OPERATOR, f"{line.label}{shown(node.text)}", sentence, True, line.number, span)
        elif explicit and right is not None and left is None and _is_list(right):
            sentence = (
                f"{line.label}“{shown(node.text)}” stands before a bracket without an operator and would be searched as well; take it out "
                "if it is a label, or write AND."
            )
            yield Problem(ProblemKind.SIDE_BY_SIDE, f"{line.label}{shown(node.text)}", sentence, True, line.number, span)


def _operator_meant(text: str) -> str:
    bare = "".join(character for character in text if character.isalnum())
    return bare if bare in OPERATORS else _OTHER_LANGUAGES.get(text.lower(), "")


def _is_list(node: Node) -> bool:
    """True for brackets around terms that each have a tag or quotes."""
    if not isinstance(node, Group):
        return False
    terms = [term for term in walk(node) if isinstance(term, SearchTerm)]
    return bool(terms) and all(term.is_explicit for term in terms)
