"""Under which heading of PRESS 2015 a problem belongs, and where the rule is from.

PRESS (Peer Review of Electronic Search Strategies; McGowan and others 2016, doi:10.1016/j.jclinepi.2016.01.021) has six headings,
in which a librarian reviews a strategy; findings are shown in their order. Data only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind


class PressHeading(StrEnum):
    """The six elements of PRESS 2015, in their order."""

    TRANSLATION = "Translation of the research question"
    OPERATORS = "Boolean and proximity operators"
    HEADINGS = "Subject headings"
    TEXT_WORDS = "Text word searching"
    SYNTAX = "Spelling, syntax and line numbers"
    LIMITS = "Limits and filters"


_USER_GUIDE = "PubMed User Guide"
_HANDBOOK = "Cochrane Handbook, chapter 4"
_ERRORS = "Salvador-Olivan and others 2019, doi:10.5195/jmla.2019.567"
_PRESS = "PRESS 2015"
RULES: Mapping[ProblemKind, tuple[PressHeading, str]] = {
    ProblemKind.QUOTES: (PressHeading.SYNTAX, _USER_GUIDE),
    ProblemKind.BRACKETS: (PressHeading.SYNTAX, _USER_GUIDE),
    ProblemKind.TAG: (PressHeading.SYNTAX, _USER_GUIDE),
    ProblemKind.TAG_USE: (PressHeading.SYNTAX, _USER_GUIDE),
    ProblemKind.OPERATOR: (PressHeading.OPERATORS, _USER_GUIDE),
    ProblemKind.OPERATOR_CASE: (PressHeading.OPERATORS, _USER_GUIDE),
    ProblemKind.ORDER: (PressHeading.OPERATORS, _USER_GUIDE),
    ProblemKind.CURLY: (PressHeading.SYNTAX, _USER_GUIDE),
    ProblemKind.TRUNCATION: (PressHeading.TEXT_WORDS, _USER_GUIDE),
    ProblemKind.PROXIMITY: (PressHeading.OPERATORS, _USER_GUIDE),
    ProblemKind.PLATFORM: (PressHeading.SYNTAX, _PRESS),
    ProblemKind.UNUSED: (PressHeading.SYNTAX, _PRESS),
    ProblemKind.PHRASE: (PressHeading.TEXT_WORDS, _USER_GUIDE),
    ProblemKind.QUOTED_PHRASE: (PressHeading.TEXT_WORDS, _USER_GUIDE),
    ProblemKind.IGNORED: (PressHeading.TEXT_WORDS, _USER_GUIDE),
    ProblemKind.SERVICE: (PressHeading.SYNTAX, "the service's own message"),
    ProblemKind.DRIFT: (PressHeading.TRANSLATION, _USER_GUIDE),
    ProblemKind.FILTERS: (PressHeading.LIMITS, "ClinicalTrials.gov API 2.0.5"),
    ProblemKind.LEFTOVER: (PressHeading.SYNTAX, _PRESS),
    ProblemKind.CLEANED: (PressHeading.SYNTAX, _PRESS),
    ProblemKind.SIDE_BY_SIDE: (PressHeading.OPERATORS, _ERRORS),
    ProblemKind.NUMBER: (PressHeading.SYNTAX, _ERRORS),
    ProblemKind.DATE: (PressHeading.LIMITS, _USER_GUIDE),
    ProblemKind.LAST_LINE: (PressHeading.SYNTAX, _ERRORS),
    ProblemKind.ANIMALS: (PressHeading.LIMITS, _HANDBOOK),
    ProblemKind.INDEXED_ONLY: (PressHeading.LIMITS, _HANDBOOK),
    ProblemKind.YIELD: (PressHeading.TRANSLATION, _PRESS),
    ProblemKind.DROPPED: (PressHeading.LIMITS, "ClinicalTrials.gov API 2.0.5"),
    ProblemKind.SPLIT: (PressHeading.TEXT_WORDS, _USER_GUIDE),
    ProblemKind.NARROWER: (PressHeading.HEADINGS, _PRESS),
    ProblemKind.ONE_KIND: (PressHeading.HEADINGS, _ERRORS),
}
"""The heading and the source of each kind of problem."""


def rule_source(kind: ProblemKind, guide: str) -> str:
    """Where the rule behind a kind is from; what PubMed's guide says of PubMed, the `guide` of another service says of that."""
    source = RULES[kind][1]
    return guide if source == _USER_GUIDE else source


def in_press_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by heading, those that stop first under each, otherwise as they came."""
    headings = list(PressHeading)
    return sorted(problems, key=lambda problem: (headings.index(RULES[problem.kind][0]), not problem.stops))
