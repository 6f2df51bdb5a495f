"""Facets beside the records: each count is what is left once its value is chosen, whatever the list is narrowed to already."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from prisma_tool.dedupe.run import deduplicate
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.records.browse import RecordFilter, find_records
from prisma_tool.records.facets import FACETS, Facets, demands, in_order, with_value
from prisma_tool.records.filter_text import filter_of, is_condition, text_of
from prisma_tool.records.labels import label
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.record_browser.facet_list import SHOWN, FacetLine, FacetList, facet_rows
from prisma_tool.tui.record_browser.record_list import RecordList
from prisma_tool.tui.records.screen import RecordsScreen

ReviewOf = Callable[..., Review]
Deliver = Callable[..., None]
RULES = "[screening]\nreviewers_per_record = 1\n"


def paper(number: int, title: str, *types: str, year: int | None = 2020) -> Citation:
    return Citation(
        title=title,
        authors=(Author("Moreau", "A"),),
        year=year,
        journal="Journal of Invention",
        pmid=str(99_000_100 + number),
        doi=f"10.5555/facet.{number}",
        publication_types=types,
    )


@pytest.fixture
def review(review_of: ReviewOf, deliver: Deliver) -> Review:
    """Two sources with a paper in common, years, types that differ in case alone or hold a quotation mark, a label, votes."""
    made = review_of("", RULES)
    deliver(
        made,
        "PubMed",
        SourceKind.DATABASE,
        paper(0, "CAR T cells in leukaemia", "Review", "Journal Article", year=None),
        paper(1, "Natural killer cells", "REVIEW", "Journal Article"),
        paper(2, "Cells in mice", 'So-called "letter"', year=2021),
    )
    deliver(made, 'The "other" one', SourceKind.DATABASE, paper(0, "CAR T cells in leukaemia.", "Trial", year=2019))
    deduplicate(made, lambda: 0.0)
    label(made, "pubmed:99000101", "Pilot", "Anna")
    decide(made, [Decision("pubmed:99000102", Stage.TITLE_ABSTRACT, "Anna", Verdict.EXCLUDE)])
    return made


def test_a_count_is_what_is_left_once_its_value_is_chosen(review: Review) -> None:
    facets = Facets(review)
    checked = set()
    for among in ("all", "unique", "duplicates", "undecided"):
        for where in ("", 'source = "PubMed"', 'year = "2020" or type = review', "title ~ cells"):
            found = find_records(review, RecordFilter("", where, among))
            assert list(facets.find(RecordFilter("", where, among)).positions) == list(found.positions)
            for name, values in facets.counts(among, found.positions).items():
                for one in (value for value in values if not demands(where, name, value.value)):
                    narrowed = RecordFilter("", with_value(where, name, one.value), among)
                    assert len(find_records(review, narrowed)) == len(facets.find(narrowed)) == one.n, narrowed
                    checked.add(name)
    assert checked == {*FACETS} - {"reason"}


def test_values_that_the_language_takes_for_one_are_one_and_years_come_the_latest_first(review: Review) -> None:
    counts = Facets(review).counts("all", find_records(review, RecordFilter()).positions)
    assert list(counts) == list(FACETS)
    assert [(one.value, one.n) for one in counts["type"]] == [
        ("Journal Article", 2),
        ("Review", 2),
        ('So-called "letter"', 1),
        ("Trial", 1),
    ]
    assert [one.value for one in counts["year"]] == ["2021", "2020", "2019"]
    assert [(one.value, one.n) for one in counts["label"]] == [("Pilot", 1)]


def test_what_is_stored_meanwhile_is_counted(review: Review) -> None:
    facets, everything = Facets(review), find_records(review, RecordFilter()).positions
    assert [one.n for one in facets.counts("all", everything)["phase"]] == [3, 1]
    decide(review, [Decision("pubmed:99000101", Stage.TITLE_ABSTRACT, "Anna", Verdict.EXCLUDE)])
    assert [one.n for one in facets.counts("all", everything)["phase"]] == [2, 2]


@pytest.mark.parametrize(
    ("where", "then"),
    [
        ("", 'year = "2020"'),
        ('year = "2020"', ""),
        ('source = "A" and year = "2020"', 'source = "A"'),
        ("title ~ x", 'title ~ x and year = "2020"'),
        ("a = 1 or b = 2", '(a = 1 or b = 2) and year = "2020"'),
        ('(a = 1 or b = 2) and year = "2020"', "(a = 1 or b = 2)"),
    ],
)
def test_choosing_a_value_adds_it_and_choosing_it_again_takes_it_back(where: str, then: str) -> None:
    assert with_value(where, "year", "2020") == then
    assert demands(where, "year", "2020") is ("2020" in where)


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ("mice", RecordFilter("mice")),
        ("= year > 2", RecordFilter("", "year > 2")),
        ("=year > 2", RecordFilter("", "year > 2")),
        ("mice = year = 2", RecordFilter("mice", "year = 2")),
        ('"a = b" mice', RecordFilter('"a = b" mice')),
    ],
)
def test_words_and_a_condition_are_written_in_one_line(typed: str, filters: RecordFilter) -> None:
    assert filter_of(typed, "all") == filters
    assert is_condition(typed) is bool(filters.where)
    assert filter_of(text_of(filters), "all") == filters


def test_a_facet_of_many_values_lists_the_first_and_those_chosen() -> None:
    many = {"type": in_order("type", {f"Type {n:02}": 100 - n for n in range(SHOWN + 3)})}
    lines = [line for line, _ in facet_rows(many, 'type = "Type 08"', (), 30)]
    assert lines == [None, *(FacetLine("type", f"Type {n:02}") for n in (*range(SHOWN), SHOWN + 2)), FacetLine("type")]
    assert "3 more" in facet_rows(many, "", (), 30)[-1][1].plain
    assert len(facet_rows(many, "", ("type",), 30)) == SHOWN + 3 + 2
    six = {"type": in_order("type", dict.fromkeys("abcdef", 1))}
    assert [line for line, _ in facet_rows(six, "", (), 30)] == [None, *(FacetLine("type", name) for name in "abcdef")]


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


async def settled(pilot: Pilot[None]) -> str:
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    return painted(pilot)


async def test_a_facet_is_chosen_by_keys_and_writes_the_filter(review: Review) -> None:
    async with ReviewApp(review, "Anna", "records").run_test(size=(120, 36)) as pilot:
        assert "3 more" not in await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, RecordsScreen)
        await pilot.press("tab", "j", "enter")
        text = await settled(pilot)
        assert screen.query_one("#filter", Input).value == '= phase = "excluded at title/abstract"'
        assert "1 found" in text
        assert "PubMed" in text
        assert "2020" not in text.split("Cells in mice")[1]
        await pilot.press("enter")
        assert "4 records" in await settled(pilot)
        await pilot.press("escape", "j")
        assert screen.list.mark == 1


async def test_a_facet_is_chosen_with_the_mouse_and_a_narrow_screen_has_none(review: Review) -> None:
    async with ReviewApp(review, "Anna", "records").run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        facets = pilot.app.screen.query_one(FacetList)
        await pilot.click(facets, offset=(6, 1 + facets.lines.index(FacetLine("label", "Pilot"))))
        assert "1 found" in await settled(pilot)
        assert pilot.app.focused is facets
        await pilot.click(pilot.app.screen.query_one(RecordList), offset=(6, 5))
        assert pilot.app.focused is None
        await pilot.resize_terminal(80, 24)
        assert "Facets" not in await settled(pilot)
        assert pilot.app.screen.request.where == 'label = "Pilot"'
