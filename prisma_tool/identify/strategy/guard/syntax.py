"""Faults of a line that every service would stumble over: quotes, brackets and operators that do not fit together.

Pure: tokens in, problems out. Each rule is one function of its own, so that each can be read and tested alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, shown
from prisma_tool.identify.strategy.numbered_lines import NumberedLine
from prisma_tool.identify.strategy.tokens import OPERATORS, StrategyToken, TokenKind, tokens

_CURLY = re.compile("[“”„‟«»]")
_CONTEXT = 30
_LONGEST_OPERATOR = max(map(len, OPERATORS))


def balance(line: NumberedLine) -> Iterator[Problem]:
    """Quotes and brackets without a partner."""
    for token in tokens(line.text):
        if token.kind is TokenKind.STRAY:
            kind = ProblemKind.QUOTES if token.text == '"' else ProblemKind.BRACKETS
            name = "quote" if token.text == '"' else f"bracket {token.text}"
            yield _stop(line, kind, f"the {name} before “{_after(line, token)}” has no partner.", _after(line, token), token)
    yield from _round_brackets(line)


def _round_brackets(line: NumberedLine) -> Iterator[Problem]:
    opened: list[StrategyToken] = []
    for token in tokens(line.text):
        if token.kind is TokenKind.OPEN:
            opened.append(token)
        elif token.kind is TokenKind.CLOSE and opened:
            opened.pop()
        elif token.kind is TokenKind.CLOSE:
            before = shown(line.text[max(0, token.start - _CONTEXT) : token.start])
            yield _stop(line, ProblemKind.BRACKETS, f"a bracket closes after “{before}” that was never opened.", before, token)
    for token in opened:
        after = _after(line, token)
        yield _stop(line, ProblemKind.BRACKETS, f"the bracket before “{after}” is never closed.", after, token)


def _after(line: NumberedLine, token: StrategyToken) -> str:
    return shown(line.text[token.end : token.end + _CONTEXT])


def _stop(line: NumberedLine, kind: ProblemKind, sentence: str, subject: str, token: StrategyToken) -> Problem:
    span = (token.start, token.end)
    return Problem(kind, f"{line.label}{subject}", f"{line.label}{sentence}", stops=True, line=line.number, span=span)


def dangling_operators(line: NumberedLine, may_begin: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """AND, OR or NOT with nothing to join: at an end of the line or a bracket, or beside another operator.

    `may_begin` are operators that may stand first, or after another one.
    """
    read = tokens(line.text)
    for before, token, after in zip([None, *read], read, [*read[1:], None], strict=False):
        if not token.is_operator:
            continue
        left = before is not None and before.ends_operand
        right = after is not None and (after.begins_operand or after.text in may_begin)
        if (left or token.text in may_begin) and right:
            continue
        near = shown(line.text[max(0, token.start - _CONTEXT) : token.end + _CONTEXT])
        yield _stop(line, ProblemKind.OPERATOR, f"{token.text} joins nothing in “{near}”.", near, token)


def lower_case_operators(line: NumberedLine) -> Iterator[Problem]:
    """`or` and `not` where an operator must be meant stop a search, as they would be words of it; `and` is told."""
    read = tokens(line.text)
    for before, token, after in zip([None, *read], read, [*read[1:], None], strict=False):
        if token.kind is not TokenKind.WORD or len(token.text) > _LONGEST_OPERATOR or token.is_operator:
            continue
        operator = token.text.upper()
        if operator not in OPERATORS:
            continue
        certain = (before is not None and _surely_ends(before)) or (after is not None and _surely_begins(after))
        if certain or operator == "OR":
            sentence = f"{line.label}“{token.text}” is not in capitals and would be searched as a word; write {operator}."
            stops = certain and operator != "AND"
            span = (token.start, token.end)
            yield Problem(ProblemKind.OPERATOR_CASE, f"{line.label}{token.text}", sentence, stops, line.number, span, operator)


def _surely_ends(token: StrategyToken) -> bool:
    return token.kind in (TokenKind.CLOSE, TokenKind.TAG, TokenKind.QUOTED, TokenKind.REFERENCE)


def _surely_begins(token: StrategyToken) -> bool:
    return token.kind in (TokenKind.OPEN, TokenKind.QUOTED, TokenKind.REFERENCE)


def curly_quotes(line: NumberedLine) -> Iterator[Problem]:
    """Quotes that a word processor bent: the services know straight ones."""
    match = _CURLY.search(line.text)
    if match:
        near = shown(line.text[match.start() :][:_CONTEXT])
        sentence = f'{line.label}there are curly quotes at {near}; write straight ones ("...").'
        yield Problem(ProblemKind.CURLY, f"{line.label}{match.group()}", sentence, False, line.number, match.span())
