"""Below the queue stands what its reports have in common; a value of it narrows the queue, by key or by mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from prisma_tool.fulltext.retrieval import Retrieval, retrieve
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.vocabulary import RetrievalStatus, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import read_queue
from prisma_tool.screening.queue_filter import has_value, parse_queue_query, with_queue_value
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.record_browser.facet_list import FacetList
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions.queue_cursor import QueueCursor
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.widgets.queue_list import QueueList, QueueRows
from prisma_tool.tui.widgets.row_list import RowsRequest

ReviewOf = Callable[..., Review]
TITLES, TEXTS = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
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
        ("mice", 'The "Best"', r'mice = source = "The \"Best\""'),
        ("mice = year > 2000", "Embase", 'mice = year > 2000 and source = "Embase"'),
        ('mice = year > 2000 and source = "Embase"', "Embase", "mice = year > 2000"),
    ],
)
def test_a_value_is_written_into_a_filter_and_taken_out_again(before: str, value: str, after: str) -> None:
    assert with_queue_value(before, "source", value) == after
    assert has_value(after, "source", value) is (len(after) > len(before))


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


def test_a_value_with_quotation_marks_that_was_written_is_the_one_that_is_asked_for() -> None:
    asked = parse_queue_query(with_queue_value("", "label", 'say "yes"'))
    assert asked.condition is not None
    assert asked.condition.holds(lambda _: ('say "yes"',))
    assert not asked.condition.holds(lambda _: ("say no",))


def votes_at_full_text(review: Review) -> list[str]:
    """Four reports went forward: one has a text, one is excluded by Anna, one by Ben alone, one was decided by both."""
    with review.store.read() as transaction:
        keys = read_queue(transaction, TITLES, "Anna").keys
    for name in ("Anna", "Ben"):
        decide(review, [Decision(key, TITLES, name, Verdict.INCLUDE) for key in keys])
    retrieve(review, [Retrieval(key, RetrievalStatus.RETRIEVED) for key in keys[1:]], "Anna")
    decide(review, [Decision(keys[2], TEXTS, "Anna", Verdict.EXCLUDE, "Wrong outcome")])
    decide(review, [Decision(keys[3], TEXTS, "Ben", Verdict.EXCLUDE, "Wrong population")])
    return keys


async def test_full_texts_are_counted_by_state_reason_source_and_year_and_narrowed_by_them(review_of: ReviewOf) -> None:
    made = review_of(3, "\n[screening]\nreviewers_per_record = 2\n")
    file = made.folder.with_name("scopus.ris")
    file.write_text(SCOPUS, encoding="utf-8")
    import_file(made, file, Import("Scopus"))
    votes_at_full_text(made)
    async with ReviewApp(made, "Anna", "full-text").run_test(size=(170, 44)) as pilot:
        await settled(pilot)
        facets = pilot.app.screen.query_one(FacetList)
        counts = {name: [(one.value, one.n) for one in values] for name, values in facets.counts.items()}
        assert counts["is"] == [("to-get", 1), ("to-assess", 2), ("exclude", 1)]
        assert counts["reason"] == [("Wrong outcome", 1)], "of Ben's vote nothing is counted"
        assert counts["source"] == [("Embase", 3), ("Scopus", 1)]
        assert counts["year"] == [("2021", 3), ("2020", 1)]
        for field, values in counts.items():
            for value, n in values:
                narrowed = made_session(pilot).find(with_queue_value("", field, value))
                assert narrowed is not None
                assert len(narrowed.keys) == n, (field, value)
        await pilot.press("shift+tab", "enter")
        assert "with “is:to-get”" in await settled(pilot)


def made_session(pilot: Pilot[None]) -> ScreeningSession:
    screen = pilot.app.screen
    assert isinstance(screen, ReportScreen)
    return screen.session


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
