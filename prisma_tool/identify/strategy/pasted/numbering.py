"""How people number the lines of a strategy, and how such lines name each other.

Each platform and each journal has its own way: `#1`, `1.`, `(1)`, `S1`, `A:`, `Line 1:`. Data with one mechanism that applies it:
a new way is a row of the table. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prisma_tool.identify.strategy.tokens import OPERATORS, StrategyToken, TokenKind, tokens

_NOT_JOINED = r"(?:\s*$|\s+(?!(?:AND|OR|NOT|and|or|not)\s)(?=\S))"
"""After a line's number comes its text: an operator there shows that the number is a reference with which the line begins."""
_MARKED = _NOT_JOINED[:-1] + r"|(?!(?:AND|OR|NOT|and|or|not)\s)(?=[^\s\d]))"
"""After a number that a point, colon or bracket marks no blank is needed; a digit there makes it a decimal number."""
_AFTER_HASH = _NOT_JOINED[:-1] + r"|(?=[\"(]))"
"""After `#1` a quote or a bracket may follow at once."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """One way to number lines.

    `strong` ways need a single row to be recognised, the others two that count on: a query may begin with a number or a letter.
    `names` is how lines of this way are named in other lines.
    """

    pattern: re.Pattern[str]
    strong: bool = False
    consecutive: bool = False
    letters: bool = False
    names: re.Pattern[str] | None = None


def _way(
    label: str,
    *,
    after: str = _NOT_JOINED,
    strong: bool = False,
    consecutive: bool = False,
    letters: bool = False,
    names: str = "",
) -> Numbering:
    flags = re.NOFLAG if letters else re.IGNORECASE
    return Numbering(re.compile(label + after, flags), strong, consecutive, letters, re.compile(names, flags) if names else None)


NAMED = (
    r"(?:search|query|line|set|step|string|no\.?|number|concept|block|group|topic|component|facet|keywords?"
    r"|n[°º]|№|nr\.?|zeile|schritt|suche|gruppe|ligne|étape|recherche|groupe|línea|paso|búsqueda|grupo|riga|passo|ricerca)"
)
"""What people call a line, in words."""
WAYS: tuple[Numbering, ...] = (
    _way(r"#\s?(\d{1,4})(?:\s?[.:)=]|\s-(?=\s))?", after=_AFTER_HASH, strong=True),
    _way(rf"{NAMED}\s*#?(\d{{1,4}})\s?[.:)\-]?"),
    _way(r"[SLQ](\d{1,4})\s?[.:)]?", names=r"[SLQ](\d{1,4})"),
    _way(r"[(\[](\d{1,4})[)\]]\s?[.:]?"),
    _way(r"(\d{1,4})\s?[.):]", after=_MARKED, strong=True),
    _way(r"(\d{1,4})\s+-"),
    _way(r"(\d{1,4})", consecutive=True),
    _way(r"([A-Z])\s?[.:)]", letters=True, names=r"([A-Z])"),
    _way(r"\(([A-Z])\)\s?[.:]?", letters=True, names=r"([A-Z])"),
)
"""The ways to number a line, the plainest marks first."""
_WORDED = re.compile(
    r"(?:^|(?<=\()|(?<=AND )|(?<=OR )|(?<=NOT ))"
    rf"(?:(?:{NAMED}|lines|sets|steps|searches|queries|concepts|blocks)\s*#?(\d{{1,4}})|\{{#?(\d{{1,4}})\}})"
    r"(?=\s*(?:$|\)|(?:AND|OR|NOT)\b))",
    re.IGNORECASE,
)
"""A line that another one names in words, where it stands as an operand by itself: "Line 1 AND Line 2", but not "line 1 therapy"."""
_PARTED_HASH = re.compile(r"#\s+(?=\d)")
_OVID_RANGE = re.compile(r"(?<![\w/])#?(\d{1,4})\s*-\s*#?(\d{1,4})\s*/\s*(or|and)\b", re.IGNORECASE)
_HEADED = re.compile(
    r"^(?:(?:(?:pubmed|medline)?\s*search(?:\s+(?:strategy|string|details|terms))?|combined?|combination|query(?:\s+translation)?|strategy|terms"
    r"|pubmed|medline(?:\s*\(?(?:via|through)?\s*pubmed\)?)?|suchstrategie|équation\s+de\s+recherche|estrategia(?:\s+de\s+búsqueda)?|检索式)\s*:\s*|(?:combined?|combination\s+of|combining)\s+(?=[#(\dSs]))",
    re.IGNORECASE,
)
"""What people write before the line itself; it is no word of the search."""


def label_of(way: Numbering, row: str) -> tuple[int, int] | None:
    """The number with which a row begins and the position where its text begins; None where it does not begin with one."""
    match = way.pattern.match(row)
    if match is None:
        return None
    written = match[1]
    return (ord(written) - ord("A") + 1 if way.letters else int(written)), match.end()


def way_of(rows: Sequence[str]) -> Numbering | None:
    """The way in which these rows are numbered; None where they are not.

    The numbers begin with 1 and rise, or fall to 1 as PubMed's history does, or are marked so plainly that they may begin anywhere.
    """
    return next((way for way in WAYS if _numbers(way, rows)), None)


def _numbers(way: Numbering, rows: Sequence[str]) -> bool:
    labels = [label for row in rows if (label := label_of(way, row)) is not None]
    numbers = [number for number, _ in labels]
    first = next((n for n, row in enumerate(rows) if label_of(way, row)), None)
    if first is None:
        return False
    if way.strong and first == 0 and numbers[0] == 1:
        return True
    if len(numbers) < 2:  # noqa: PLR2004 - one number alone may be a part of the query
        return False
    if way.consecutive:
        rises = numbers[0] == 1 and 2 in numbers  # noqa: PLR2004
        return first == 0 and (rises or numbers == list(range(numbers[0], 0, -1)))
    begins = 1 in (numbers[0], numbers[-1]) or way.strong
    return begins and (numbers[1] > numbers[0] or falling(numbers))


def falling(numbers: Sequence[int]) -> bool:
    """True where each number is smaller than the one before."""
    return len(numbers) > 1 and all(later < earlier for earlier, later in pairwise(numbers))


def with_plain_references(text: str, known: Collection[int], way: Numbering) -> str:
    """The text of a line with every reference to another line written as `#1`, and the operators between references in capitals.

    A bare number, or a name of this way of numbering, is a reference only where it stands as an operand by itself and such a line
    exists: "1 AND 2" and "S1 OR S2", but not "vitamin B 12".
    """
    text = _PARTED_HASH.sub("#", _HEADED.sub("", text))
    text = _WORDED.sub(lambda match: _worded(match, known), text)
    text = _OVID_RANGE.sub(lambda match: f"{match[3].upper()}/{match[1]}-{match[2]}", text)
    read = tokens(text)
    pieces, reached = [], 0
    for index, token in enumerate(read):
        number = _named(token, way)
        if number in known and _stands_alone(read, index):
            pieces += [text[reached : token.start], f"#{number}"]
            reached = token.end
    return _capital_operators("".join([*pieces, text[reached:]]))


def _worded(match: re.Match[str], known: Collection[int]) -> str:
    number = int(match[1] or match[2])
    return f"#{number}" if number in known else match.group()


def without_heading(text: str) -> str:
    """A query without "Query:", "Search strategy:" and the like before it."""
    return _HEADED.sub("", text)


def names_of(way: Numbering, known: Collection[int]) -> frozenset[str]:
    """How other lines may name these lines, in capitals: 1, #1, and S1 or A where lines are numbered so."""
    letters = {chr(ord("A") + number - 1) for number in known} if way.letters else set()
    sets = {f"{letter}{number}" for letter in "SLQ" for number in known} if way.names and not way.letters else set()
    return frozenset({*map(str, known), *(f"#{number}" for number in known), *letters, *sets})


