"""The rules of the guard that need a line's tree: what stands side by side, bare numbers, fields with the wrong values.

Pure. PubMed reads two operands without an operator between them as joined by AND (PubMed User Guide, "Combining search terms"): inside
a group of synonyms that empties the search without a word, so it stops; elsewhere it may be meant and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.identify.strategy.guard.foreign_words import fields_before_brackets, is_sign, out_of_place, words_beside
from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, shown
from prisma_tool.identify.strategy.guard.pubmed_tags import field_of
from prisma_tool.identify.strategy.numbered_lines import NumberedLine
from prisma_tool.identify.strategy.tree.nodes import Chain, Group, LineReference, Node, Operator, Range, SearchTerm, walk
from prisma_tool.identify.strategy.tree.parse import parse

_DATE = re.compile(r"\d{4}(?:/(?:0?[1-9]|1[0-2])(?:/(?:0?[1-9]|[12]\d|3[01]))?)?")
_RECENT = re.compile(r"last \d+ (?:days?|months?|years?)", re.IGNORECASE)
_STRATEGY_IN_QUOTES = re.compile(r"\[[^\]]*\]|\s(?:AND|OR|NOT)\s")
"""What no phrase holds: a tag, or an operator in capitals."""
_PMID_DIGITS = 5
_NEAR = 24


def tree_problems(line: NumberedLine) -> Iterator[Problem]:
    """Everything that the tree of a line gives cause to say."""
    parsed = parse(line.text)
    yield from fields_before_brackets(line)
    for node in walk(parsed.root):
        if isinstance(node, Chain):
            yield from _side_by_side(line, node)
            yield from words_beside(line, node)
        elif isinstance(node, SearchTerm):
            yield from _term(line, node, alone=node is parsed.root)
        elif isinstance(node, Group) and node.inner is None:
            yield _stop(line, ProblemKind.BRACKETS, "nothing", "nothing stands between two brackets.", node)
        elif isinstance(node, Range):
            yield from _range(line, node)
        elif isinstance(node, LineReference) and _is_bare_range(line.text[node.start : node.end]):
            sentence = (
                f"nobody can know whether the lines {line.text[node.start : node.end]} are meant to be joined by AND or OR."
            )
            yield _stop(line, ProblemKind.OPERATOR, line.text[node.start : node.end], sentence, node)


def _side_by_side(line: NumberedLine, chain: Chain) -> Iterator[Problem]:
    written = {operator.text for operator in chain.operators if not operator.implicit}
    for operator, left, right in zip(chain.operators, chain.operands, chain.operands[1:], strict=False):
        if not operator.implicit or _number(left) or _number(right):
            continue
        near, span = _excerpt(line, operator), (right.start, right.end)
        meant = line.text[right.start : right.end]
        if isinstance(left, LineReference) or isinstance(right, LineReference):
            sentence = (
                f"{line.label}in “{near}” words stand beside the name of a line; write an operator {_place(line, operator)}."
            )
            yield Problem(ProblemKind.SIDE_BY_SIDE, f"{line.label}{near}", sentence, True, line.number, span)
        elif "OR" in written:
            sentence = (
                f"{line.label}in “{near}” two terms stand side by side within a list joined by OR; PubMed would join them by AND. "
                f"Is an OR missing {_place(line, operator)}?"
            )
            yield Problem(ProblemKind.SIDE_BY_SIDE, f"{line.label}{near}", sentence, True, line.number, span, f"OR {meant}")
        else:
            sentence = f"{line.label}in “{near}” no operator stands {_place(line, operator)}; PubMed joins the two by AND."
            yield Problem(ProblemKind.SIDE_BY_SIDE, f"{line.label}{near}", sentence, False, line.number, span, f"AND {meant}")


def _number(node: Node) -> bool:
    return isinstance(node, SearchTerm) and node.is_number


def _excerpt(line: NumberedLine, operator: Operator) -> str:
    return shown(line.text[max(0, operator.start - _NEAR) : operator.end + _NEAR])


def _place(line: NumberedLine, operator: Operator) -> str:
    """Where the operator is missing, with the column (from 1) for those who count."""
    return f"before “{shown(line.text[operator.end : operator.end + _NEAR])}” (column {operator.end + 1})"


def _term(line: NumberedLine, term: SearchTerm, *, alone: bool) -> Iterator[Problem]:
    if term.is_number and alone and len(term.text) >= _PMID_DIGITS:
        return  # PubMed takes it as the number of a record
    if term.quoted and (not term.text.strip() or _STRATEGY_IN_QUOTES.search(term.text)):
        sentence = f"the quotes around “{shown(term.text)}” hold no phrase; a whole strategy stands without quotes."
        yield _stop(line, ProblemKind.QUOTES, shown(term.text), sentence, term)
    elif not term.quoted and not term.text.isalnum() and (sign := next(filter(is_sign, term.text.split()), "")):
        sentence = f"{line.label}the sign {sign} in “{shown(term.text)}” joins nothing on PubMed; write AND, OR or NOT."
        span = (term.start, term.end)
        yield Problem(ProblemKind.LEFTOVER, f"{line.label}{shown(term.text)}", sentence, True, line.number, span)
    elif not (term.quoted or term.text.isalnum()) and (foreign := out_of_place(term.text.split(), tagged=bool(term.tag))):
        sentence = (
            f"“{shown(foreign)}” is no word that could be searched; take it out, or begin the row with // if it is a remark."
        )
        yield _stop(line, ProblemKind.LEFTOVER, shown(foreign), sentence, term)
    elif term.is_number:
        sentence = (
            f"{line.label}the number {term.text} would be searched as a word; if it is a hit count take it off, if it names a line write "
            f"#{term.text}, if it is a PMID write {term.text}[uid]."
        )
        yield Problem(
            ProblemKind.NUMBER, f"{line.label}{term.text}", sentence, True, line.number, (term.start, term.end), f"#{term.text}"
        )
    elif _is_date_field(term.tag) and not (_DATE.fullmatch(term.text) or _RECENT.fullmatch(term.text)):
        yield _no_date(line, term.text, term)


def _is_bare_range(written: str) -> bool:
    return written.startswith("#") and "-" in written


def _stop(
    line: NumberedLine, kind: ProblemKind, subject: str, sentence: str, node: SearchTerm | Group | LineReference
) -> Problem:
    span = (node.start, node.end)
    return Problem(kind, f"{line.label}{subject}", f"{line.label}{sentence}", True, line.number, span)


def _range(line: NumberedLine, node: Range) -> Iterator[Problem]:
    if not _is_date_field(node.tag):
        return
    for value in (node.low, node.high):
        if not _DATE.fullmatch(value):
            yield _no_date(line, value, node)


def _is_date_field(tag: str) -> bool:
    return "date" in field_of(tag).lower()


def _no_date(line: NumberedLine, value: str, node: SearchTerm | Range) -> Problem:
    sentence = f"{line.label}“{shown(value)}” is no date for [{shown(node.tag)}]; dates are written 2014, 2014/06 or 2014/06/01, ranges 2014/06:2025/01."
    return Problem(ProblemKind.DATE, f"{line.label}{shown(value)}", sentence, True, line.number, (node.start, node.end))
