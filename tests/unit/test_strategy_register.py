"""Expressions of ClinicalTrials.gov as people paste them: sound ones are searched as written, the rest is read or stops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.identify.strategy.guard.ctgov_checks import NUMBERED, examine_trials
from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind
from prisma_tool.identify.strategy.numbered_lines import StrategyFault, expansions
from prisma_tool.identify.strategy.pasted.reader import read_strategy

SOUND = [
    "leukemia AND CAR-T",
    '(leukemia OR lymphoma) AND ("chimeric antigen receptor" OR CAR-T)',
    "AREA[Phase]PHASE3 AND leukemia",
    "leukemia AND NOT AREA[OverallStatus]WITHDRAWN",
    "NOT children AND leukemia",
    "EXPANSION[None]leukemia",
    "EXPAND[Concept]leukemia",
    'COVER[FullMatch]"acute myeloid leukemia"',
    "AREA[ConditionSearch](leukemia OR AML)",
    "SEARCH[Location](AREA[LocationCountry]Switzerland AND AREA[LocationStatus]RECRUITING)",
    "AREA[StdAge]EXPAND[Term]COVER[FullMatch]CHILD",
    "TILT[StudyFirstPostDate]leukemia",
    "NCT01234567 OR NCT02345678",
    "heart attack",
    "AREA[LastUpdatePostDate]RANGE[MIN, 2020-01-01]",
    "leukemia AND (AREA[StartDate]RANGE[2015-01-01, MAX] OR AREA[StartDate]MISSING)",
]
READ = {
    "#1 leukemia 100\n#2 CAR-T 80\n#3 #1 AND #2 76": "leukemia AND CAR-T",
    "1. leukemia\n2. CAR-T\n3. 1 AND 2": "leukemia AND CAR-T",
    "> leukemia AND CAR-T": "leukemia AND CAR-T",
    "“leukemia” && CAR-T": '"leukemia" AND CAR-T',
    "leukemia || lymphoma": "leukemia OR lymphoma",
}
STOPPED = [
    "leukemia AND (CAR-T OR",
    "leukemia[tiab] AND CAR-T[ti]",
    "AREA[Fase]PHASE3",
    "Condition: leukemia\nIntervention: CAR-T",
    "leukemia | CAR-T",
    "leukemia UND CAR-T",
    "Filters: Completed\nleukemia",
    "exp leukemia/",
    "leukemia.ti.",
    '"leukemia" NEAR/3 CAR-T',
    "leukemia 76 studies",
    "leukemia AND 2014-2022",
]


def examined(text: str) -> tuple[str, tuple[Problem, ...]]:
    strategy = read_strategy(text, essie=True)
    query = expansions(strategy)[strategy.last.number]
    return query, examine_trials({NUMBERED: query}, strategy)


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_expression_is_searched_as_it_is_written(text: str) -> None:
    assert examined(text) == (text, ())


@pytest.mark.parametrize(("text", "query"), READ.items())
def test_what_copying_left_is_taken_off(text: str, query: str) -> None:
    read, problems = examined(text)
    assert read == query
    assert {problem.kind for problem in problems} <= {ProblemKind.CLEANED}


@pytest.mark.parametrize("text", STOPPED)
def test_what_is_no_expression_is_not_searched(text: str) -> None:
    assert any(problem.stops for problem in examined(text)[1])


def test_a_range_that_drops_studies_is_told_and_stops_nothing() -> None:
    _, problems = examined("AREA[StartDate]RANGE[2015-01-01, MAX] AND leukemia")
    assert [(problem.kind, problem.stops) for problem in problems] == [(ProblemKind.DROPPED, False)]


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["AREA[", "RANGE[1, 2]", "(", ")", " AND ", "#1", "\n", "²", "1. x", '"']), max_size=12).map(
        "".join
    )
)
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    try:
        query, _ = examined(text)
    except StrategyFault:
        return
    assert query
