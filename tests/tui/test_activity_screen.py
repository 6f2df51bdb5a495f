"""The log on the screen: found, read on, shown whole, and a decision taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from prisma_tool.history.activity import LogEntry, LogFilter
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, add_note, decide
from prisma_tool.tui.activity import screen as place
from prisma_tool.tui.activity.activity_list import entry_line, entry_text
from prisma_tool.tui.activity.screen import ActivityScreen
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.text_page import TextPage

ReviewOf = Callable[..., Review]
NARROW, WIDE = (80, 24), (200, 60)
HOSTILE = "[red]no[/red]\x1b[31m\nשלום 漢字"
WHEN = datetime(2025, 2, 3, tzinfo=UTC)
ENTRY = LogEntry("id", "note", "embase:1", HOSTILE, WHEN, WHEN, HOSTILE, (("text", HOSTILE),), title=HOSTILE)


def painted(pilot: Pilot[None]) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()]


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def keys_of(review: Review) -> list[str]:
    from prisma_tool.records.browse import RecordFilter, find_records

    return [row.key for row in find_records(review, RecordFilter()).rows(0, 99)]


@pytest.mark.parametrize("width", [60, 78, 129, 130, 198])
def test_a_hostile_entry_keeps_its_columns(width: int) -> None:
    for entry in (ENTRY, replace(ENTRY, undone=True), replace(ENTRY, held_back=True)):
        line = entry_line(entry, width)
        assert sum(cell_len(text) for text, _ in line) == width
        assert "\x1b" not in "".join(text for text, _ in line)
        assert line[0][0].startswith(" 2025-02-0")
    assert "\x1b" not in entry_text(ENTRY).plain
    assert "[red]no[/red]" in entry_text(ENTRY).plain


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_an_own_decision_is_taken_back_and_anothers_is_not(review_of: ReviewOf, size: tuple[int, int]) -> None:
    review = review_of(2)
    key, other = keys_of(review)
    decide(review, [Decision(other, Stage.TITLE_ABSTRACT, "Ben", Verdict.EXCLUDE)])
    decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Anna", Verdict.EXCLUDE)])
    app = ReviewApp(review, "Anna", "activity")
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert f"Anna excluded {key}" in painted(pilot)[3]
        await pilot.press("down", "u")
        assert "Ben's decision" in "\n".join(painted(pilot))
        await pilot.press("escape", "up", "u")
        await settled(pilot)
        assert "Anna took back: excluded" in painted(pilot)[3]
        assert "(taken back)" in painted(pilot)[4]
        await pilot.press("enter")
        assert isinstance(app.screen, TextPage)
        assert "kind         undo" in "\n".join(painted(pilot))


async def test_the_log_is_read_on_as_far_as_one_goes(review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "PAGE", 10)
    review = review_of(1)
    (key,) = keys_of(review)
    for n in range(35):
        add_note(review, key, f"note {n}", "Anna")
    app = ReviewApp(review, "Anna", "activity")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, ActivityScreen)
        assert screen.list.total == 10, "the import was before them"
        assert "everything · 10 or more" in painted(pilot)[1]
        for _ in range(8):
            await screen.run_action("edge(1)")
            await settled(pilot)
        assert screen.list.total == 37
        assert "everything · 37 " in painted(pilot)[1]


async def test_the_log_is_narrowed_and_a_wrong_key_leaves_what_was_shown(review_of: ReviewOf) -> None:
    review = review_of(2)
    key, other = keys_of(review)
    add_note(review, key, "one", "Anna")
    add_note(review, other, "two", "Anna")
    app = ReviewApp(review, "Anna", "activity")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, ActivityScreen)
        for typed, expected in ((key, f"about {key} · 1 "), ("nonsense", "There is no record nonsense")):
            screen.query_one(Input).value = typed
            await pilot.press("slash", "enter")
            await settled(pilot)
            assert expected in "\n".join(painted(pilot))
        assert screen.narrowed == LogFilter(key=key)
        await pilot.press("escape")
        await pilot.press("I", "2")
        await settled(pilot)
        assert screen.narrowed == LogFilter(reviewer="Anna")
        assert screen.list.total == 2
