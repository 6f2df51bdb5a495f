"""The classic faults of published strategies are told, their sound forms are not; hardly a hit asks for a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.identify.strategy.guard.narrower_terms import narrower_terms
from prisma_tool.identify.strategy.guard.press import RULES, PressHeading, in_press_order
from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, folded
from prisma_tool.identify.strategy.guard.pubmed_checks import examine
from prisma_tool.identify.strategy.guard.split_terms import split_terms
from prisma_tool.identify.strategy.guard.yield_check import HARDLY, MANY, PUBLISHED_SHARE, yield_problems
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, StrategyFault, expansions
from prisma_tool.identify.strategy.pasted.reader import read_strategy
from prisma_tool.identify.strategy.tree.parse import parse

FAULTS = {
    'leukemia[tiab] NOT ("Animals"[Mesh])': ProblemKind.ANIMALS,
    "leukemia[tiab] NOT animals[mh:noexp]": ProblemKind.ANIMALS,
    "leukemia[tiab] NOT animals[mh] NOT humans[mh]": ProblemKind.ANIMALS,
    "leukemia[tiab] AND humans[mh]": ProblemKind.INDEXED_ONLY,
    "leukemia[tiab] AND medline[sb]": ProblemKind.INDEXED_ONLY,
    "a[ti] AND b[ti] OR c[ti]": ProblemKind.ORDER,
    "a[ti] OR b[ti] AND c[ti]": ProblemKind.ORDER,
    "Leukemia[mh] OR Lymphoma[mh] OR Myeloma[mh]": ProblemKind.ONE_KIND,
    "a[ti] OR b[tiab] OR c[tw] OR d[ti] OR e[ti] OR f[tiab]": ProblemKind.ONE_KIND,
}
SOUND = [
    "leukemia[tiab] NOT (animals[mh] NOT humans[mh])",
    "leukemia[tiab] NOT (animals[mh:noexp] NOT humans[mh])",
    "humans[mh]",
    "(a[ti] AND b[ti]) OR c[ti]",
    "a[ti] AND (b[ti] OR c[ti])",
    "Leukemia[mh] OR Lymphoma[mh]",
    "Leukemia[mh] OR leukemia[tiab] OR leukaemia[tiab]",
    "a[ti] OR b[tiab] OR c[tw] OR d[ti] OR e[ti] OR f",
]


@pytest.mark.parametrize(("text", "kind"), FAULTS.items(), ids=FAULTS)
def test_a_classic_fault_is_told_and_stops_nothing(text: str, kind: ProblemKind) -> None:
    problems = examine(read_strategy(text))
    assert [problem.kind for problem in problems] == [kind]
    assert not any(problem.stops for problem in problems)


@pytest.mark.parametrize("text", SOUND)
def test_the_usual_forms_are_left_in_peace(text: str) -> None:
    assert examine(read_strategy(text)) == ()


def test_every_kind_of_problem_has_its_heading_and_its_source() -> None:
    assert set(RULES) == set(ProblemKind)
    assert all(source for _, source in RULES.values())
    assert len(PressHeading) == 6


def test_findings_follow_the_headings_of_press_those_that_stop_first() -> None:
    limits, told = Problem(ProblemKind.ANIMALS, "a", "a"), Problem(ProblemKind.ORDER, "b", "b")
    stopping = Problem(ProblemKind.OPERATOR, "c", "c", stops=True)
    assert in_press_order([limits, told, stopping]) == [stopping, told, limits]


def said(text: str, count: int, line_hits: int) -> list[str]:
    return [problem.subject for problem in yield_problems(read_strategy(text), count, lambda _: line_hits)]


@pytest.mark.parametrize(
    ("count", "line_hits", "subjects"),
    [
        (0, MANY, ["hardly a hit"]),
        (HARDLY, MANY, ["hardly a hit"]),
        (HARDLY + 1, MANY, []),
        (0, MANY - 1, []),
    ],
)
def test_hardly_a_hit_asks_only_where_lines_find_many(count: int, line_hits: int, subjects: list[str]) -> None:
    assert said("#1 a[ti]\n#2 b[ti]\n#3 #1 AND #2", count, line_hits) == subjects
    assert said("a[ti] AND b[ti]", count, line_hits) == subjects
    assert said("a[ti]", count, line_hits) == []


def test_the_bounds_of_hardly_a_hit_are_five_records_and_two_lines_of_a_hundred() -> None:
    text = "#1 a[ti]\n#2 b[ti]\n#3 #1 AND #2"
    assert [said(text, count, 100) for count in (5, 6)] == [["hardly a hit"], []]
    assert [said(text, 5, line_hits) for line_hits in (99, 100)] == [[], ["hardly a hit"]]
    one_large = yield_problems(read_strategy(text), 0, {"a[ti]": 100, "b[ti]": 99}.__getitem__)
    assert list(one_large) == []


@pytest.mark.parametrize(("number", "stops"), [("1234", True), ("12345", False)])
def test_a_number_alone_is_a_pmid_from_five_digits_on(number: str, stops: bool) -> None:
    assert any(problem.stops for problem in examine(read_strategy(number))) is stops


@pytest.mark.parametrize(("number", "taken"), [(1899, True), (1900, False), (2099, False), (2100, True)])
def test_a_number_behind_an_unnumbered_query_is_its_hits_unless_it_may_be_a_year(number: int, taken: bool) -> None:
    strategy = read_strategy(f'"a b"[ti] {number}')
    assert dict(strategy.published) == ({0: number} if taken else {})
    assert any(problem.stops for problem in examine(strategy)) is not taken


@pytest.mark.parametrize(("depth", "sound"), [(100, True), (101, False)])
def test_a_hundred_brackets_within_each_other_are_read(depth: int, sound: bool) -> None:
    assert (parse("(" * depth + "a" + ")" * depth).leftovers == ()) is sound


@pytest.mark.parametrize(
    ("published", "count", "subjects"),
    [(MANY, MANY // PUBLISHED_SHARE - 1, ["less than published"]), (MANY, MANY // PUBLISHED_SHARE, []), (MANY - 1, 6, [])],
)
def test_far_less_than_was_published_asks(published: int, count: int, subjects: list[str]) -> None:
    assert said(f"#1 a[ti] 500\n#2 b[ti] 400\n#3 #1 AND #2 {published}", count, 0) == subjects


def test_a_broad_heading_without_its_narrower_ones_is_told_with_both_counts() -> None:
    hits = {'"Neoplasms"[Mesh:NoExp]': 40, '"Neoplasms"[Mesh]': 900, "leukemia[mh:noexp]": 500, "leukemia[mh]": 600}
    line = NumberedLine(2, '"Neoplasms"[Mesh:NoExp] OR leukemia[mh:noexp] OR cancer[tiab]')
    (problem,) = narrower_terms([line], hits.__getitem__)
    assert (problem.kind, problem.stops, problem.line) == (ProblemKind.NARROWER, False, 2)
    assert "finds 40 records" in problem.message
    assert '"Neoplasms"[Mesh] finds 900' in problem.message
    assert problem.span is not None
    assert line.text[slice(*problem.span)] == '"Neoplasms"[Mesh:NoExp]'


def test_a_term_that_pubmed_takes_apart_is_told_with_its_line() -> None:
    line = NumberedLine(3, 'toxi city[tiab] OR heart failure[tiab] OR "knee pain"[tiab]')
    translation = (
        '("toxi"[Title/Abstract] AND "city"[Title/Abstract]) OR "heart failure"[Title/Abstract] OR '
        '("knee"[Title/Abstract] AND "pain"[Title/Abstract])'
    )
    (problem,) = split_terms(line, translation)
    assert (problem.line, problem.stops, problem.span) == (3, False, (0, 15))
    assert "toxi and city" in problem.message


def test_changes_that_repeat_from_line_to_line_are_told_as_one() -> None:
    hits = [f"line {n}: “{n}0” was read as its hits and taken off" for n in (1, 2, 3, 5)]
    other = "the lines stood newest first and were turned round"
    assert folded([other, *hits]) == [other, "lines 1-3, 5: “10” was read as its hits and taken off, and so in each of them"]
    assert folded(hits[:3]) == hits[:3]


PIECES = st.sampled_from(
    [
        "a[ti]",
        '"b c"[tiab]',
        "d*",
        "(",
        ")",
        " AND ",
        " OR ",
        " not ",
        "#1",
        "2014-2022",
        " ET ",
        "x:ti",
        "ti(",
        "[mh]",
        '"',
        " 12 ",
        "²",
        "P: ",
        "…",
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=12).map(" ".join) | st.text(max_size=60))
def test_whatever_is_written_each_finding_points_into_its_line(text: str) -> None:
    try:
        strategy = read_strategy(text)
        expansions(strategy)
    except StrategyFault:
        return
    texts = {line.number: line.text for line in strategy.lines}
    for problem in examine(strategy):
        if problem.span is not None:
            start, end = problem.span
            assert 0 <= start <= end <= len(texts[problem.line])
