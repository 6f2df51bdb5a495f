"""Below the queue stands what its reports have in common; a value of it narrows the queue, by key or by mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.review.open_review import Review
from prisma_tool.screening.queue_filter import has_condition, with_condition
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.record_browser.facet_list import FacetList
from prisma_tool.tui.sessions.queue_cursor import QueueCursor
from prisma_tool.tui.widgets.queue_list import QueueList, QueueRows
from prisma_tool.tui.widgets.row_list import RowsRequest

ReviewOf = Callable[..., Review]
SCOPUS = "TY  - JOUR\nTI  - Another report\nPY  - 2020\nER  - \n"


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("", "Embase", "source:Embase"),
        ("mice", "Web of Science", 'mice source:"Web of Science"'),
        ('mice source:"Web of Science"', "Web of Science", "mice"),
        ("source:Embase is:maybe", "Embase", "is:maybe"),
        ("source:Embase", "Scopus", "source:Embase source:Scopus"),
        ("SOURCE:Embase", "Embase", ""),
        ("resource:Embase", "Embase", "resource:Embase source:Embase"),
    ],
)
def test_a_value_is_written_into_a_filter_and_taken_out_again(before: str, value: str, after: str) -> None:
    assert with_condition(before, "source", value) == after
    assert has_condition(after, "source", value) is (len(after) > len(before))


async def settled(pilot: Pilot[None]) -> str:
    for _ in range(3):
        await pilot.app.at_rest()  # type: ignore[attr-defined] # the application of these tests
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


@pytest.fixture
def review(review_of: ReviewOf) -> Review:
    made = review_of(3)
    file = made.folder.with_name("scopus.ris")
    file.write_text(SCOPUS, encoding="utf-8")
    import_file(made, file, Import("Scopus"))
    return made


async def test_a_source_below_the_queue_narrows_it_and_counts_follow(review: Review) -> None:
    async with ReviewApp(review, "Anna", "title-abstract").run_test(size=(170, 44)) as pilot:
        shown = await settled(pilot)
        assert "· undecided" in shown
        facets = pilot.app.screen.query_one(FacetList)
        assert [(one.value, one.n) for one in facets.counts["source"]] == [("Embase", 3), ("Scopus", 1)]
        await pilot.press("tab")
        assert facets.has_focus
        await pilot.press("tab")
        assert not facets.has_focus
        await pilot.press("tab", "down", "down", "enter")
        shown = await settled(pilot)
        assert "Record 1 of 1 with “source:Scopus”" in shown
        assert "▸ Scopus" in shown
        assert not facets.has_focus
        await pilot.press("i")
        await settled(pilot)
        assert [(one.value, one.n) for one in facets.counts["is"]] == [("include", 1)]
        await pilot.press("escape")
        await settled(pilot)
        assert [(one.value, one.n) for one in facets.counts["is"]] == [("undecided", 3), ("include", 1)]


async def test_without_room_there_are_no_facets_until_there_is(review: Review) -> None:
    async with ReviewApp(review, "Anna", "title-abstract").run_test(size=(120, 34)) as pilot:
        assert "Facets" not in await settled(pilot)
        await pilot.press("tab")
        assert "160 columns" in await settled(pilot)
        await pilot.resize_terminal(170, 44)
        shown = await settled(pilot)
        assert "Facets" in shown
        assert "Embase" in shown


async def test_rows_asked_for_are_taken_by_the_same_queue_that_was_laid_anew_meanwhile(review: Review) -> None:
    async with ReviewApp(review, "Anna", "title-abstract").run_test(size=(120, 34)) as pilot:
        await settled(pilot)
        queue = pilot.app.screen.query_one(QueueList)
        source = queue.source
        assert isinstance(source, QueueRows)
        assert isinstance(queue.cursor, QueueCursor)
        asked = RowsRequest(QueueRows(source.review, source.keys, source.path), 0, len(source))
        queue.window = type(queue.window)()
        queue._arrived(asked, asked.source.rows(0, len(source)))
        assert len(queue.window.rows) == len(source)
        queue._arrived(RowsRequest(QueueRows(source.review, source.keys, []), 0, 0), [])
        assert len(queue.window.rows) == len(source)
