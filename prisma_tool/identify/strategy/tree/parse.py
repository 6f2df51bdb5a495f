"""Reading a line as a tree, the way PubMed does: operators strictly from left to right, brackets first, tags after their terms.

Pure, and never at a loss: whatever has no place in the language (a bracket or an operator without partner, a tag without a term) is
listed among the leftovers, so that a caller can stop. Brackets are kept on a stack of our own: no depth of them ends in a crash.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from prisma_tool.identify.strategy.tokens import StrategyToken, TokenKind, reference, tokens
from prisma_tool.identify.strategy.tree.nodes import Chain, Group, LineReference, Node, Operator, Range, SearchTerm

DEEPEST = 100
"""Brackets within brackets; more than a person could have meant, so that they are leftovers."""


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """A line as a tree, and the tokens that have no place in it; `root` is None where nothing is searched."""

    text: str
    root: Node | None
    leftovers: tuple[StrategyToken, ...]


@dataclass(slots=True)
class _Level:
    """What stands between two brackets, as far as it has been read."""

    start: int
    operands: list[Node] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)
    awaited: StrategyToken | None = None
    """An operator whose right operand has not come yet."""

    def add(self, node: Node) -> None:
        if self.operands:
            operator = self.awaited
            explicit = operator is not None and Operator(operator.text, operator.start, operator.end)
            self.operators.append(explicit or Operator("AND", self.operands[-1].end, node.start, implicit=True))
        self.operands.append(node)
        self.awaited = None

    def node(self) -> Node | None:
        if not self.operands:
            return None
        return self.operands[0] if len(self.operands) == 1 else Chain(tuple(self.operands), tuple(self.operators))


@lru_cache(maxsize=1_024)
def parse(text: str) -> ParsedLine:
    """The tree of one line.

    A NOT that stands first, or after another operator, joins nothing to its left: it is a leftover, as any operator there is.
    """
    return _Parser(text).parsed()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text, tokens(text), 0
        self.levels = [_Level(0)]
        self.leftovers: list[StrategyToken] = []

    def parsed(self) -> ParsedLine:
        while self.at < len(self.tokens):
            self._take(self.tokens[self.at])
        while len(self.levels) > 1:
            self._close(self.levels[-1], len(self.text))
        if self.levels[0].awaited is not None:
            self.leftovers.append(self.levels[0].awaited)
        return ParsedLine(self.text, self.levels[0].node(), tuple(self.leftovers))

    def _take(self, token: StrategyToken) -> None:
        self.at += 1
        if token.kind is TokenKind.OPEN and len(self.levels) <= DEEPEST:
            self.levels.append(_Level(token.start))
        elif token.kind is TokenKind.CLOSE and len(self.levels) > 1:
            self._close(self.levels[-1], token.end)
        elif token.is_operator:
            self._operator(token)
        elif token.kind is TokenKind.REFERENCE:
            self.levels[-1].add(LineReference(reference(token), token.start, token.end))
        elif token.kind in (TokenKind.WORD, TokenKind.QUOTED):
            self.levels[-1].add(self._operand(token))
        else:
            self.leftovers.append(token)

    def _operator(self, token: StrategyToken) -> None:
        level = self.levels[-1]
        if not level.operands or level.awaited is not None:
            self.leftovers.append(token)
        else:
            level.awaited = token

    def _close(self, level: _Level, end: int) -> None:
        self.levels.pop()
        if level.awaited is not None:
            self.leftovers.append(level.awaited)
        self.levels[-1].add(Group(level.node(), level.start, end))

    def _operand(self, first: StrategyToken) -> SearchTerm | Range:
        words = [first]
        while first.kind is TokenKind.WORD and self._next_is(TokenKind.WORD) and not self._is_colon(self.tokens[self.at]):
            words.append(self.tokens[self.at])
            self.at += 1
        tag = self._tag()
        if self.at < len(self.tokens) and self._is_colon(self.tokens[self.at]):
            return self._range(words, tag)
        last = tag or words[-1]
        text = self.text[first.start : words[-1].end]
        quoted = first.kind is TokenKind.QUOTED
        low, colon, high = text.partition(":")
        if colon and tag and not quoted and len(words) == 1 and low and high:
            return Range(low, high, _tag_text(tag), first.start, last.end)
        return SearchTerm(text.strip('"') if quoted else text, _tag_text(tag), quoted, first.start, last.end)

    def _range(self, words: list[StrategyToken], tag: StrategyToken | None) -> SearchTerm | Range:
        """A range whose colon stands by itself: `"2014/01/01"[dp] : "2025/01/31"[dp]`."""
        self.at += 1
        low = self.text[words[0].start : words[-1].end].strip('"')
        if not (self._next_is(TokenKind.WORD) or self._next_is(TokenKind.QUOTED)):
            self.leftovers.append(self.tokens[self.at - 1])
            return SearchTerm(low, _tag_text(tag), words[0].kind is TokenKind.QUOTED, words[0].start, (tag or words[-1]).end)
        upper = self.tokens[self.at]
        self.at += 1
        last = self._tag()
        return Range(low, upper.text.strip('"'), _tag_text(last or tag), words[0].start, (last or upper).end)

    def _next_is(self, kind: TokenKind) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].kind is kind and not self.tokens[self.at].is_operator

    def _is_colon(self, token: StrategyToken) -> bool:
        return token.kind is TokenKind.WORD and token.text == ":"

    def _tag(self) -> StrategyToken | None:
        if not self._next_is(TokenKind.TAG):
            return None
        self.at += 1
        return self.tokens[self.at - 1]


def _tag_text(tag: StrategyToken | None) -> str:
    return tag.text[1:-1].strip() if tag is not None else ""
