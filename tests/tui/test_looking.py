"""Looking for things while screening: by number, by words in the queue and in the record, at all records of a report."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.errors import UsageError
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.records.corrections import edit
from prisma_tool.review.open_review import Review
from prisma_tool.screening.queue import Queue, QueueMark
from prisma_tool.screening.queue_filter import parse_queue_query
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.screening.find_commands import FindCommands
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.sessions.queue_cursor import QueueCursor, QueueFilter
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.widgets.record_view import RecordView

ReviewOf = Callable[..., Review]
TITLES = Stage.TITLE_ABSTRACT
LONG = "TY  - JOUR\nTI  - A long abstract\nAB  - " + "Many words stand here. " * 200 + "A needle lies there.\nER  - \n"


def screen(pilot: Pilot[None]) -> ReportScreen:
    return next(one for one in pilot.app.screen_stack if isinstance(one, ReportScreen))


def find(pilot: Pilot[None]) -> FindCommands:
    group = screen(pilot).commands[FindCommands.NAME]
    assert isinstance(group, FindCommands)
    return group


def line(pilot: Pilot[None], name: str) -> str:
    return str(screen(pilot).query_one(f"#{name}", Static).content)


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


def test_what_is_typed_is_taken_apart() -> None:
    asked = parse_queue_query('CAR-T leuk* is:maybe is:Undecided label:"to discuss" source:Embase')
    assert asked.text.split() == ["CAR-T", "leuk*"]
    assert asked.where == 'is in (maybe, undecided) and label = "to discuss" and source = "Embase"'


def test_an_unknown_state_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"no state 'perhaps'; after is: stands one of undecided, to-get, to-assess, include"):
        parse_queue_query("is:perhaps")
    for typed in ("reason:", "mice label: pilot", "YEAR:"):
        with pytest.raises(UsageError, match="stands what is looked for"):
            parse_queue_query(typed)
    assert parse_queue_query("note: 5").text.split() == ["note:", "5"]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("report 2", [2]),
        ("mice is:undecided", [2, 3]),
        ("is:maybe", [1]),
        ("source:embase", [1, 2, 3]),
        ("source:nowhere", []),
        ("label:pilot", []),
        ("-2", [1, 3]),
        ("report = source = Embase and not is = maybe", [2, 3]),
        ("= is = undecided or has:label", [2, 3]),
    ],
)
def test_a_queue_is_narrowed_to_what_all_terms_meet(review_of: ReviewOf, typed: str, titles: list[int]) -> None:
    session = ScreeningSession(review_of(3), TITLES, "Anna")
    session.decide(Verdict.MAYBE)
    found = session.find(typed)
    assert found is not None
    assert found.keys & set(session.queue.keys) == {session.queue.keys[n - 1] for n in titles}


def test_year_and_type_are_asked_for_as_in_records_and_corrections_count(
    review_of: ReviewOf, deliver: Callable[..., None]
) -> None:
    review = review_of()
    papers = [
        Citation(title=f"Paper {n}", year=2019 + n, pmid=f"9900010{n}", publication_types=("Review",) * (n == 1))
        for n in (0, 1, 2)
    ]
    deliver(review, "PubMed", SourceKind.DATABASE, *papers)
    session = ScreeningSession(review, TITLES, "Anna")

    def titles_with(typed: str) -> list[int]:
        narrowed = session.find(typed)
        assert narrowed is not None
        return [n for n, key in enumerate(session.queue.keys) if key in narrowed.keys]

    assert titles_with("year:2020") == titles_with("type:review") == titles_with('year:2020 type:"Review"') == [1]
    assert titles_with("= year >= 2020") == [1, 2]
    assert titles_with("= year < 2020 or type = Review") == [0, 1]
    assert titles_with("year:2020 = year >= 2021") == []
    edit(review, session.queue.keys[2], "year", "2020", "Anna")
    assert titles_with("year:2020") == [1, 2]


@pytest.mark.parametrize("typed", ["= reviewer = Ben", "= outcome = include", "= phase = included"])
def test_what_others_decided_cannot_be_asked_of_a_queue(review_of: ReviewOf, typed: str) -> None:
    session = ScreeningSession(review_of(1), TITLES, "Anna")
    with pytest.raises(UsageError, match="there is no field"):
        session.find(typed)


def test_what_asks_nothing_narrows_nothing(review_of: ReviewOf) -> None:
    assert ScreeningSession(review_of(1), TITLES, "Anna").find(' "" ') is None


KEYS = [f"k{n}" for n in range(8)]
keys = st.sets(st.sampled_from(KEYS)).map(frozenset)


@given(
    marks=st.lists(st.sampled_from((QueueMark.WAITS, QueueMark.MAYBE, QueueMark.NOT_AT_STAGE)), min_size=8, max_size=8),
    order=st.permutations(KEYS),
    narrowed=st.none() | keys,
    start=st.integers(0, 7),
)
def test_a_lane_is_an_order_of_what_is_looked_for_and_keeps_the_present_report(
    marks: list[QueueMark], order: list[str], narrowed: frozenset[str] | None, start: int
) -> None:
    path = QueueCursor()
    path.take(Queue(list(KEYS), marks))
    path.step(start)
    here = path.current
    path.arrange(order)
    path.narrow(None if narrowed is None else QueueFilter("", narrowed))
    walked = [path.queue.keys[place] for place in path.path]
    there = {key for key, mark in zip(KEYS, marks, strict=True) if mark is not QueueMark.NOT_AT_STAGE}
    there &= set(KEYS) if narrowed is None else narrowed
    assert walked == [key for key in order if key in there]
    if here in there:
        assert path.current == here


async def test_a_number_or_a_key_goes_to_its_record(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(12), "Anna", TITLES).run_test() as pilot:
        await pilot.press("colon", "1", "2", "enter")
        assert line(pilot, "standing").startswith("Record 12 of 12")
        await screen(pilot).run_action("command('find.jump')")
        await pilot.pause()
        find(pilot)._jump("nowhere:1")
        await pilot.pause()
        assert line(pilot, "said") == "nowhere:1 is not in this list"


async def test_the_list_is_narrowed_and_widened_again(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(3), "Anna", TITLES)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("f", "3", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert line(pilot, "standing").startswith("Record 1 of 1 with “3”")
        assert "Plain report 3" in painted(pilot)
        find(pilot).narrow("unheard-of")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert line(pilot, "said") == "nothing in this list has unheard-of"
        find(pilot).narrow("= year > x")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "The condition “(year > x)”: 'x' is not a number" in painted(pilot)
        await pilot.press("escape")
        assert line(pilot, "said") == ""
        await pilot.press("escape")
        assert app.current_mode == TITLES
        assert line(pilot, "standing").startswith("Record 3 of 3")


async def test_words_are_found_in_a_long_record_and_brought_into_sight(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(LONG), "Anna", TITLES).run_test(size=(80, 24)) as pilot:
        assert "needle" not in painted(pilot)
        await pilot.press("slash", *"needle", "enter")
        await pilot.pause()
        assert line(pilot, "said") == "1 time here"
        assert "needle" in painted(pilot)
        find(pilot)._find("Many")
        await pilot.pause()
        assert screen(pilot).query_one(RecordView).scroll_y <= 2
        find(pilot)._find("absent")
        assert line(pilot, "said") == "“absent” is not in this record"


async def test_all_records_of_a_report_are_shown_with_the_reason_why_they_are_together(review_of: ReviewOf) -> None:
    review = review_of(2)
    session = ScreeningSession(review, TITLES, "Anna")
    session.join(session.queue.keys[1])
    async with ReviewApp(review, "Anna", TITLES).run_test(size=(120, 40)) as pilot:
        await pilot.press("D")
        here = pilot.app.screen
        assert isinstance(here, TextPage)
        assert here.text.plain.count("Plain report") == 2
        assert "same, by Anna" in here.text.plain
