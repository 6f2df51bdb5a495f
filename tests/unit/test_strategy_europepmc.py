"""The strategy guard for Europe PMC: what stops a search, what is told, and what is sound."""

from __future__ import annotations

import pytest

from prisma_tool.identify.strategy.guard.europepmc_checks import examine
from prisma_tool.identify.strategy.guard.problems import Problem
from prisma_tool.identify.strategy.pasted.reader import read_strategy


def problems(text: str) -> tuple[Problem, ...]:
    return examine(read_strategy(text, essie=True))


@pytest.mark.parametrize(
    "text",
    [
        'TITLE:"heart failure" AND (ABSTRACT:exercise OR ABSTRACT:training) NOT SRC:PPR',
        "(TITLE_ABS:kites) AND FIRST_PDATE:[2020-01-01 TO 2022-12-31] AND HAS_ABSTRACT:y",
        'title:kites auth:"Lund K" src:ppr',
        "heart attack*",
        "NOT (SRC:PPR) AND kites",
        '"ratio 10:1 of kites" AND HAS_SOMETHING_NEW:y',
        "search and rescue dogs",
        "https://europepmc.org/article/MED/1",
        "1. TITLE:kites\n2. SRC:PPR\n3. #1 AND #2",
    ],
)
def test_nothing_is_said_about_a_sound_strategy(text: str) -> None:
    assert problems(text) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(TITLE:kites", "is never closed"),
        ("TITLE:kites)", "never opened"),
        ('TITLE:"kites', "has no partner"),
        ("TITEL:kites", "no field TITEL:, and would find nothing there; did you mean TITLE:?"),
        ("kites AND XYZW:1", "words with a colon belong in quotes"),
        ("kites[tiab]", "[tiab] is a tag of PubMed, which Europe PMC does not know; write TITLE_ABS: before the term."),
        ('"kites"[tiab:~3]', "write TITLE_ABS: before the term."),
        ('"Kites"[MeSH Terms]', "write KW: before the term."),
        ("kites[xyz]", "fields stand before the term"),
        ("TITLE:kites or TITLE:wind", "“or” is not in capitals and would be searched as a word; write OR."),
        ("(kites) not (wind)", "“not” is not in capitals"),
        ("TITLE:kites AND", "AND joins nothing"),
        ("kites.ti,ab.", "a field of Ovid"),
        ("kites NEAR/3 wind", "a proximity operator of other platforms"),
    ],
)
def test_what_would_be_searched_otherwise_stops_a_search(text: str, words: str) -> None:
    assert [problem.message for problem in problems(text) if problem.stops and words in problem.message]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("TITLE:kites and TITLE:wind", "“and” is not in capitals"),
        ('"heart attack*"', "does not truncate within quotes"),
        ("*kites", "truncates only at the end of a word"),
        ("TITLE:“kites”", "curly quotes"),
    ],
)
def test_what_may_be_meant_is_told_and_stops_nothing(text: str, words: str) -> None:
    told = problems(text)
    assert [problem.message for problem in told if words in problem.message]
    assert not any(problem.stops for problem in told)


def test_lines_that_the_last_one_does_not_need_are_not_looked_at() -> None:
    assert problems("1. kites[tiab]\n2. TITLE:wind\n3. #2 AND SRC:PPR") == ()
