"""The conflicts screen: both votes side by side, one key for the answer, nothing lost; and the team screen beside it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.dedupe.run import deduplicate
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.adjudication import conflicts
from prisma_tool.screening.decisions import Decision, add_note, decide
from prisma_tool.screening.queue import read_queue
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.conflicts.screen import ConflictsScreen
from prisma_tool.tui.dialogs.exclusion_reason import ExclusionReasonDialog
from prisma_tool.tui.sessions.adjudication_session import AdjudicationSession

ReviewOf = Callable[..., Review]
NARROW, WIDE = (80, 24), (200, 60)
TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
PAIR = "\n[screening]\nreviewers_per_record = 2\n"


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


@pytest.fixture
def disputed(review_of: ReviewOf) -> Review:
    """Three reports: a conflict, agreement to include, and one on which only the reasons differ at full text."""
    return review_of(3, PAIR, once=argued)


def argued(review: Review) -> None:
    deduplicate(review, lambda: 0.0)
    with review.store.read() as transaction:
        keys = read_queue(transaction, TA, "Anna").keys
    for name, verdict in (("Anna", Verdict.INCLUDE), ("Ben", Verdict.EXCLUDE)):
        reason = "Wrong outcome" if verdict is Verdict.EXCLUDE else ""
        decide(review, [Decision(keys[0], TA, name, verdict, reason, f"{name} thought [so]")])
        decide(review, [Decision(key, TA, name, Verdict.INCLUDE) for key in keys[1:]])
    for name, reason in (("Anna", "Wrong outcome"), ("Ben", "Wrong population")):
        decide(review, [Decision(keys[2], FT, name, Verdict.EXCLUDE, reason)])
    add_note(review, keys[0], "Ask the author", "Ben", TA)


def left(review: Review) -> list[tuple[Stage, bool]]:
    with review.store.read() as transaction:
        return [(one.stage, one.reasons_only) for one in conflicts(transaction)]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_both_votes_stand_side_by_side_with_reasons_and_notes(disputed: Review, size: tuple[int, int]) -> None:
    async with ReviewApp(disputed, "Anna", "conflicts").run_test(size=size) as pilot:
        await pilot.pause()
        sides = [str(side.render()) for side in pilot.app.screen.query(".vote").results(Static)]
        assert len(sides) == 2
        assert sides[0].startswith("Anna\n ✓ INCLUDE ")
        assert "Anna thought [so]" in sides[0]
        assert sides[1].startswith("Ben\n ✗ EXCLUDE  Wrong outcome")
        assert "Note: Ask the author" in sides[1]
        row = next(line for line in painted(pilot).splitlines() if "Anna" in line and "Ben" in line)
        assert row.index("Anna") < row.index("Ben")


async def test_one_key_settles_a_conflict_and_u_brings_it_back(disputed: Review) -> None:
    async with ReviewApp(disputed, "Anna", "conflicts").run_test(size=NARROW) as pilot:
        await pilot.press("i")
        assert left(disputed) == [(FT, True)]
        assert "✓ include, stored · " in painted(pilot)
        await pilot.press("u")
        assert left(disputed) == [(TA, False), (FT, True)]
        assert "Conflict 1 of 2" in painted(pilot)
        assert "✓ taken back: include · " in painted(pilot)


async def test_the_proposed_reason_is_accepted_by_a_key_and_another_chosen_from_the_list(disputed: Review) -> None:
    async with ReviewApp(disputed, "Anna", "conflicts").run_test(size=WIDE) as pilot:
        await pilot.press("l")
        assert "only the reasons differ; y: Wrong population" in painted(pilot)
        await pilot.press("y", "u")
        assert left(disputed) == [(TA, False), (FT, True)]
        await pilot.press("e")
        assert isinstance(pilot.app.screen, ExclusionReasonDialog)
        await pilot.press("4")
        assert left(disputed) == [(TA, False)]


async def test_a_note_is_kept_with_the_adjudication(disputed: Review) -> None:
    async with ReviewApp(disputed, "Anna", "conflicts").run_test(size=NARROW) as pilot:
        await pilot.press("n", *"Agreed", "enter", "e")
    with disputed.store.read() as transaction:
        (ruling,) = event_rows.events(transaction, kinds=["adjudication"])
    assert (ruling.text("note"), ruling.text("verdict")) == ("Agreed", "exclude")


async def test_where_no_conflict_waits_the_screen_claims_no_settling_and_keys_do_nothing(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(1), "Anna", "conflicts").run_test(size=NARROW) as pilot:
        await pilot.pause()
        assert "No conflict waits." in painted(pilot)
        assert "none waits" in painted(pilot)
        assert not re.search(r"settled as|are left|nothing here yet", painted(pilot))
        await pilot.press("i", "e", "y", "l", "n", "u")
        assert isinstance(pilot.app.screen, ConflictsScreen)
        assert "nothing to take back" in painted(pilot)


async def test_a_conflict_that_another_settled_meanwhile_is_not_settled_again(disputed: Review) -> None:
    async with ReviewApp(disputed, "Anna", "conflicts").run_test(size=NARROW) as pilot:
        AdjudicationSession(disputed, "Ben").adjudicate(Verdict.EXCLUDE)
        screen = pilot.app.screen
        assert isinstance(screen, ConflictsScreen)
        screen.session.reload()
        await screen.run_action("settle('include')")
        await pilot.pause()
        assert left(disputed) == [(FT, True)]
        assert "nothing was stored" in painted(pilot)


async def test_who_may_not_adjudicate_is_told_why_and_changes_nothing(review_of: ReviewOf) -> None:
    review = review_of(1, f'{PAIR}adjudication = "third"\n')
    with review.store.read() as transaction:
        (key,) = read_queue(transaction, TA, "Anna").keys
    for name, verdict in (("Anna", Verdict.INCLUDE), ("Ben", Verdict.EXCLUDE)):
        decide(review, [Decision(key, TA, name, verdict)])
    async with ReviewApp(review, "Anna", "conflicts").run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert "wants a third person" in painted(pilot)
        await pilot.press("i")
        assert "The conflict was not settled" in painted(pilot)
    assert left(review) == [(TA, False)]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_team_screen_tells_who_did_how_much_and_who_waits_for_whom(disputed: Review, size: tuple[int, int]) -> None:
    app = ReviewApp(disputed, "Anna", "team")
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        shown = painted(pilot)
        assert "1 report open, 0 of them with a vote" in shown
        line = next(line for line in shown.splitlines() if line.strip().startswith("Anna"))
        assert line.split() == ["Anna", "3", "0", "1", "1", "4", "2025-02-03"]
        assert "Anna and Ben: 2 of 3 (66.7%)" in shown
        await pilot.press("enter")
        assert app.current_mode == "conflicts"
