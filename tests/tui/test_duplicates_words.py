"""Marking what differs between two records, and the table of a pair, below the screen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.dedupe.compare import compare
from prisma_tool.dedupe.normalise import normalise
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.text import fold
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.tui.duplicates import word_difference
from prisma_tool.tui.duplicates.pair_text import DIFFERING, FieldRow, absent, pair_text, rows, rule_of
from prisma_tool.tui.duplicates.word_difference import differing_words
from prisma_tool.tui.sessions.duplicates_session import PairDetails, PairSide

TEXTS = st.lists(
    st.sampled_from(["Phase", "phase", "II", "trial", "in", "AML,", "(n=3)", "-", "Zoë", "zoe", "细胞", "–", "a.b"])
).map(" ".join)


def marked(a: str, b: str) -> tuple[list[str], list[str]]:
    here, there = differing_words(a, b)
    return [a[start:end] for start, end in here], [b[start:end] for start, end in there]


@pytest.mark.parametrize(
    ("a", "b", "left", "right"),
    [
        ("CAR-T cells in AML", "CAR T cells in ALL", ["AML"], ["ALL"]),
        ("Leukaemia: a Phase 1 trial.", "leukaemia a phase 2 trial", ["1"], ["2"]),
        ("Sørensen, Zoë", "Sorensen Zoe\u0308", [], []),
        ("one study", "one large open study", [], ["large open"]),
        ("10.5555/bridge.1", "10.5555/bridge.2", ["1"], ["2"]),
        ("", "anything", [], ["anything"]),
    ],
)
def test_only_words_without_a_partner_are_marked(a: str, b: str, left: list[str], right: list[str]) -> None:
    assert marked(a, b) == (left, right)


@settings(max_examples=100)
@given(TEXTS, TEXTS)
def test_what_is_left_unmarked_is_the_same_on_both_sides(a: str, b: str) -> None:
    kept = []
    for text, spans in zip((a, b), differing_words(a, b), strict=True):
        rest, before = "", 0
        for start, end in spans:
            assert before <= start < end <= len(text)
            rest, before = f"{rest}{text[before:start]} ", end
        kept.append(fold(rest + text[before:]))
    assert kept[0] == kept[1]


@settings(max_examples=50)
@given(st.text(), st.text())
def test_any_text_can_be_compared_and_a_text_never_differs_from_itself(a: str, b: str) -> None:
    differing_words(a, b)
    assert differing_words(a, a) == ((), ())


def test_very_long_texts_are_compared_without_regard_to_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_difference, "MOST_WORDS", 3)
    assert marked("new one two two", "two one") == (["new", "two"], [])


def side(key: str, citation: Citation) -> PairSide:
    return PairSide(StoredRecord(key, "Embase [x]", key, key, citation), ())


def pair(a: Citation, b: Citation) -> PairDetails:
    left, right = side("embase:1", a), side("embase:2", b)
    comparison = compare(normalise("embase:1", "embase", a), normalise("embase:2", "embase", b))
    return PairDetails(left, right, "same title and author (in brackets) (title agrees; title likeness 99 of 100)", comparison)


A = Citation(
    title="A [bold]trial[/bold] of CAR-T cells in older people with relapsed leukaemia",
    authors=(Author("Moreau", "A"),),
    year=2020,
    volume="5",
    issue="1",
)
B = Citation(
    title="A [bold]trial[/bold] of CAR-T cells in older people with relapsed leukemia\x1b[m",
    authors=(Author("Moreau", "A"),),
    year=2021,
    volume="5",
    issue="2",
    doi="10.5555/b",
    abstract=(Section("", "Word " * 60),),
)


def test_every_field_says_what_was_found_also_those_that_the_engine_does_not_compare() -> None:
    found = {row.label: row.finding for row in rows(pair(A, B)) if row.finding}
    assert found == {
        "Title": "agrees",
        "Authors": "agrees",
        "Year": "agrees",
        "Volume": "agrees",
        "Issue": "differs",
        "DOI": "missing",
        "Abstract": "missing",
    }
    assert absent(pair(A, B)) == ["Journal", "Pages", "PMID", "Registry number"]
    assert rows(pair(A, B))[0] == FieldRow("Record", "Embase [x] (embase:1)", "Embase [x] (embase:2)")


@pytest.mark.parametrize("width", [76, 96, 156])
def test_the_table_fits_its_width_and_loses_no_text(width: int) -> None:
    text = pair_text(pair(A, B), width)
    assert max(line.cell_length for line in text.split("\n")) <= width
    assert text.plain.count("Word") == 60
    assert "[bold]trial[/bold]" in text.plain
    assert "\x1b" not in text.plain
    assert next(text.plain[span.start : span.end] for span in text.spans if span.style == DIFFERING) == "leukaemia"


def test_a_narrow_table_tells_equal_values_once() -> None:
    narrow = pair_text(pair(A, B), 76).plain
    assert narrow.count("Moreau") == 1
    assert pair_text(pair(A, B), 96).plain.count("Moreau") == 2


def test_only_the_brackets_with_the_findings_are_taken_off_a_reason() -> None:
    assert rule_of("other pages (a supplement) (title agrees; title likeness 9 of 100)") == "other pages (a supplement)"
    assert rule_of("by hand") == "by hand"


@pytest.mark.parametrize(
    ("theirs", "word"),
    [
        (("Hayden", "van Tulder"), "in part"),
        (("Hayden", "Ellis"), "in part"),
        (("Hayden", "Ellis", "Ogilvie"), "agrees"),
        (("HAYDEN", "ellis", "Ogilvie"), "agrees"),
        (("Moreau",), "differs"),
    ],
)
def test_authors_agree_in_part_where_the_lists_are_not_the_same(theirs: tuple[str, ...], word: str) -> None:
    a, b = (
        Citation(title="Exercise therapy", authors=tuple(Author(family, "J") for family in families))
        for families in (("Hayden", "Ellis", "Ogilvie"), theirs)
    )
    row = next(row for row in rows(pair(a, b)) if row.label == "Authors")
    assert (row.word or row.finding) == word


def test_a_title_that_agrees_is_not_near_or_in_part_because_authors_and_years_are() -> None:
    one, other = (
        Citation(title="Exercise therapy for back pain", year=year, authors=tuple(Author(family, "J") for family in families))
        for year, families in ((2020, ("Hayden", "Ellis", "Ogilvie")), (2021, ("Hayden", "Ellis")))
    )
    words = {row.label: row.word or row.finding for row in rows(pair(one, other))}
    assert (words["Title"], words["Year"], words["Authors"]) == ("agrees", "near", "in part")


@pytest.mark.parametrize(("year", "word"), [(2020, "agrees"), (2021, "near")])
def test_years_that_are_taken_for_one_are_called_near_and_not_the_same(year: int, word: str) -> None:
    text = pair_text(pair(Citation(title="A trial", year=2020), Citation(title="A trial", year=year)), 120).plain
    assert word in next(line for line in text.splitlines() if line.startswith("Year"))
