"""Numbered lines: what is written is kept, and what is sent means the same."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.errors import ReviewError
from prisma_tool.identify.strategy.losing_lines import losing_lines
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, StrategyFault, expansions, in_use
from prisma_tool.identify.strategy.parts import in_parts
from prisma_tool.identify.strategy.pasted.reader import read_strategy
from prisma_tool.identify.strategy.tokens import tokens
from prisma_tool.review.protocol.read import parse_protocol

WRITTEN = """
// the condition
1. "heart attack"[tiab] OR
   infarct*[tiab]

2. aspirin[tiab]
3. "acetylsalicylic acid"[tiab] OR ASA[tiab]
// everything
4. #1 AND (or/2-3) NOT #3
"""


def written_out(text: str) -> str:
    strategy = read_strategy(text)
    return expansions(strategy)[strategy.last.number]


def test_lines_are_read_with_their_wrapped_rest_and_without_comments() -> None:
    assert read_strategy(WRITTEN).lines == (
        NumberedLine(1, '"heart attack"[tiab] OR infarct*[tiab]'),
        NumberedLine(2, "aspirin[tiab]"),
        NumberedLine(3, '"acetylsalicylic acid"[tiab] OR ASA[tiab]'),
        NumberedLine(4, "#1 AND (or/2-3) NOT #3"),
    )


def test_every_line_that_is_referred_to_stands_in_brackets_of_its_own() -> None:
    assert written_out(WRITTEN) == (
        '("heart attack"[tiab] OR infarct*[tiab]) AND ((aspirin[tiab] OR ("acetylsalicylic acid"[tiab] OR ASA[tiab]))) '
        'NOT ("acetylsalicylic acid"[tiab] OR ASA[tiab])'
    )


@pytest.mark.parametrize(
    ("last", "query"),
    [
        ("#1 OR #2", "a[ti] OR b[ti]"),
        ("#1-#3", "(a[ti] OR b[ti] OR c[ti])"),
        ("or/1-2,3", "(a[ti] OR b[ti] OR c[ti])"),
        ("AND/#1,#3", "(a[ti] AND c[ti])"),
        ("{and #1-#2} NOT #3", "(a[ti] AND b[ti]) NOT c[ti]"),
        ('"#1 of 2"[ti] AND #3', '"#1 of 2"[ti] AND c[ti]'),
        ("(#1 OR #2)", "(a[ti] OR b[ti])"),
    ],
)
def test_references_are_understood_in_each_of_their_spellings(last: str, query: str) -> None:
    assert written_out(f"#1 a[ti]\n#2 b[ti]\n#3 c[ti]\n#4 {last}") == query
    assert written_out(f"1 a[ti]\n2 b[ti]\n3 c[ti]\n4 {last}") == query


@pytest.mark.parametrize("query", ["1 year[tiab] OR x", "2014/06/01:2025/01/31[dp]", "12345678[uid]", "5 fluorouracil\n1 more"])
def test_a_query_that_begins_with_a_number_is_no_numbered_strategy(query: str) -> None:
    assert read_strategy(query).lines == (NumberedLine(0, query.replace("\n", " ")),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1. a\n2. #1 AND #7", r"Line 2 .* refers to #7, but there is no such line"),
        ("1. #2\n2. #3\n3. #1 OR a", r"go in a circle: #\d refers to #\d refers to #\d refers to #\d"),
        ("1. a OR #1", "go in a circle: #1 refers to #1"),
        ("1. a\n2. b\n2. c", "Line 2 .* follows line 2; line numbers must rise"),
        ("1. a\n2. b\n3. 1 AND 7", "Line 3 .* joins numbers of lines that are not there: #1 AND 7"),
        ("1. a\n2. #9-#1", "runs backwards"),
        ("aspirin AND #2", "its lines are not numbered"),
        ("#1 AND #2", "its lines are not numbered"),
        ("// nothing yet", "The strategy is empty"),
        ("1. a\n" + "".join(f"{n}. #{n - 1} OR #{n - 1}\n" for n in range(2, 40)), "longer than"),
    ],
)
def test_lines_that_cannot_be_one_query_are_refused_by_number(text: str, sentence: str) -> None:
    with pytest.raises(StrategyFault, match=sentence):
        expansions(read_strategy(text))


@given(st.data())
def test_the_written_out_query_finds_what_the_lines_mean(data: st.DataObject) -> None:
    """Random lines over three sets: evaluated line by line, and as one query by the reading that PubMed has, left to right."""
    universe = {name: frozenset(data.draw(st.sets(st.integers(0, 7)))) for name in ("p", "q", "r")}
    meant: dict[int, frozenset[int]] = {}
    lines = []
    for number in range(1, data.draw(st.integers(2, 6)) + 1):
        names = [*universe, *(f"#{n}" for n in meant)]
        parts = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3))
        operators = data.draw(st.lists(st.sampled_from(["AND", "OR", "NOT"]), min_size=len(parts) - 1, max_size=len(parts) - 1))
        value = _of(parts[0], universe, meant)
        for operator, part in zip(operators, parts[1:], strict=True):
            value = _joined(value, operator, _of(part, universe, meant))
        meant[number] = value
        lines.append(f"{number}. " + " ".join([parts[0], *(f"{o} {p}" for o, p in zip(operators, parts[1:], strict=True))]))
    assert _left_to_right(written_out("\n".join(lines)), universe) == meant[len(meant)]


def _of(name: str, universe: dict[str, frozenset[int]], meant: dict[int, frozenset[int]]) -> frozenset[int]:
    return meant[int(name[1:])] if name.startswith("#") else universe[name]


def _joined(left: frozenset[int], operator: str, right: frozenset[int]) -> frozenset[int]:
    return {"AND": left & right, "OR": left | right, "NOT": left - right}[operator]


def _left_to_right(query: str, universe: dict[str, frozenset[int]]) -> frozenset[int]:
    pieces = re.findall(r"[()]|\w+", query)

    def expression(at: int) -> tuple[frozenset[int], int]:
        value, at = operand(at)
        while at < len(pieces) and pieces[at] != ")":
            right, after = operand(at + 1)
            value, at = _joined(value, pieces[at], right), after
        return value, at

    def operand(at: int) -> tuple[frozenset[int], int]:
        if pieces[at] == "(":
            value, at = expression(at + 1)
            return value, at + 1
        return universe[pieces[at]], at + 1

    return expression(0)[0]


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_lines(text: str) -> None:
    assert "".join("".join(token.text for token in tokens(text)).split()) == "".join(text.split())
    with suppress(StrategyFault):
        strategy = read_strategy(text)
        assert expansions(strategy).keys() == {line.number for line in strategy.lines} >= in_use(strategy)


SEARCH = "[[search]]\nname = 'x'\nsource = 'PubMed'\n"


def test_a_list_of_lines_in_review_toml_becomes_numbered_lines() -> None:
    protocol = parse_protocol(
        SEARCH + "term = ['// people', 'a[ti]', 'b[ti]', '#1 AND #2']\nupdate = 'since-last'\noverlap_days = 7"
    )
    (plan,) = protocol.searches
    assert plan.strategy == "// people\n1. a[ti]\n2. b[ti]\n3. #1 AND #2"
    assert (plan.since_last, plan.overlap_days) == (True, 7)
    (numbered,) = parse_protocol(SEARCH + "term = ['#1 a[ti]', '#2 #1 OR b[ti]']").searches
    assert numbered.strategy == "#1 a[ti]\n#2 #1 OR b[ti]"


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        ("term = ['a', 3]", "'search x: term' must be a text, or a list of lines"),
        ("term = []", "'search x' has no strategy; give it one of: term"),
        ("term = 'a'\nupdate = 'sometimes'", "'search x: update' must be one of: whole, since-last"),
        ("term = 'a'\noverlap_days = -1", "'search x: overlap_days' must be a number of days"),
        ("term = 'a'\noverlap_days = true", "'search x: overlap_days' must be a number of days"),
    ],
)
def test_a_mistake_in_a_search_is_named(rest: str, sentence: str) -> None:
    with pytest.raises(ReviewError, match=sentence):
        parse_protocol(SEARCH + rest)


BLOCKS = """
1. a[ti]
2. b[ti]
3. #1 OR #2
4. or/5-6
5. c[ti]
6. d[ti]
7. animals[mh]
8. #3 AND #4 NOT #7
"""


@pytest.mark.parametrize(
    ("finding", "lost_by"),
    [
        ({1, 3}, (4,)),
        ({4, 5}, (3,)),
        (set(), (3, 4)),
        ({2, 3, 4, 6, 7}, (7,)),
        ({2, 3, 7}, (4, 7)),
        ({1, 3, 4, 5, 8}, ()),
    ],
)
def test_a_missed_record_is_lost_by_the_blocks_that_do_not_find_it(finding: set[int], lost_by: tuple[int, ...]) -> None:
    strategy = read_strategy(BLOCKS)
    assert losing_lines(strategy, {line.number: line.number in finding for line in strategy.lines}) == lost_by


def test_words_in_the_line_itself_are_blamed_where_its_references_find_the_record() -> None:
    strategy = read_strategy("1. a[ti]\n2. b[ti]\n3. (#1 OR #2) AND 2020:2024[dp]")
    assert losing_lines(strategy, {1: True, 2: False, 3: False}) == (3,)


def test_a_strategy_without_numbers_is_blamed_by_its_top_level_parts() -> None:
    parts = in_parts(read_strategy('("a b"[ti] OR (c AND d)) AND e[ti] NOT f[ti]'))
    assert [line.text for line in parts.lines] == ['("a b"[ti] OR (c AND d))', "e[ti]", "f[ti]", "#1 AND #2 NOT #3"]
    assert [line.text for line in in_parts(read_strategy("a OR b AND c")).lines] == ["a OR b AND c"]
