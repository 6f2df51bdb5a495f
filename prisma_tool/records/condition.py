"""The language of `--where`: a condition on records, as a person types it, made into a test.

    year >= 2015 and (title ~ "breast cancer" or label = pilot) and not has:abstract and source in (Embase, Scopus)

`~` looks for the text inside a value, whatever the case and accents; `=` and `!=` compare whole values likewise; `<`, `<=`, `>` and
`>=` compare numbers; `in (a, b)` is `=` with any of the list; `has:FIELD` asks whether there is a value at all. `and` binds tighter
than `or`. Invariant: whatever is typed ends in a test or in a sentence that says what is wrong and at which character.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from prisma_tool.errors import UsageError
from prisma_tool.model.text import fold, one_line

Values = Callable[[str], Iterable[str]]
"""The values that one record has for a field; `Condition.holds` asks for them by name."""
Test = Callable[[Values], bool]
T = TypeVar("T")

_TOKEN = re.compile(
    r"\s*(?:(?P<quoted>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<operator><=|>=|!=|=|<|>|~)|(?P<mark>[(),])"
    r"|(?P<word>[^\s\"'<>=!~(),]+))"
)
_DEEPEST = 40
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Token(NamedTuple):
    """A word of the condition; `quoted` words are never operators. `at` counts characters from 1."""

    text: str
    at: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition, and the names of the fields that it asks for."""

    test: Test
    fields: frozenset[str]

    def holds(self, values: Values) -> bool:
        """Whether a record with these values meets the condition."""
        return self.test(values)


def condition(text: str, fields: Collection[str]) -> Condition:
    """The condition that `text` states about records with these fields.

    Raises:
        UsageError: it cannot be understood; the sentence names the character.
    """
    reading = _Reading(text, _tokens(text), tuple(fields))
    test = reading.any_of()
    if reading.here is not None:
        raise reading.wrong("'and' or 'or' is missing before")
    return Condition(test, frozenset(reading.asked))


def _tokens(text: str) -> list[Token]:
    found, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise _wrong(text, "this cannot be read (is a quotation mark never closed?)", _next_place(text, position))
        kind = str(match.lastgroup)
        inner = re.sub(r"\\(.)", r"\1", match[kind][1:-1]) if kind == "quoted" else match[kind]
        found.append(Token(inner, match.start(kind) + 1, quoted=kind == "quoted"))
        position = match.end()
    return found


def _next_place(text: str, position: int) -> int:
    return len(text) - len(text[position:].lstrip()) + 1


def _wrong(text: str, problem: str, at: int) -> UsageError:
    return UsageError(f"--where “{one_line(text)}”: {problem} at character {at}. `prisma-tool export --help` shows the language.")


class _Reading:
    """One pass over the tokens, from the loosest binding to the tightest."""

    def __init__(self, text: str, tokens: list[Token], fields: tuple[str, ...]) -> None:
        self.text, self.tokens, self.fields = text, tokens, fields
        self.position, self.depth = 0, 0
        self.asked: set[str] = set()

    @property
    def here(self) -> Token | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def wrong(self, problem: str) -> UsageError:
        here = self.here
        if here is None:
            return _wrong(self.text, f"{problem} the end", len(self.text) + 1)
        return _wrong(self.text, f"{problem} '{one_line(here.text)}'", here.at)

    def takes(self, word: str) -> bool:
        here = self.here
        if here is None or here.quoted or here.text.lower() != word:
            return False
        self.position += 1
        return True

    def take(self, wanted: str) -> Token:
        here = self.here
        if here is None:
            raise self.wrong(f"{wanted} is missing before")
        self.position += 1
        return here

    def any_of(self) -> Test:
        return self.joined("or", self.all_of, any)

    def all_of(self) -> Test:
        return self.joined("and", self.one, all)

    def joined(self, word: str, part: Callable[[], Test], rule: Callable[[Iterable[bool]], bool]) -> Test:
        tests = [part()]
        while self.takes(word):
            tests.append(part())
        return tests[0] if len(tests) == 1 else lambda values: rule(test(values) for test in tests)

    def one(self) -> Test:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong("too many brackets before")
        try:
            return self.negated() if self.takes("not") else self.bracketed() if self.takes("(") else self.stated()
        finally:
            self.depth -= 1

    def negated(self) -> Test:
        test = self.one()
        return lambda values: not test(values)

    def bracketed(self) -> Test:
        test = self.any_of()
        if not self.takes(")"):
            raise self.wrong("a closing bracket is missing before")
        return test

    def stated(self) -> Test:
        token = self.take("a field")
        if token.text.lower().startswith("has:") and not token.quoted:
            name = self.named(Token(token.text[len("has:") :], token.at + len("has:")))
            return lambda values: any(values(name))
        name = self.named(token)
        if self.takes("in"):
            wanted = frozenset(map(fold, self.listed()))
            return lambda values: any(fold(value) in wanted for value in values(name))
        return self.compared(name)

    def named(self, token: Token) -> str:
        name = token.text.lower()
        if token.quoted or name not in self.fields:
            near = difflib.get_close_matches(name, self.fields, n=1)
            hint = f"did you mean {near[0]}?" if near else f"fields are {', '.join(self.fields)}"
            raise _wrong(self.text, f"there is no field '{one_line(token.text)}' ({hint})", token.at)
        self.asked.add(name)
        return name

    def listed(self) -> list[str]:
        if not self.takes("("):
            raise self.wrong("an opening bracket is missing after 'in', before")
        found = [self.value()]
        while self.takes(","):
            found.append(self.value())
        if not self.takes(")"):
            raise self.wrong("a comma or closing bracket is missing before")
        return found

    def value(self) -> str:
        token = self.take("a value")
        if not token.quoted and (token.text in {"(", ")", ","} or token.text in {*_COMPARISONS, "=", "!=", "~"}):
            self.position -= 1
            raise self.wrong("a value is missing before")
        return token.text

    def compared(self, name: str) -> Test:
        operator = self.take("one of = != ~ < <= > >= in")
        if operator.quoted or operator.text not in {*_COMPARISONS, "=", "!=", "~"}:
            self.position -= 1
            raise self.wrong("one of = != ~ < <= > >= in is missing before")
        place = self.here
        given = self.value()
        if operator.text in _COMPARISONS:
            return _numeric(name, _COMPARISONS[operator.text], self.number(given, place))
        return _textual(name, operator.text, given)

    def number(self, given: str, place: Token | None) -> float:
        try:
            return float(given)
        except ValueError:
            at = place.at if place else len(self.text)
            raise _wrong(self.text, f"'{one_line(given)}' is not a number, as < and > compare,", at) from None


def _numeric(name: str, rule: Callable[[float, float], bool], wanted: float) -> Test:
    return lambda values: any(rule(float(value), wanted) for value in values(name) if _is_number(value))


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _textual(name: str, operator: str, given: str) -> Test:
    # Punctuation alone folds to nothing, which every text would contain: such a value is compared as it stands.
    wanted = fold(given)
    alike: Callable[[str], str] = fold if wanted else one_line
    wanted = wanted or one_line(given)
    if operator == "~":
        return lambda values: any(wanted in alike(value) for value in values(name))
    if operator == "=":
        return lambda values: any(alike(value) == wanted for value in values(name))
    return lambda values: all(alike(value) != wanted for value in values(name))
