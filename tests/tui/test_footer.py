"""The last line names as many keys as there is room for, the most used first, and none that does nothing as things stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.binding import ActiveBinding, Binding
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets._footer import FooterKey

from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.queue_keys import QueueState
from prisma_tool.tui.screening.keys import FULL_TEXT, TITLE_ABSTRACT
from prisma_tool.tui.widgets.key_footer import KeyUse, fitting

ReviewOf = Callable[..., Review]
OFFERED = [
    Binding("j", "down", "Down", id="here.down", show=False),
    Binding("i", "include", "Include", id="here.include"),
    Binding("e", "exclude", "Exclude", id="here.exclude"),
    Binding("x", "rare", "Rare", id="here.rare", show=False),
    Binding("q", "quit", "Quit", id="place.quit"),
]


def width_of(active: ActiveBinding) -> int:
    return len(active.binding.description)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (4, "q"),
        (17, "iq"),
        (18, "ieq"),
        (21, "ieq"),
        (22, "iexq"),
        (26, "iexjq"),
    ],
)
def test_what_does_not_fit_is_left_out_from_its_end_and_the_way_out_never_is(width: int, shown: str) -> None:
    active = [ActiveBinding(Screen(), one, enabled=True, tooltip="") for one in OFFERED]
    assert "".join(one.binding.key for one in fitting(active, width, width_of, KeyUse())) == shown


def test_the_most_used_keys_and_those_of_the_next_places_come_before_the_others() -> None:
    offered = [*OFFERED, Binding("5", "go", "Texts", id="go.full-text", show=False)]
    active = [ActiveBinding(Screen(), one, enabled=True, tooltip="") for one in offered]
    use = KeyUse(next_places=("go.full-text",), most_used=("here.down",))
    assert "".join(one.binding.key for one in fitting(active, 99, width_of, use)) == "ie5jxq"


EVERY_KEY = [binding for groups in (TITLE_ABSTRACT, FULL_TEXT) for _, group in groups for binding in group]


def useful(state: QueueState) -> set[str]:
    return {str(binding.id) for binding in EVERY_KEY if state.is_useful(binding.action)}


def test_at_the_end_of_a_queue_no_key_is_named_that_would_need_a_record() -> None:
    finished = QueueState(Stage.FULL_TEXT, total=5, has_votes=True)
    verdicts = {
        "screening.include",
        "screening.exclude",
        "screening.maybe",
        "screening.ongoing",
        "screening.note",
        "screening.retrieval",
    }
    assert not useful(finished) & (
        verdicts | {"screening.next", "screening.skip", "record.edit", "screening.find", "screening.text"}
    )
    assert useful(finished) >= {
        "screening.previous",
        "screening.undo",
        "screening.filter",
        "screening.jump",
        "place.help",
        "place.quit",
    }
    assert useful(replace(finished, is_on_record=True)) >= verdicts
    assert finished.key_use().next_places == ("go.studies", "go.flow", "go.home")
    assert finished.key_use().names["screening.previous"] == "Change a vote"


def test_an_empty_queue_names_the_places_that_fill_it_and_nothing_to_take_back() -> None:
    empty = QueueState(Stage.TITLE_ABSTRACT)
    assert empty.key_use().next_places == ("go.search", "go.duplicates")
    assert not useful(empty) & {
        "screening.undo",
        "screening.undo-several",
        "screening.previous",
        "screening.filter",
        "screening.jump",
    }


def test_keys_for_rare_cases_are_named_in_these_alone() -> None:
    usual = QueueState(Stage.TITLE_ABSTRACT, is_on_record=True, total=3, is_waiting=True)
    cases = {
        "screening.captured": replace(usual, is_captured=True),
        "screening.no-results": replace(usual, lacks_results=True),
        "screening.acknowledge": replace(usual, has_changed=True),
        "screening.answer": replace(usual, has_criteria=True),
        "screening.why": replace(usual, is_ordered=True),
        "screening.clear": replace(usual, is_filtered=True),
        "screening.undo": replace(usual, has_votes=True),
        "screening.undo-several": replace(usual, votes_of_sitting=True),
    }
    for key, state in cases.items():
        assert key not in useful(usual)
        assert key in useful(state)


async def test_the_footer_follows_the_last_vote_of_a_queue_and_the_way_back(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(1), "Anna", "title-abstract").run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "i Include e Exclude m Maybe n Note" in last_line(pilot)
        assert "Undo" not in last_line(pilot)
        await pilot.press("i")
        await pilot.pause()
        assert "u Undo 5 Full text 1 Home" in last_line(pilot)
        assert "h Change a vote" in last_line(pilot)
        assert "Include" not in last_line(pilot)
        await pilot.press("h")
        await pilot.pause()
        assert "i Include e Exclude m Maybe u Undo n Note" in last_line(pilot)


@pytest.mark.parametrize("place", ["duplicates", "studies", "conflicts"])
async def test_where_nothing_is_to_be_settled_the_footer_names_the_next_place_and_no_answer(
    review_of: ReviewOf, place: str
) -> None:
    async with ReviewApp(review_of(1), "Anna", place).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        named = last_line(pilot)
        assert {"duplicates": "4 Title/abstract", "studies": "8 Flow", "conflicts": "4 Title/abstract"}[place] in named
        assert not re.search("Same|Different|Include|Exclude|Skip|Next|Choose", named)


def last_line(pilot: Pilot[None]) -> str:
    return "".join(segment.text for segment in pilot.app.screen._compositor.render_strips()[-1])


async def test_keys_that_stay_as_they_are_are_not_drawn_anew(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(2), "Anna", "title-abstract").run_test(size=(80, 24)) as pilot:
        await pilot.press("n", "escape")
        shown = list(pilot.app.screen.query(FooterKey))
        pilot.app.screen.refresh_bindings()
        await pilot.press("j")
        assert shown
        assert list(pilot.app.screen.query(FooterKey)) == shown
        await pilot.press("i")
        assert "u Undo" in last_line(pilot)
        assert not set(pilot.app.screen.query(FooterKey)) & set(shown)


async def test_a_wider_screen_names_more_keys_and_what_does_nothing_now_is_not_named(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(2), "Anna", "search").run_test(size=(40, 24)) as pilot:
        await pilot.pause()
        assert "? Help q Quit" in last_line(pilot)
        assert "Check" not in last_line(pilot)
        await pilot.resize_terminal(120, 24)
        await pilot.pause()
        await pilot.pause()
        assert "V Check M More" in last_line(pilot)
        assert "Halt" not in last_line(pilot)
        assert "Changes" not in last_line(pilot)
        await pilot.press("H")
        assert "no search is running" in "".join(
            segment.text for strip in pilot.app.screen._compositor.render_strips() for segment in strip
        )


async def test_the_help_lists_the_keys_of_every_place_too(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(0), "Anna").run_test(size=(80, 70)) as pilot:
        await pilot.press("question_mark")
        text = "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())
        assert "In every place" in text
        assert re.search(r"7 +Records", text)