def _named(token: StrategyToken, way: Numbering) -> int:
    """The line that a word names in this way of numbering, or 0."""
    if token.kind is not TokenKind.WORD:
        return 0
    if token.text.isdecimal():
        return int(token.text[:6])
    match = way.names.fullmatch(token.text) if way.names else None
    if match is None:
        return 0
    return ord(match[1]) - ord("A") + 1 if way.letters else int(match[1])


def _stands_alone(read: Sequence[StrategyToken], index: int) -> bool:
    before = read[index - 1] if index else None
    after = read[index + 1] if index + 1 < len(read) else None
    return _is_edge(before, opening=True) and _is_edge(after, opening=False) and (before is not None or after is not None)


def _is_edge(token: StrategyToken | None, *, opening: bool) -> bool:
    if token is None:
        return True
    if token.kind is (TokenKind.OPEN if opening else TokenKind.CLOSE):
        return True
    return token.kind is TokenKind.WORD and token.text.upper() in OPERATORS


def _capital_operators(text: str) -> str:
    """`and`, `or` and `not` between references in capitals."""
    read = tokens(text)
    pieces, reached = [], 0
    for before, token, after in zip(read, read[1:], read[2:], strict=False):
        lower = token.kind is TokenKind.WORD and token.text.upper() in OPERATORS and not token.is_operator
        if lower and _reference_side(before, TokenKind.CLOSE) and _reference_side(after, TokenKind.OPEN):
            pieces += [text[reached : token.start], token.text.upper()]
            reached = token.end
    return "".join([*pieces, text[reached:]])


def _reference_side(token: StrategyToken, bracket: TokenKind) -> bool:
    return token.kind in (TokenKind.REFERENCE, bracket)
