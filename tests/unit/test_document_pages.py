"""Documents as lines of the screen, and the parts of a register's results: pure."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from prisma_tool.formats.registers.ctgov_results import results_parts
from prisma_tool.tui.screening.workbench.document_page import wrapped

GROUPS = [{"id": "OG000", "title": "Light", "description": "Lamps by night"}, {"id": "OG001", "title": "Dark"}]


@given(st.text(alphabet="ab 漢é\n", max_size=60), st.integers(1, 12))
def test_lines_cover_the_text_and_none_is_wider_than_the_screen(plain: str, width: int) -> None:
    lines = wrapped(plain, width)
    assert all(cell_len(plain[start:end]) <= width or end - start == 1 for start, end in lines)
    between = [plain[end:start] for (_, end), (start, _) in pairwise(lines)]
    assert set(between) <= {"", " ", "\n"}
    assert (lines[0][0], lines[-1][1]) == (0, len(plain))


def test_lines_are_broken_at_blanks_and_long_words_anywhere() -> None:
    plain = "one two three\nabcdefgh"
    assert [plain[start:end] for start, end in wrapped(plain, 7)] == ["one two", "three", "abcdefg", "h"]


def test_posted_results_are_read_part_by_part_with_group_and_unit() -> None:
    study = {
        "resultsSection": {
            "participantFlowModule": {
                "groups": GROUPS,
                "periods": [
                    {
                        "title": "Overall",
                        "milestones": [{"type": "STARTED", "achievements": [{"groupId": "OG000", "numSubjects": "40"}, {"groupId": "OG001"}]}],
                        "dropWithdraws": [{"type": "Death", "reasons": [{"groupId": "OG000", "numSubjects": "2"}]}],
                    }
                ],
            },
            "outcomeMeasuresModule": {
                "outcomeMeasures": [
                    {
                        "type": "PRIMARY", "title": "Sleep", "timeFrame": "8 weeks", "paramType": "MEAN", "unitOfMeasure": "hours", "groups": GROUPS,
                        "classes": [{"categories": [{"measurements": [{"groupId": "OG000", "value": "7.1", "spread": "0.4"}, {"groupId": "OG001", "value": "6.2", "lowerLimit": "5.9", "upperLimit": "6.5"}]}]}],
                        "analyses": [{"paramType": "Difference", "paramValue": "0.9", "ciPctValue": "95", "ciLowerLimit": "0.5", "ciUpperLimit": "1.3", "pValue": "<0.01"}],
                    },
                    {"type": "SECONDARY", "title": "Mood", "reportingStatus": "NOT_POSTED"},
                ]
            },
            "adverseEventsModule": {
                "eventGroups": [{"id": "EG000", "title": "Light", "seriousNumAffected": 1, "seriousNumAtRisk": 40}],
                "seriousEvents": [{"term": "Fall", "stats": [{"groupId": "EG000", "numAffected": 1}]}],
            },
        }
    }  # fmt: skip
    assert results_parts(study) == [
        (
            "participant flow",
            "Light: Lamps by night\nDark\n\nOverall\n  STARTED  Light: 40 · Dark: not reported\n  Left: Death  Light: 2",
        ),
        (
            "outcome 1, primary",
            "Sleep (mean, hours)\nTime frame: 8 weeks\nLight: Lamps by night\nDark\n  Light: 7.1 ± 0.4 · Dark: 6.2 (5.9 to 6.5)\n  Analysis: Difference 0.9, 95% CI 0.5 to 1.3, p <0.01",
        ),
        ("outcome 2, secondary", "Mood\n  not reported (not_posted)"),
        ("adverse events", "Light: serious 1 of 40\n  Serious: Fall  Light: 1"),
    ]


@pytest.mark.parametrize(
    "study", [{}, {"resultsSection": 3}, {"resultsSection": {"outcomeMeasuresModule": {"outcomeMeasures": [3, []]}}}, None]
)
def test_what_is_no_results_section_has_no_parts(study: object) -> None:
    assert results_parts(study) == []
