"""The list of records: columns that hold whatever a title holds, windows that are asked for, and the filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from prisma_tool.dedupe import manual
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.records.browse import BrowseRow, RecordFilter, find_records
from prisma_tool.reports.state import Phase
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, add_note, decide
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.record_browser.record_list import RecordList, about, columns, record_line
from prisma_tool.tui.record_browser.record_page import record_details_page
from prisma_tool.tui.record_browser.record_screen import RecordScreen
from prisma_tool.tui.records.screen import RecordsScreen
from prisma_tool.tui.sessions.record_page_data import read_record_details
from prisma_tool.tui.widgets.text_columns import fitted

ReviewOf = Callable[..., Review]
NARROW, WIDE = (80, 24), (200, 60)
HOSTILE = "[red]not red[/red] \x1b[31mplain\x1b[0m שלום עולם é 漢字かな \u202eabc"
PLAIN = BrowseRow("pubmed:1", 2020, "Author", "Title", "PubMed", Phase.SCREENING)


def painted(pilot: Pilot[None]) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()]


async def settled(pilot: Pilot[None]) -> None:
    """Wait until what was asked is answered and painted; an answer may ask for more."""
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_any_text_takes_exactly_the_cells_of_its_column(text: str, width: int) -> None:
    assert cell_len(fitted(text, width)) == width


@pytest.mark.parametrize("width", [60, 78, 149, 150, 198])
@pytest.mark.parametrize("explained", [True, False])
def test_a_hostile_record_stands_in_the_columns_of_a_plain_one(width: int, explained: bool) -> None:
    hostile = replace(PLAIN, key="漢字" * 20, author=HOSTILE, title=HOSTILE, source=HOSTILE, labels=(HOSTILE,), why=HOSTILE)
    lines = [record_line(row, width, explained=explained) for row in (PLAIN, hostile)]
    starts = [[cell_len("".join(text for text, _ in line[:n])) for n in range(len(line))] for line in lines]
    assert starts[0] == starts[1]
    assert [sum(cell_len(text) for text, _ in line) for line in lines] == [width, width]
    assert "\x1b" not in "".join(text for text, _ in lines[1])


def test_a_wide_list_has_more_columns_and_a_narrow_one_says_the_rest_below() -> None:
    joined = replace(PLAIN, records=3, shown_for="embase:7", labels=("pilot",), reason="")
    below = about(joined, 100).plain
    assert len(columns(198)) > len(columns(78))
    assert all(word in below for word in ("PubMed", "duplicate of embase:7", "3 records", "labels: pilot", "to be screened"))
    assert "dup" in "".join(text for text, _ in record_line(joined, 78))


class Numbers:
    """A list of a hundred thousand rows that notes which of them it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return 100_000

    def rows(self, first: int, n: int) -> Sequence[BrowseRow]:
        self.asked.append((first, n))
        return [replace(PLAIN, key=f"pubmed:{place}") for place in range(first, first + n)]


class Frame(App[None]):
    def compose(self) -> ComposeResult:
        yield RecordList()


async def test_the_list_asks_for_the_visible_window_and_a_page_around_it_alone() -> None:
    source = Numbers()
    async with Frame().run_test(size=NARROW) as pilot:
        shown = pilot.app.query_one(RecordList)
        shown.show(source)
        await settled(pilot)
        shown.go_to(50_000)
        await settled(pilot)
        shown.page(1)
        shown.move(3)
        await settled(pilot)
        before = len(source.asked)
        shown.move(-1)
        await settled(pilot)
        shown.go_to(10**9)
        await settled(pilot)
        assert "pubmed:99999" in painted(pilot)[-1]
        assert shown.marked is not None
        assert shown.marked.key == "pubmed:99999"
    assert len(source.asked) == before + 1, "a step within what is there asks for nothing"
    assert all(n <= 3 * 24 for _, n in source.asked)
    assert any(first < 50_000 < first + n for first, n in source.asked)


