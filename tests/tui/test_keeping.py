"""What leaves the application as files, and what is frozen in it: records written, snapshots taken, versions closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from prisma_tool.dedupe.run import deduplicate
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import read_queue
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.records.screen import RecordsScreen
from prisma_tool.updates.close_version import list_versions

ReviewOf = Callable[..., Review]


def painted(pilot: Pilot[None]) -> str:
    return " ".join(
        "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()).split()
    )


async def settled(pilot: Pilot[None]) -> str:
    for _ in range(2):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    return painted(pilot)


def notices(pilot: Pilot[None]) -> list[str]:
    return [notice.message for notice in pilot.app._notifications]


async def test_the_records_that_are_listed_are_written_to_a_file_in_the_review(
    review_of: ReviewOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    review = review_of(3)
    async with ReviewApp(review, "Anna", "records").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, RecordsScreen)
        await pilot.press("greater_than_sign")
        assert "Write the records to a file" in painted(pilot)
        pilot.app.screen.query_one(Input).value = "some.pdf"
        await pilot.press("enter")
        assert "Nothing is written as '.pdf'" in painted(pilot)
        pilot.app.screen.query_one(Input).value = "some.ris"
        await pilot.press("enter")
        await settled(pilot)
        assert notices(pilot)[-1] == f"Wrote 3 records to {review.folder / 'some.ris'}"
        screen.query_one("#filter", Input).value = "report"
        screen._look_for_typed()
        await settled(pilot)
        await pilot.press("greater_than_sign")
        assert notices(pilot)[-1].startswith("what some words find is not written")
    assert (review.folder / "some.ris").read_text(encoding="utf-8").count("TY  - ") == 3


async def test_a_snapshot_is_taken_by_one_key(review_of: ReviewOf) -> None:
    review = review_of(1)
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("B")
        await settled(pilot)
        assert any(f"The snapshot is {path}" in notices(pilot) for path in (review.folder / "backups").iterdir())


async def test_a_version_is_closed_once_it_was_confirmed_and_nothing_waits(review_of: ReviewOf) -> None:
    review = review_of(1)
    async with ReviewApp(review, "Anna", "flow").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for answer in ("escape", "enter"):
            await pilot.press("number_sign", *"2025", "enter")
            assert "Close the version 2025" in painted(pilot)
            await pilot.press(answer)
            text = await settled(pilot)
        assert "The version was not closed" in text
        await pilot.press("escape")
        assert list_versions(review) == []
        with review.store.read() as transaction:
            keys = read_queue(transaction, Stage.TITLE_ABSTRACT, "Anna").keys
        decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Anna", Verdict.EXCLUDE) for key in keys])
        deduplicate(review, lambda: 0.0)
        await pilot.press("number_sign", *"2025", "enter", "enter")
        await settled(pilot)
        assert "Closed the version 2025: 0 studies, 0 reports included" in notices(pilot)
    assert [version.label for version in list_versions(review)] == ["2025"]
