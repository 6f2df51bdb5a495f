"""Where a structured abstract that was run into one text is broken, and where a sentence only looks like a heading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.tui.widgets.abstract_headings import headed
from prisma_tool.tui.widgets.byline import LINE, byline, family_names


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("AIMS: one. RESULTS: two AND: three", ["AIMS:", "RESULTS:"]),
        ("Background: a. Patients and Methods: b.Results: c", ["Background:", "Patients and Methods:", "Results:"]),
        ("Background Relapse is frequent. Methods We treated. Results Of 5, 3.", ["Background", "Methods", "Results"]),
        ("OBJECTIVE To see. METHODS We looked. RESULTS Seen.", ["OBJECTIVE", "METHODS", "RESULTS"]),
    ],
)
def test_headings_with_a_colon_or_three_without_begin_paragraphs(text: str, headings: list[str]) -> None:
    broken = headed(text)
    assert [broken.text[start:end] for start, end in broken.headings] == headings
    assert broken.text.count("\n\n") == len(headings) - 1


@pytest.mark.parametrize(
    "text",
    [
        "Three things follow. Results: one of them.",
        "Background Relapse is frequent. Methods We treated five.",
        "We looked. Background Noise is loud. Methods We chose. Results Of 5, 3.",
        "The results: none, the methods: none.",
        "Results vary. Methods differ. Conclusions are drawn.",
    ],
)
def test_one_heading_or_two_without_a_colon_are_words_of_a_sentence(text: str) -> None:
    assert headed(text).text == text
    assert headed(text).headings == ()


@given(st.lists(st.sampled_from(["Results:", "METHODS", "Aims: ", "One two.", " ", "\n", "Background", "(a)", "X"]), max_size=20))
def test_breaking_loses_nothing_but_blanks(parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join(headed(text).text.split()) == "".join(text.split())


def test_as_many_family_names_are_shown_as_fit_into_the_line() -> None:
    names = [Author(f"Name{n}") for n in range(3000)]
    assert family_names(names[:10]) == "Name0, Name1, Name2, Name3, Name4, Name5, Name6, Name7, Name8, Name9"
    assert family_names(names[:12]) == "Name0, Name1, Name2, Name3, Name4, Name5, Name6, Name7, Name8, Name9 + 2"
    assert family_names(names) == "Name0, Name1, Name2, Name3, Name4, Name5, Name6, Name7, Name8 + 2991"
    assert family_names([]) == ""
    assert len(family_names([Author("N" * 100)])) == LINE


def test_the_second_line_never_exceeds_the_terminal() -> None:
    citation = Citation(journal="J" * 80, year=2020, publication_types=("Journal Article", "Review " * 10))
    (line,) = byline(citation, ["PubMed", "PubMed", "Scopus"])
    assert line.startswith(f"{'J' * 35}… 2020 · Review")
    assert len(line) == LINE
    assert byline(Citation(publication_types=("Journal Article",)), ["A", "B"]) == ["Journal Article · A + B"]
