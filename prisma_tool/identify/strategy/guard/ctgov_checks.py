"""The checks of a strategy for ClinicalTrials.gov: what its search expressions would refuse, or search otherwise than meant.

Pure. The names that AREA[...] takes are those of the service's study structure and search areas (API 2.0.5); a name of a later
version stops a search once and can be accepted.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from prisma_tool.identify.strategy.guard.ctgov_fields import AREAS
from prisma_tool.identify.strategy.guard.foreign_words import is_sign, out_of_place, platform_of
from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, cleaned_problems, distinct, shown
from prisma_tool.identify.strategy.guard.syntax import balance, curly_quotes, dangling_operators, lower_case_operators
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, NumberedStrategy, in_use
from prisma_tool.identify.strategy.pasted.addresses import AddressSearch
from prisma_tool.identify.strategy.tokens import StrategyToken, TokenKind, tokens
from prisma_tool.identify.strategy.tree.nodes import SearchTerm, walk
from prisma_tool.identify.strategy.tree.parse import parse

FUNCTIONS = ("AREA", "SEARCH", "RANGE", "EXPANSION", "EXPAND", "COVERAGE", "COVER", "DISTANCE", "TILT")
"""The operators of an expression that take square brackets."""
NUMBERED = "query.term"
"""The one parameter whose text may be numbered lines."""
_COUNTED = re.compile(r"\b\d+\s+(?:studies|results|hits|records|trials)$", re.IGNORECASE)
_NCT_OR = re.compile(r"NCT\d{8}|OR", re.IGNORECASE)


def examine_trials(parameters: Mapping[str, str], strategy: NumberedStrategy | None) -> tuple[Problem, ...]:
    """What the parameters of a search give cause to say; `strategy` is the text of `query.term`, if there is one."""
    problems = [problem for line in _lines(parameters, strategy) for problem in examine_expression(line)]
    faults = (*strategy.faults, *cleaned_problems(strategy.changes)) if strategy else ()
    return distinct([*faults, *problems, *_filters_without_effect(parameters), *_studies_without_field(parameters)])


def address_problems(address: AddressSearch | None) -> Iterator[Problem]:
    """How an address was read: what it asks for, what only says how a page looks, and what limits it in a way that is not known here."""
    if address is None:
        return
    asked = ", ".join(f"{name} = {shown(value)}" for name, value in address.parameters.items())
    yield Problem(ProblemKind.CLEANED, asked, f"Read from the address: {asked or 'no search at all'}.", stops=not asked)
    if address.left_out:
        left_out = ", ".join(map(shown, address.left_out))
        yield Problem(
            ProblemKind.CLEANED, left_out, f"Left out of the address, since it only says how the page looks: {left_out}."
        )
    for part in address.unknown:
        sentence = f"The address limits the search by “{shown(part)}”, which is not known here; write it as filter.advanced, or leave it out."
        yield Problem(ProblemKind.LEFTOVER, shown(part), sentence, stops=True)


def _lines(parameters: Mapping[str, str], strategy: NumberedStrategy | None) -> Iterator[NumberedLine]:
    if strategy is not None:
        needed = in_use(strategy)
        yield from (line for line in strategy.lines if line.number in needed)
    for name, text in parameters.items():
        if name == "filter.advanced" or (name.startswith("query.") and name != NUMBERED):
            yield NumberedLine(0, text)


def examine_expression(line: NumberedLine) -> Iterator[Problem]:
    """Everything that is to be said about one line."""
    yield from balance(line)
    yield from dangling_operators(line, frozenset({"NOT"}))
    yield from lower_case_operators(line)
    yield from curly_quotes(line)
    yield from _square_brackets(line)
    yield from _truncation(line)
    yield from _no_words(line)


def _no_words(line: NumberedLine) -> Iterator[Problem]:
    """Labels, signs, hit counts and the syntax of other platforms, which would be searched as words."""
    for node in walk(parse(line.text).root):
        if not isinstance(node, SearchTerm) or node.is_explicit:
            continue
        words = node.text.split()
        odd = next((word for word in words if is_sign(word) or platform_of(word)), "") or out_of_place(words, tagged=False)
        odd = odd or (node.text if _COUNTED.search(node.text) else "")
        if odd:
            sentence = (
                f"{line.label}“{shown(odd)}” would be searched as words; take it out, or begin the row with // if it is a remark."
            )
            span = (node.start, node.end)
            yield Problem(ProblemKind.LEFTOVER, f"{line.label}{shown(odd)}", sentence, True, line.number, span)


def _square_brackets(line: NumberedLine) -> Iterator[Problem]:
    read = tokens(line.text)
    for before, token in zip([None, *read], read, strict=False):
        if token.kind is not TokenKind.TAG:
            continue
        function = before.text.upper() if before is not None and before.end == token.start else ""
        if function == "AREA":
            yield from _area(line, token)
        elif function not in FUNCTIONS:
            sentence = (
                f"{line.label}{token.text} is no part of an expression; fields are written AREA[...], without PubMed's tags."
            )
            yield Problem(ProblemKind.TAG, shown(token.text).lower(), sentence, stops=True)


def _area(line: NumberedLine, token: StrategyToken) -> Iterator[Problem]:
    name = token.text[1:-1].strip()
    if name in AREAS:
        return
    close = difflib.get_close_matches(name.lower(), list(_BY_FOLDED), n=1, cutoff=0.5)
    hint = f"; did you mean AREA[{_BY_FOLDED[close[0]]}]?" if close else "; see the service's study data structure."
    sentence = f"{line.label}ClinicalTrials.gov has no field {shown(name)}{hint}"
    yield Problem(ProblemKind.TAG, shown(name).lower(), sentence, stops=True)


_BY_FOLDED = {name.lower(): name for name in sorted(AREAS)}


def _truncation(line: NumberedLine) -> Iterator[Problem]:
    for token in tokens(line.text):
        if token.kind in (TokenKind.QUOTED, TokenKind.WORD) and "*" in token.text:
            sentence = f"{line.label}“{shown(token.text)}”: ClinicalTrials.gov documents no truncation; it finds the forms of a word itself."
            yield Problem(ProblemKind.TRUNCATION, shown(token.text), sentence)


_DROPPING_RANGE = re.compile(r"AREA\[(\w+)\]\s*RANGE\[")
_MISSING = re.compile(r"AREA\[(\w+)\]\s*MISSING\b")
_ALWAYS_THERE = frozenset(
    ("StudyFirstPostDate", "StudyFirstSubmitDate", "LastUpdatePostDate", "LastUpdateSubmitDate", "StudyFirstSubmitQCDate")
)
"""Dates that every study of the register has."""


def _studies_without_field(parameters: Mapping[str, str]) -> Iterator[Problem]:
    """A range drops the studies that lack its field: those without a start date, or without posted results."""
    areas = {area for text in parameters.values() for area in _DROPPING_RANGE.findall(text)}
    areas -= {area for text in parameters.values() for area in _MISSING.findall(text)} | _ALWAYS_THERE
    for area in sorted(areas):
        sentence = f"RANGE of {shown(area)} leaves out the studies that have no {shown(area)}; add OR AREA[{shown(area)}]MISSING to keep them."
        yield Problem(ProblemKind.DROPPED, shown(area), sentence)


def _only_numbers(text: str) -> bool:
    return all(_NCT_OR.fullmatch(word) for word in re.split(r"[\s,]+", text.strip()))


def _filters_without_effect(parameters: Mapping[str, str]) -> Iterator[Problem]:
    """A query that holds NCT numbers and nothing else makes the service drop every filter."""
    numbers = [name for name, text in parameters.items() if name.startswith("query.") and _only_numbers(text)]
    filters = [name for name in parameters if not name.startswith("query.")]
    if numbers and filters:
        sentence = (
            f"{numbers[0]} holds only NCT numbers, so ClinicalTrials.gov ignores {', '.join(filters)}; use filter.ids instead."
        )
        yield Problem(ProblemKind.FILTERS, ", ".join(filters), sentence)
