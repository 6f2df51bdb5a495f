"""Values of review.toml are edited where they stand: comments stay, nothing else changes, and two people's edits do not undo each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.errors import ReviewError
from prisma_tool.review.protocol.edit_searches import with_search
from prisma_tool.review.protocol.edit_values import crossed, value_at, with_values
from prisma_tool.review.protocol.error_place import lines_around
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.tui.protocol.pico import PARTS, parts_of, question_of

WRITTEN = """# ours
title = "Old"   # as registered
reviewers = [
    "Ada",    # since May
    "Ben",    # left?
]

[criteria]
# from the registration
include = ["adults", "trials"]   # short
exclude = []

[screening]
blind = true      # always
"""
LINES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).map(str.strip).filter(bool), max_size=5
)


def test_what_is_changed_keeps_its_remarks_and_everything_else_stays() -> None:
    text = with_values(
        WRITTEN,
        {
            "title": 'A "new" [title]',
            "reviewers": ("Ada", "Cem"),
            "criteria.include": ("adults", "cohorts", "trials"),
            "screening.blind": False,
            "screening.reviewers_per_record": 2,
            "highlight.include": ("CAR*", "mouse model"),
        },
    )
    for kept in (
        "# ours",
        "   # as registered",
        '"Ada",    # since May',
        "# from the registration",
        "   # short",
        "      # always",
    ):
        assert kept in text
    protocol = parse_protocol(text)
    assert (protocol.title, protocol.reviewers, protocol.include) == (
        'A "new" [title]',
        ("Ada", "Cem"),
        ("adults", "cohorts", "trials"),
    )
    assert (protocol.screening.blind, protocol.screening.reviewers_per_record) == (False, 2)
    assert protocol.highlight_include == ("CAR*", "mouse model")


def test_what_is_stated_already_leaves_the_file_as_it_is() -> None:
    assert with_values(WRITTEN, {"title": "Old", "criteria.include": ("adults", "trials")}) == WRITTEN


@given(before=LINES, after=LINES, question=st.text(st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_any_list_and_any_text_can_be_written(before: list[str], after: list[str], question: str) -> None:
    fresh = new_protocol_text(title="T", pubmed="", ctgov="", reviewers=("Ada",))
    text = with_values(fresh, {"criteria.include": tuple(before)})
    text = with_values(text, {"criteria.include": tuple(after), "question": question})
    assert value_at(text, "criteria.include") == tuple(after)
    assert value_at(text, "question") == question
    comments = [line for line in fresh.splitlines() if line.startswith("#")]
    assert [line for line in comments if line not in text] == []


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ('title = "A"\nscreening.blind = true\n[flow]\n', {"screening.maybe": "perhaps"}),
        ('title = "A"\n', {"reviewers": ("Ada", "ada")}),
        ("criteria = 3\n", {"criteria.include": ("adults",)}),
    ],
)
def test_what_cannot_stand_there_is_refused(written: str, values: dict[str, Any]) -> None:
    with pytest.raises(ReviewError):
        with_values(written, values)


def test_edits_cross_only_where_somebody_wrote_something_else_at_the_same_place() -> None:
    now = with_values(WRITTEN, {"title": "Theirs", "criteria.exclude": ("mice",)})
    assert crossed(WRITTEN, now, {"title": "Mine", "criteria.include": ()}) == ["title"]
    assert crossed(WRITTEN, now, {"title": "Theirs"}) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = [1\nc = 2\n", 3),
        ('title = "x"\n[criteria]\nincluded = []\n', 3),
        ("titel = 'x'\n", 1),
        ("[[reason]]\nlabel = 3\n", 2),
    ],
)
def test_the_line_that_is_wrong_is_shown_with_its_neighbours(text: str, line: int) -> None:
    with pytest.raises(ReviewError) as refused:
        parse_protocol(text)
    shown = lines_around(text, refused.value.message)
    assert [one.number for one in shown if one.is_wrong] == [line]
    assert [one.number for one in shown] == list(range(max(1, line - 2), min(len(text.splitlines()), line + 2) + 1))


def test_a_message_that_names_no_place_shows_no_line() -> None:
    assert lines_around("a = 1\n", "the file cannot be read") == []


def test_a_question_has_parts_where_lines_name_them() -> None:
    question = "Does it help?\nPopulation: adults with AML\nOutcome: survival: overall"
    free, parts = parts_of(question)
    assert (free, parts["Population"], parts["Outcome"]) == ("Does it help?", "adults with AML", "survival: overall")
    assert question_of(free, parts) == question
    assert parts_of("Why: who knows") == ("Why: who knows", dict.fromkeys(PARTS, ""))
    assert question_of("", dict.fromkeys(PARTS, "")) == ""


def test_a_further_search_stands_below_all_others_under_the_key_of_its_source() -> None:
    text = new_protocol_text(title="T", pubmed="aspirin", ctgov="", reviewers=("Ada",))
    for source, strategy in (("ClinicalTrials.gov", "heart"), ("Embase", ""), ("Scopus", 'a "b"\nc')):
        text = with_search(text, source.lower(), source, strategy)
    protocol = parse_protocol(text)
    assert [(plan.name, dict(plan.parameters)) for plan in protocol.searches] == [
        ("pubmed", {"term": "aspirin"}),
        ("clinicaltrials.gov", {"query.term": "heart"}),
    ]
    assert [(search.name, search.strategy) for search in protocol.declared] == [("embase", ""), ("scopus", 'a "b"\nc')]
    for name, source in (("pubmed", "Embase"), ("another", "PubMed")):
        with pytest.raises(ReviewError):
            with_search(text, name, source, "")
