"""The first page: boxes whose numbers are never cut, and lines of which each leads somewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from prisma_tool.history.activity import LogEntry
from prisma_tool.history.overview import Overview
from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.home.fitted_text import FittedText
from prisma_tool.tui.home.lately import log_text, week_text
from prisma_tool.tui.home.pipeline import boxes_of, pipeline
from prisma_tool.tui.home.to_do import JoinsToLookAt, to_do, to_do_lines
from prisma_tool.updates.changes_since_decision import OpenItems

EMPTY = Overview(
    records=0,
    surplus=0,
    removed=0,
    screened_out=0,
    sought=0,
    seeking=0,
    not_retrieved=0,
    assessed=0,
    excluded=0,
    ongoing=0,
    awaiting=0,
    included=0,
    studies=0,
    unlinked=0,
    conflicts=0,
    title_conflicts=0,
    to_screen=0,
    to_assess=0,
    mine=dict.fromkeys(Stage, 0),
    searches=0,
    waiting_for_comparison=0,
    uncertain_pairs=0,
    open_items=OpenItems(),
)
HALF = replace(
    EMPTY, records=661, surplus=98, to_screen=28, screened_out=462, sought=73, assessed=69, not_retrieved=4, excluded=35,
    included=34, studies=25, mine={Stage.TITLE_ABSTRACT: 28, Stage.FULL_TEXT: 0},
)  # fmt: skip


@pytest.mark.parametrize("width", [60, 76, 116, 196])
def test_every_number_stands_in_its_box_at_every_width(width: int) -> None:
    text = pipeline(HALF, width).plain
    for number in ("661", "563", "535 of 563", "−462", "69 of 73", "−35", "98", "28", "4", "34", "25"):
        assert number in text
    assert len({len(line) for line in text.splitlines()}) == 1
    assert max(map(len, text.splitlines())) <= max(width, 76)


def test_numbers_of_a_large_review_are_written_tighter_before_they_are_cut() -> None:
    large = replace(EMPTY, records=1_234_567, to_screen=1_134_567)
    assert "100000/1234567" in pipeline(large, 92).plain
    assert "100,000 of 1,234,567 screened" in pipeline(large, 196).plain


def test_a_bar_is_full_only_where_all_is_done_and_absent_where_nothing_is_to_do() -> None:
    assert "━" not in pipeline(EMPTY, 116).plain
    titles = pipeline(replace(HALF, to_screen=1), 116).plain.splitlines()[2]
    assert "╌" in titles
    begun = pipeline(replace(EMPTY, records=563, to_screen=562), 116).plain
    assert begun.count("━") == 1, "one of many is a beginning"
    done = pipeline(replace(HALF, to_screen=0), 116).plain
    assert "╌" not in done


def test_what_waits_adds_up_with_what_is_done() -> None:
    titles = boxes_of(HALF)[2]
    assert (titles.n, titles.of, titles.left) == (535, 563, 462)


def test_the_next_step_comes_first_and_warnings_lead_to_what_they_warn_of() -> None:
    items = OpenItems(late_duplicates=(("a:1", "b:1"), ("a:2", "b:2")))
    lines = to_do(replace(HALF, open_items=items, unlinked=2), JoinsToLookAt(3, 1, 9))
    assert [line.words.split(":")[0] for line in lines] == [
        "Screen 28 of 563 titles",
        "See which of 2 included reports without a study belong to one",
        "2 records joined reports after these were decided",
        "3 joined pairs are least certain, 1 of them by earlier rules (x puts this away)",
    ]
    assert lines[2].listed is not None
    assert lines[2].listed.keys == ("a:1", "a:2")
    assert lines[2].listed.among({"a:2"}).words.startswith("1 record joined a report")
    assert all(line.place or line.listed for line in lines)


def test_work_that_is_not_ones_own_says_whose_it_is() -> None:
    others = replace(HALF, mine=dict.fromkeys(Stage, 0))
    assert next(line.words for line in to_do(others) if line.key == "4") == "Screen 28 of 563 titles, all by others"
    some = replace(HALF, mine={Stage.TITLE_ABSTRACT: 5, Stage.FULL_TEXT: 0})
    assert to_do(some)[0].words == "Screen 28 of 563 titles, 5 by you"


def test_an_empty_review_asks_for_records_and_a_finished_one_shows_the_figure() -> None:
    assert [line.key for line in to_do(EMPTY)] == ["+"]
    assert [line.key for line in to_do(replace(HALF, to_screen=0))] == ["8"]


def test_a_long_line_is_broken_and_not_cut() -> None:
    items = to_do(replace(HALF, open_items=OpenItems(late_duplicates=(("a:1", "b:1"), ("a:2", "b:1")))))
    lines = to_do_lines(items, 0, 50)
    assert [place for place, _ in lines] == [0, 1, 1]
    assert " ".join(line.plain.removesuffix("Enter").strip() for _, line in lines[1:]).endswith("look whether rightly")


def test_whoever_has_decided_nothing_is_named_as_well() -> None:
    assert week_text({}, ["Anna"], 76).plain.startswith("Anna")
    assert "no decision yet" in week_text({}, ["Anna"], 76).plain
    assert week_text({}, [], 76).plain == "Nobody has decided yet."


def test_of_one_thing_the_name_is_singular() -> None:
    text = pipeline(replace(EMPTY, records=1, included=1, studies=1, conflicts=1, title_conflicts=1), 116).plain
    assert "1 record " in text
    assert "1 report included" in text
    assert "1 reports" not in text


def test_no_number_stands_in_a_box_without_saying_of_what() -> None:
    lines = pipeline(replace(HALF, waiting_for_comparison=1412, to_assess=128, conflicts=12, title_conflicts=12), 76).plain
    cells = [line.replace("▸", " ").strip("│").split("│") for line in lines.splitlines()[1:-1]]
    assert [cell for row in cells for cell in row if re.fullmatch(r"\s*[\d,]+\s*", cell)] == [" 12         "]
    assert "1,412 new" in lines
    assert "│ conflicts  │" in lines


NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def entry(at: datetime, words: str, subject: str = "", title: str = "") -> LogEntry:
    return LogEntry("1", "note", subject, "Ada", at, at, words, (), title)


@pytest.mark.parametrize(("days", "when"), [(0, "%H:%M"), (3, "25 %b"), (31, "28 %b"), (400, "24 %b %Y")])
def test_what_was_done_lately_has_the_shortest_moment_that_is_clear(days: int, when: str) -> None:
    at = NOON - timedelta(days)
    assert log_text([entry(at, "Ada noted")], NOON, 60).plain == f"{at.astimezone():{when}}   Ada noted"


def test_what_was_done_lately_names_a_record_by_its_title_and_by_its_key_where_it_has_none() -> None:
    done = "Ada included pubmed:1 at full text"
    assert log_text([entry(NOON, done, "pubmed:1", "On [b] mice")], NOON, 60).plain.endswith(
        "Ada included “On [b] mice” at full text"
    )
    assert log_text([entry(NOON, done, "pubmed:1")], NOON, 60).plain.endswith(done)
    assert log_text([entry(NOON, "Ada wrote a note", "pubmed:1", "On mice")], NOON, 60).plain.endswith(
        "Ada wrote a note · On mice"
    )


async def test_a_text_is_drawn_for_the_width_that_it_comes_to_have() -> None:
    class Shows(App[None]):
        def compose(self) -> ComposeResult:
            text = FittedText()
            text.show(lambda width: Content(f"{width} cells"))
            yield text

    async with Shows().run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        assert str(pilot.app.query_one(FittedText).content) == "40 cells"
        await pilot.resize_terminal(50, 5)
        await pilot.pause()
        assert str(pilot.app.query_one(FittedText).content) == "50 cells"
