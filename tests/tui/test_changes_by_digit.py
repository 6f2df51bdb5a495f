"""What changed about decided records is gone to by its digit, without Enter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from textual.app import App

from prisma_tool.tui.search.changes_dialog import ChangesScreen
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision

WHEN = datetime(2025, 2, 3, tzinfo=UTC)
CHANGES = [ChangeSinceDecision(f"a:{n}", f"b:{n}", "retracted", "no notice", "told", WHEN, "included", ()) for n in range(2)]


class Bare(App[None]):
    async def at_rest(self) -> None:
        """Nothing waits here."""


@pytest.mark.parametrize(("keys", "chosen"), [("2", ["b:1"]), ("31", ["b:0"]), ("9", [])])
async def test_a_digit_chooses_its_line_and_one_without_a_line_does_nothing(keys: str, chosen: list[str]) -> None:
    app = Bare()
    answers: list[str | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ChangesScreen(CHANGES), answers.append)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
    assert answers == chosen
