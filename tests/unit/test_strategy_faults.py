"""The classic faults of published strategies are told, their sound forms are not; hardly a hit asks for a word."""

from __future__ import annotations

import pytest

from prisma_tool.identify.strategy.guard.press import RULES, PressHeading, in_press_order
from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind
from prisma_tool.identify.strategy.guard.pubmed_checks import examine
from prisma_tool.identify.strategy.guard.yield_check import HARDLY, MANY, PUBLISHED_SHARE, yield_problems
from prisma_tool.identify.strategy.pasted.reader import read_strategy

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


@pytest.mark.parametrize(
    ("published", "count", "subjects"),
    [(MANY, MANY // PUBLISHED_SHARE - 1, ["less than published"]), (MANY, MANY // PUBLISHED_SHARE, []), (MANY - 1, 6, [])],
)
def test_far_less_than_was_published_asks(published: int, count: int, subjects: list[str]) -> None:
    assert said(f"#1 a[ti] 500\n#2 b[ti] 400\n#3 #1 AND #2 {published}", count, 0) == subjects
