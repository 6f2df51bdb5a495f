"""The sets of `export --set`: which reports each holds, over the whole review or at one stage.

Invariant: a set is a question about one report, so that a set's number is the number of reports that answer yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prisma_tool.errors import UsageError
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.reports.state import (
    ASSESSED,
    BEFORE_SCREENING,
    PENDING_ASSESSMENT,
    PENDING_SCREENING,
    SOUGHT,
    Phase,
    Report,
    at_stage,
)

Holds = Callable[[Report], bool]

OF_RECORDS = frozenset({"all", "duplicates"})
"""Sets of records as they came; every other set has one row a report, with the best of its records."""

_CONFLICTS = frozenset({Phase.SCREENING_CONFLICT, Phase.ASSESSMENT_CONFLICT})
_WHOLE: Mapping[str, Holds] = {
    "all": lambda report: bool(report.records),
    "unique": lambda report: bool(report.records),
    "duplicates": lambda report: len(report.records) > 1,
    "included": lambda report: report.phase is Phase.INCLUDED,
    "excluded": lambda report: report.phase in {Phase.SCREENED_OUT, Phase.EXCLUDED},
    "undecided": lambda report: report.phase in PENDING_SCREENING | PENDING_ASSESSMENT | {Phase.SEEKING},
    "conflicts": lambda report: report.phase in _CONFLICTS or report.reasons_differ,
    "maybe": lambda report: OutcomeState.MAYBE in {report.title_abstract, report.full_text},
    "sought": lambda report: report.phase in SOUGHT,
    "to-retrieve": lambda report: report.phase is Phase.SEEKING,
    "not-retrieved": lambda report: report.phase is Phase.NOT_RETRIEVED,
    "assessed": lambda report: report.phase in ASSESSED,
    "ongoing": lambda report: report.phase is Phase.ONGOING,
    "awaiting": lambda report: report.phase is Phase.AWAITING,
    "removed": lambda report: report.phase in BEFORE_SCREENING,
}
SETS = tuple(_WHOLE)
"""The names of the sets, in the order of the help."""

_AT_STAGE: Mapping[tuple[str, Stage], Holds] = {
    ("included", Stage.TITLE_ABSTRACT): lambda report: report.phase in SOUGHT,
    ("excluded", Stage.TITLE_ABSTRACT): lambda report: report.phase is Phase.SCREENED_OUT,
    ("excluded", Stage.FULL_TEXT): lambda report: report.phase is Phase.EXCLUDED,
    ("undecided", Stage.TITLE_ABSTRACT): lambda report: report.phase in PENDING_SCREENING,
    ("undecided", Stage.FULL_TEXT): lambda report: report.phase in PENDING_ASSESSMENT | {Phase.SEEKING},
    ("conflicts", Stage.TITLE_ABSTRACT): lambda report: report.phase is Phase.SCREENING_CONFLICT,
    ("conflicts", Stage.FULL_TEXT): lambda report: report.phase is Phase.ASSESSMENT_CONFLICT or _differs(report),
    ("maybe", Stage.TITLE_ABSTRACT): lambda report: report.title_abstract is OutcomeState.MAYBE,
    ("maybe", Stage.FULL_TEXT): lambda report: report.full_text is OutcomeState.MAYBE,
}


def _differs(report: Report) -> bool:
    return report.reasons_differ and report.phase is Phase.EXCLUDED


def require_set(name: str) -> None:
    """Check that there is a set of this name.

    Raises:
        UsageError: there is none.
    """
    if name not in SETS:
        raise UsageError(f"There is no set '{name}'; sets are: {', '.join(SETS)}.")


def holds(name: str, report: Report, stage: Stage | None = None) -> bool:
    """Whether a report is in a set; with `stage`, as that stage sees it, and only if it passes through it."""
    if stage is None:
        return _WHOLE[name](report)
    return at_stage(report, stage) and _AT_STAGE.get((name, stage), _WHOLE[name])(report)
