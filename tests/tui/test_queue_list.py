"""The queue beside the record: it follows the record, shows the reviewer's own verdicts, and is met with the mouse."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot

from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.choice_grid import ChoiceGrid
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.screening.side_panel import SidePanel
from prisma_tool.tui.widgets.queue_list import QueueList
from prisma_tool.tui.widgets.record_view import RecordView
from prisma_tool.tui.widgets.verdict_look import VerdictLook

ReviewOf = Callable[..., Review]
TITLES = Stage.TITLE_ABSTRACT


async def rows(pilot: Pilot[None]) -> list[str]:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    queue = pilot.app.screen.query_one(QueueList)
    lines = ("".join(segment.text for segment in queue.render_line(y)).rstrip() for y in range(1, queue.size.height))
    return [line for line in lines if line]


async def test_the_list_shows_ones_own_verdicts_and_marks_the_record_that_is_shown(review_of: ReviewOf) -> None:
    review = review_of(5)
    async with ReviewApp(review, "Anna", TITLES).run_test(size=(120, 30)) as pilot:
        await pilot.press("i", "e", "m")
        lines = await rows(pilot)
        assert [line[1] for line in lines] == ["✓", "✗", "?", "·", "·"]
        assert lines[0].startswith(" ✓ 2021 Author     Plain report 1")
        assert pilot.app.screen.query_one(QueueList).mark == 3


async def test_verdicts_of_others_are_not_shown_to_a_reviewer_who_has_not_decided(review_of: ReviewOf) -> None:
    review = review_of(2, "[screening]\nreviewers_per_record = 2\n")
    async with ReviewApp(review, "Anna", TITLES).run_test(size=(120, 30)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ReportScreen)
        decide(review, [Decision(screen.session.queue.keys[0], TITLES, "Ben", Verdict.EXCLUDE)])
        assert [line[1] for line in await rows(pilot)] == ["·", "·"]


async def test_a_click_on_a_row_goes_to_its_record(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(5), "Anna", TITLES).run_test(size=(120, 30)) as pilot:
        await rows(pilot)
        # The border and the headings stand above the first row.
        await pilot.click(QueueList, offset=(5, 4))
        await pilot.app.at_rest()  # type: ignore[attr-defined]
        screen = pilot.app.screen
        assert isinstance(screen, ReportScreen)
        assert screen.session.position == 2


async def test_list_and_panel_come_with_the_room_for_them(review_of: ReviewOf) -> None:
    review = review_of(1)
    for width, shown in ((119, (False, False)), (120, (True, False)), (159, (True, False)), (160, (True, True))):
        async with ReviewApp(review, "Anna", TITLES).run_test(size=(width, 24)) as pilot:
            screen = pilot.app.screen
            assert (screen.query_one(QueueList).display, screen.query_one(SidePanel).display) == shown


def test_no_two_signs_are_alike() -> None:
    assert len({look.sign for look in VerdictLook}) == len(VerdictLook)


async def test_the_reasons_stand_below_the_record_and_cover_none_of_it(review_of: ReviewOf) -> None:
    reasons = "".join(f'[[reason]]\nid = "r{n}"\nlabel = "Reason {n}"\n' for n in range(9))
    async with ReviewApp(review_of(1, reasons), "Anna", TITLES).run_test(size=(80, 24)) as pilot:
        await pilot.press("E")
        await pilot.pause()
        sheet = pilot.app.screen.query_one(".sheet").region
        record = pilot.app.screen_stack[-2].query_one(RecordView).region
        assert (sheet.bottom, record.bottom <= sheet.y) == (24, True)
        assert sheet.height == 6, "nine reasons in three columns, between a line, the question and the hint"
        await pilot.click(ChoiceGrid, offset=(1, 2))
        await pilot.app.at_rest()  # type: ignore[attr-defined]
        screen = pilot.app.screen
        assert isinstance(screen, ReportScreen)
        assert screen.message.startswith("✗ excluded (Reason 2), stored")
        assert screen.query_one(RecordView).region.bottom > sheet.y
