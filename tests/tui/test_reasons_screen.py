"""The exclusion reasons on the screen: every change is stored before it shows, and is in force when one leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.file import protocol_text
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.records import records
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.protocol.reasons_dialog import ReasonsScreen

ReviewOf = Callable[..., Review]
NARROW = (80, 24)


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def pressed(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


async def answered(pilot: Pilot[None], text: str) -> None:
    pilot.app.screen.query_one(Input).value = text
    await pressed(pilot, "enter")


def word(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#word", Static).content)


def labels(folder: Path) -> list[str]:
    return [reason.label for reason in parse_protocol(protocol_text(folder)).reasons]


@pytest.fixture
def review(review_of: ReviewOf) -> Review:
    """Two reports, excluded for the population and for the outcome."""
    made = review_of(2)
    with made.store.read() as transaction:
        keys = [record.key for record in records.all_records(transaction)]
    reasons = ("Wrong population", "Wrong outcome")
    choices = zip(keys, reasons, strict=True)
    decide(made, [Decision(key, Stage.TITLE_ABSTRACT, "Anna", Verdict.EXCLUDE, reason) for key, reason in choices])
    return made


async def test_reasons_are_renamed_moved_added_and_in_force_when_one_leaves(review: Review) -> None:
    app = ReviewApp(review, "Anna", "protocol")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pressed(pilot, "enter", "4")
        assert isinstance(app.screen, ReasonsScreen)
        assert " 1. Wrong population" in painted(pilot)
        assert "1 report" in painted(pilot)
        await pressed(pilot, "enter")
        await answered(pilot, "Not [our] patients")
        assert word(pilot) == "Wrong population is now called Not [our] patients"
        await pressed(pilot, "J")
        assert labels(review.folder)[:2] == ["Wrong intervention", "Not [our] patients"]
        await pressed(pilot, "n")
        await answered(pilot, "Animals")
        await pressed(pilot, "n")
        await answered(pilot, "animals")
        assert "There is a reason 'Animals' already" in painted(pilot)
        await pressed(pilot, "escape")
        assert app.workspace.review.protocol.reasons[1].label == "Not [our] patients"
        assert labels(review.folder)[-1] == "Animals"
        assert "Not [our] patients" in painted(pilot)


async def test_merged_reasons_count_as_one_until_the_merge_is_undone(review: Review) -> None:
    app = ReviewApp(review, "Anna", "protocol")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pressed(pilot, "enter", "4", "u")
        assert word(pilot) == "no reasons are merged"
        await pressed(pilot, "m", "3")
        assert word(pilot) == "Wrong population counts under Wrong outcome; u parts them again"
        assert "Wrong population counts under Wrong outcome" in painted(pilot)
        assert "2 reports" in painted(pilot)
        await pressed(pilot, "u")
        assert word(pilot) == "Wrong population counts by itself again"
        assert labels(review.folder)[0] == "Wrong population"