async def test_a_click_marks_a_row_and_a_click_on_the_marked_row_opens_it(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(5), "Anna", "records")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        for _ in range(2):
            await pilot.click(RecordList, offset=(10, 3))
        await settled(pilot)
        assert isinstance(app.screen, RecordScreen)
        assert "Plain report 3" in "\n".join(painted(pilot))


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_typing_a_filter_finds_records_and_enter_opens_one_whole(review_of: ReviewOf, size: tuple[int, int]) -> None:
    hostile = "TY  - JOUR\nTI  - " + HOSTILE.replace("\x1b", "") + "\nPY  - 2019\nER  - \n"
    plain = "".join(f"TY  - JOUR\nTI  - Plain report {n}\nPY  - 2021\nER  - \n" for n in range(1, 4))
    app = ReviewApp(review_of(hostile + plain), "Anna", "records")
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        rows = painted(pilot)
        assert "4 records" in rows[2]
        assert "[red]not red[/red]" in rows[4]
        assert all(cell_len(line) == size[0] for line in rows), "no line is wider or narrower than the screen"
        await pilot.press("slash", *"rep*")
        screen = app.screen
        assert isinstance(screen, RecordsScreen)
        screen._look_for_typed()
        await settled(pilot)
        assert "3 found" in painted(pilot)[2]
        await pilot.press("down", "enter", "enter")
        await settled(pilot)
        assert "Plain report 2" in "\n".join(painted(pilot))
        await app.screen.run_action("step(1)")
        await settled(pilot)
        assert "Plain report 3" in "\n".join(painted(pilot))
        await pilot.press("escape")
        assert screen.list.mark == 2
        await pilot.press("escape")
        await settled(pilot)
        assert "4 records" in painted(pilot)[2]
        await pilot.press("escape")
        assert app.current_mode == "home"


async def test_a_condition_is_looked_for_on_enter_and_its_mistake_is_told_below(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(3), "Anna", "records")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, RecordsScreen)
        field = screen.query_one("#filter")
        for typed, expected in (("= title ~ 'report 2'", "1 found"), ("= nonsense = 3", "there is no field 'nonsense'")):
            field.value = typed  # type: ignore[attr-defined] # an Input
            await pilot.press("slash", "enter")
            await settled(pilot)
            assert expected in "\n".join(painted(pilot))


async def test_only_the_newest_of_several_wishes_is_shown(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(3), "Anna", "records")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, RecordsScreen)
        for wanted in (
            replace(screen.request, words="nothing"),
            replace(screen.request, words="mice"),
            replace(screen.request, words="2"),
        ):
            screen.seek(wanted)
        await settled(pilot)
        assert screen.displayed == screen.request
        assert screen.list.total == 1


async def test_one_key_goes_to_the_record_in_its_queue(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(3), "Anna", "records")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("down", "Q")
        await settled(pilot)
        assert app.current_mode == Stage.TITLE_ABSTRACT
        assert "Plain report 2" in "\n".join(painted(pilot))


def test_an_opened_record_shows_votes_and_notes_of_others_only_once_its_viewer_has_voted(review_of: ReviewOf) -> None:
    review = review_of(2)
    key = find_records(review, RecordFilter()).rows(0, 1)[0].key
    decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Ben", Verdict.EXCLUDE, "Wrong outcome", note="dull")])
    add_note(review, key, "not ours", "Ben")

    def page() -> str:
        return record_details_page(read_record_details(review, key, "Anna"), review.protocol, ()).content.plain

    assert f"Ben voted on {key} at title/abstract (shown once you have voted)" in page()
    assert "not ours" not in page()
    assert "dull" not in page()
    assert "1 note by other reviewers, shown once you have decided" in page()
    decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Anna", Verdict.INCLUDE)])
    assert f"Ben excluded {key} (Wrong outcome) at title/abstract: dull" in page()
    assert "not ours" in page()


def test_an_opened_record_says_where_its_report_stands_and_lists_all_its_records(review_of: ReviewOf) -> None:
    review = review_of(2)
    first, second = (row.key for row in find_records(review, RecordFilter()).rows(0, 2))
    manual.merge(review, first, second, "Anna")
    decide(review, [Decision(first, Stage.TITLE_ABSTRACT, "Anna", Verdict.EXCLUDE, "Wrong outcome")])
    for key in (first, second):
        text = record_details_page(read_record_details(review, key, "Anna"), review.protocol, ()).content.plain
        assert "Excluded at title/abstract: Wrong outcome" in text
        assert "The 2 records of this report" in text
        assert f"joined {min(first, second)} and {max(first, second)}" in text
    standing = [
        record_details_page(read_record_details(review, key, "Anna"), review.protocol, ()).content.plain
        for key in (first, second)
    ]
    assert sum("Duplicate, counted under" in text for text in standing) == 1
