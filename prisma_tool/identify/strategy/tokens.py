"""A search strategy cut into its smallest parts: quoted phrases, [tags], brackets, line references and words.

Owns the reading of one line, for PubMed and ClinicalTrials.gov alike. Invariant: every character that is no white space lies in
exactly one token, so that a line put together from its tokens is the line that was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class TokenKind(StrEnum):
    """What a token is; `STRAY` is a quote or square bracket without its partner."""

    QUOTED = "quoted"
    TAG = "tag"
    OPEN = "open"
    CLOSE = "close"
    REFERENCE = "reference"
    STRAY = "stray"
    WORD = "word"


_KINDS = {kind.value: kind for kind in TokenKind}
OPERATORS = frozenset({"AND", "OR", "NOT"})
_NUMBERS = r"#?\d+(?:\s*[-,]\s*#?\d+)*"
_TOKEN = re.compile(
    r'(?P<quoted>"[^"]*")|(?P<tag>\[[^\[\]"]*\])|(?P<open>\()|(?P<close>\))|(?P<stray>["\[\]])'
    rf"|(?P<reference>\{{\s*(?:or|and)\s+{_NUMBERS}\s*\}}|\b(?:or|and)/{_NUMBERS}(?![\w*])|#\d+(?:\s*-\s*#?\d+)?(?![\w*]))"
    r'|(?P<word>[^\s()"\[\]]+)',
    re.IGNORECASE,
)
_RANGE = re.compile(r"#?(\d+)(?:\s*-\s*#?(\d+))?")


class StrategyToken(NamedTuple):
    """One part of a line, with the place where it stands; a strategy has thousands, so that they are plain tuples."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def is_operator(self) -> bool:
        """True for AND, OR and NOT in capitals."""
        return self.kind is TokenKind.WORD and self.text in OPERATORS

    @property
    def begins_operand(self) -> bool:
        """True where something that is searched begins."""
        return not self.is_operator and self.kind not in (TokenKind.CLOSE, TokenKind.TAG, TokenKind.STRAY)

    @property
    def ends_operand(self) -> bool:
        """True where something that is searched ends."""
        return not self.is_operator and self.kind not in (TokenKind.OPEN, TokenKind.STRAY)


@dataclass(frozen=True, slots=True)
class Reference:
    """Which lines a token names, and how they are joined: `#4`, `or/1-3`, `{AND #1,#4-#6}`; a bare range joins by OR."""

    operator: str
    numbers: tuple[int, ...]


@lru_cache(maxsize=2_048)
def tokens(text: str) -> tuple[StrategyToken, ...]:
    """The tokens of a line, in their order; every rule looks at the same lines, so they are kept for a while."""
    return tuple(StrategyToken(_KINDS[str(match.lastgroup)], match.group(), *match.span()) for match in _TOKEN.finditer(text))


LONGEST_RANGE = 1_000


def reference(token: StrategyToken) -> Reference:
    """What a token of kind `REFERENCE` names; a range that runs backwards or is absurdly long names nothing."""
    operator = "AND" if token.text.lstrip("{ ").upper().startswith("AND") else "OR"
    numbers: list[int] = []
    for low, high in _RANGE.findall(token.text):
        first, last = int(low[:9]), int((high or low)[:9])
        numbers += range(first, min(last, first + LONGEST_RANGE) + 1)
    return Reference(operator, tuple(numbers))
