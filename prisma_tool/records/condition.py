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


class ConditionToken(NamedTuple):
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


def parse_condition(text: str, fields: Collection[str]) -> Condition:
    """The condition that `text` states about records with these fields.

    Raises:
        UsageError: it cannot be understood; the sentence names the character.
    """
    parser = _ConditionParser(text, _tokens(text), tuple(fields))
    test = parser.any_of()
    if parser.token is not None:
        raise parser.error("'and' or 'or' is missing before")
    return Condition(test, frozenset(parser.used_fields))


def _tokens(text: str) -> list[ConditionToken]:
    tokens, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise _condition_error(
                text, "this cannot be read (is a quotation mark never closed?)", _next_character(text, position)
            )
        kind = str(match.lastgroup)
        inner = re.sub(r"\\(.)", r"\1", match[kind][1:-1]) if kind == "quoted" else match[kind]
        tokens.append(ConditionToken(inner, match.start(kind) + 1, quoted=kind == "quoted"))
        position = match.end()
    return tokens


def _next_character(text: str, position: int) -> int:
    return len(text) - len(text[position:].lstrip()) + 1


def _condition_error(text: str, problem: str, at: int) -> UsageError:
    return UsageError(
        f"The condition “{one_line(text)}”: {problem} at character {at}. `prisma-tool export --help` shows the language."
    )


class _ConditionParser:
    """One pass over the tokens, from the loosest binding to the tightest."""

    def __init__(self, text: str, tokens: list[ConditionToken], fields: tuple[str, ...]) -> None:
        self.text, self.tokens, self.fields = text, tokens, fields
        self.position, self.depth = 0, 0
        self.used_fields: set[str] = set()

    @property
    def token(self) -> ConditionToken | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def error(self, problem: str) -> UsageError:
        token = self.token
        if token is None:
            return _condition_error(self.text, f"{problem} the end", len(self.text) + 1)
        return _condition_error(self.text, f"{problem} '{one_line(token.text)}'", token.at)

    def take_if(self, word: str) -> bool:
        token = self.token
        if token is None or token.quoted or token.text.lower() != word:
            return False
        self.position += 1
        return True

    def take_any(self, expected: str) -> ConditionToken:
        token = self.token
        if token is None:
            raise self.error(f"{expected} is missing before")
        self.position += 1
        return token

    def any_of(self) -> Test:
        return self.joined("or", self.all_of, any)

    def all_of(self) -> Test:
        return self.joined("and", self.single, all)

    def joined(self, word: str, part: Callable[[], Test], rule: Callable[[Iterable[bool]], bool]) -> Test:
        tests = [part()]
        while self.take_if(word):
            tests.append(part())
        return tests[0] if len(tests) == 1 else lambda values: rule(test(values) for test in tests)

    def single(self) -> Test:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error("too many brackets before")
        try:
            return self.negated() if self.take_if("not") else self.bracketed() if self.take_if("(") else self.comparison()
        finally:
            self.depth -= 1

    def negated(self) -> Test:
        test = self.single()
        return lambda values: not test(values)

    def bracketed(self) -> Test:
        test = self.any_of()
        if not self.take_if(")"):
            raise self.error("a closing bracket is missing before")
        return test

    def comparison(self) -> Test:
        token = self.take_any("a field")
        if token.text.lower().startswith("has:") and not token.quoted:
            name = self.field_name(ConditionToken(token.text[len("has:") :], token.at + len("has:")))
            return lambda values: any(values(name))
        name = self.field_name(token)
        if self.take_if("in"):
            allowed = frozenset(map(fold, self.value_list()))
            return lambda values: any(fold(value) in allowed for value in values(name))
        return self.compared_with(name)

    def field_name(self, token: ConditionToken) -> str:
        name = token.text.lower()
        if token.quoted or name not in self.fields:
            near = difflib.get_close_matches(name, self.fields, n=1)
            hint = f"did you mean {near[0]}?" if near else f"fields are {', '.join(self.fields)}"
            raise _condition_error(self.text, f"there is no field '{one_line(token.text)}' ({hint})", token.at)
        self.used_fields.add(name)
        return name

    def value_list(self) -> list[str]:
        if not self.take_if("("):
            raise self.error("an opening bracket is missing after 'in', before")
        values = [self.value()]
        while self.take_if(","):
            values.append(self.value())
        if not self.take_if(")"):
            raise self.error("a comma or closing bracket is missing before")
        return values

    def value(self) -> str:
        token = self.take_any("a value")
        if not token.quoted and (token.text in {"(", ")", ","} or token.text in {*_COMPARISONS, "=", "!=", "~"}):
            self.position -= 1
            raise self.error("a value is missing before")
        return token.text

    def compared_with(self, name: str) -> Test:
        operator = self.take_any("one of = != ~ < <= > >= in")
        if operator.quoted or operator.text not in {*_COMPARISONS, "=", "!=", "~"}:
            self.position -= 1
            raise self.error("one of = != ~ < <= > >= in is missing before")
        value_token = self.token
        text = self.value()
        if operator.text in _COMPARISONS:
            return _numeric(name, _COMPARISONS[operator.text], self.number(text, value_token))
        return _textual(name, operator.text, text)

    def number(self, text: str, value_token: ConditionToken | None) -> float:
        try:
            return float(text)
        except ValueError:
            at = value_token.at if value_token else len(self.text)
            raise _condition_error(self.text, f"'{one_line(text)}' is not a number, as < and > compare,", at) from None


def _numeric(name: str, rule: Callable[[float, float], bool], limit: float) -> Test:
    return lambda values: any(rule(float(value), limit) for value in values(name) if _is_number(value))


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _textual(name: str, operator: str, text: str) -> Test:
    # Punctuation alone folds to nothing, which every text would contain: such a value is compared as it stands.
    expected = fold(text)
    normalise: Callable[[str], str] = fold if expected else one_line
    expected = expected or one_line(text)
    if operator == "~":
        return lambda values: any(expected in normalise(value) for value in values(name))
    if operator == "=":
        return lambda values: any(normalise(value) == expected for value in values(name))
    return lambda values: all(normalise(value) != expected for value in values(name))
