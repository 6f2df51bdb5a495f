"""The application through its keys, on real reviews."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import queued_report, read_queue
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.app import ReviewApp, run
from prisma_tool.tui.frame.key_table import KEY_NAMES
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.screening.side_panel import SidePanel
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.widgets.record_view import RecordView

NASTY = """TY  - JOUR
TI  - [bold]Not markup[/bold] \x1b[31mred\x1b[0m [/] [@click=app.quit]press[/]
AU  - O'Neil, Zoë
JF  - Journal of [Brackets]
PY  - 2020
DO  - 10.5555/nasty.1
AB  - Patients [n=3] relapsed.\x1b]0;title\x07 [red]still text[/red]
ER  -

TY  - JOUR
AU  - Nobody, Anna
PY  - 2019
ER  -

TY  - JOUR
TI  - \u202eمراجعة منهجية\u202c e\u0301\u0301\u0301\u0301 نص
AB  - العربية و עברית mixed with English, ﷽ and 中文字符 and a\u0300\u0301\u0302\u0303\u0304
ER  -
"""
LONG = (
    "TY  - JOUR\nTI  - A ten-page abstract\nAB  - "
    + "Of several thousand words none is left out. " * 700
    + "\n THE END: reached\nER  - \n"
)
ReviewOf = Callable[..., Review]
TITLES = Stage.TITLE_ABSTRACT
NARROW, WIDE = (80, 24), (200, 60)


def app_for(review: Review, stage: Stage = TITLES) -> ReviewApp:
    return ReviewApp(review, "Anna", stage)


def screen(pilot: Pilot[None]) -> ReportScreen:
    return next(one for one in pilot.app.screen_stack if isinstance(one, ReportScreen))


def line(pilot: Pilot[None], name: str) -> str:
    return str(screen(pilot).query_one(f"#{name}", Static).content)


def painted(pilot: Pilot[None]) -> str:
    """All characters on the screen, line by line."""
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


def votes(review: Review, stage: Stage = TITLES) -> list[str]:
    with review.store.read() as transaction:
        keys = read_queue(transaction, stage, "Anna").keys
        found = [queued_report(transaction, stage, "Anna", key) for key in keys]
    return [" ".join((one.vote.text("verdict"), one.vote.text("reason"))).strip() if one and one.vote else "-" for one in found]


async def test_each_verdict_key_stores_it_and_shows_the_next_record(review_of: ReviewOf) -> None:
    review = review_of(4)
    async with app_for(review).run_test(size=NARROW) as pilot:
        await pilot.press("i", "e", "m", "E", "2")
        assert votes(review) == ["include", "exclude", "maybe", "exclude wrong-intervention"]
        with review.store.read() as transaction:
            assert {vote.via for vote in event_rows.events(transaction, kinds=[EventKind.DECISION])} == {"application"}
        assert "All done." in painted(pilot)
        assert line(pilot, "said").startswith("✗ excluded (Wrong intervention), stored")
        await pilot.press("u")
        assert votes(review)[3] == "-"
        assert "Plain report 4" in painted(pilot)


async def test_a_decision_is_in_the_database_when_it_is_called_stored(
    review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = review_of(3)
    seen: dict[str, tuple[str, ...]] = {}
    show = ReportScreen.show_message

    def watched(self: ReportScreen, message: str) -> None:
        if ", stored" in message:
            seen.setdefault(message, tuple(votes(review)))
        show(self, message)

    monkeypatch.setattr(ReportScreen, "show_message", watched)
    async with app_for(review).run_test(size=NARROW) as pilot:
        await pilot.press("i", "e")
    assert list(seen.items()) == [
        ("✓ included, stored · Plain report 1", ("include", "-", "-")),
        ("✗ excluded, stored · Plain report 2", ("include", "exclude", "-")),
    ]


async def test_going_back_shows_ones_verdict_and_deciding_again_replaces_it(review_of: ReviewOf) -> None:
    review = review_of(3)
    async with app_for(review).run_test(size=NARROW) as pilot:
        await pilot.press("i", "h")
        assert line(pilot, "standing") == "Record 1 of 3 · ✓ You: include, 3 Feb 2025"
        await pilot.press("m", "left", "l", "right")
        assert line(pilot, "standing") == "Record 3 of 3 · to decide"
        await pilot.press("full_stop")
        assert line(pilot, "standing") == "Record 2 of 3 · to decide"
    assert votes(review) == ["maybe", "-", "-"]


async def test_a_long_abstract_scrolls_to_its_end_by_line_and_page(review_of: ReviewOf) -> None:
    async with app_for(review_of(LONG)).run_test(size=NARROW) as pilot:
        view = screen(pilot).query_one(RecordView)
        await pilot.press("j", "down", "k")
        assert view.scroll_y == 1
        await pilot.press("up", "space", "pagedown", "b")
        assert view.scroll_y == view.size.height - 2
        await screen(pilot).run_action("page(100)")
        await pilot.press("pageup", "pagedown")
        assert "THE END: reached" in painted(pilot)


async def test_hostile_text_is_shown_as_it_stands(review_of: ReviewOf) -> None:
    review = review_of(NASTY)
    async with app_for(review).run_test(size=NARROW) as pilot:
        text = painted(pilot)
        assert "A review [of brackets]" in text
        assert "[bold]Not markup[/bold] red [/] [@click=app.quit]press[/]" in text
        assert "Patients [n=3] relapsed. [red]still text[/red]" in text
        assert "\x1b" not in text
        await screen(pilot).run_action("skip")
        await pilot.pause()
        assert "(no title)" in painted(pilot)
        assert "No abstract." in painted(pilot)
        await screen(pilot).run_action("skip")
        await pilot.pause()
        assert "mixed with English" in painted(pilot)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_criteria_highlights_and_progress_are_beside_the_record_or_one_key_away(
    review_of: ReviewOf, size: tuple[int, int]
) -> None:
    review = review_of(2)
    async with app_for(review).run_test(size=size) as pilot:
        assert screen(pilot).query_one(SidePanel).display == (size == WIDE)
        assert ("Adults [18+]" in painted(pilot)) == (size == WIDE)
        await pilot.press("c")
        text = painted(pilot)
        assert ("Adults [18+]" in text) == (size == NARROW)
        assert ("1 - mice" in text) == (size == NARROW)


async def test_notices_and_register_fields_stand_above_the_abstract(
    review_of: ReviewOf, deliver: Callable[..., None], retracted: Citation, trial: Citation
) -> None:
    review = review_of()
    deliver(review, "PubMed", SourceKind.DATABASE, retracted)
    deliver(review, "ClinicalTrials.gov", SourceKind.REGISTER, trial)
    async with app_for(review).run_test(size=WIDE) as pilot:
        assert "! RETRACTED: this paper has been retracted" in painted(pilot)
        await screen(pilot).run_action("step(1)")
        await pilot.pause()
        text = painted(pilot)
        assert "RETRACTED" not in text
        assert "Recruiting" in text


async def test_a_note_is_stored_with_its_author_and_an_empty_one_is_none(review_of: ReviewOf) -> None:
    async with app_for(review_of(1)).run_test(size=NARROW) as pilot:
        await pilot.press("n", "q", "i", "enter")
        assert "Note by Anna, 3 Feb 2025: qi" in painted(pilot)
        await pilot.press("n")
        assert painted(pilot).index("Note on this record") < painted(pilot).rindex("Note by Anna, 3 Feb 2025: qi")
        await pilot.press("enter")
        await pilot.press("n", "escape")
        assert painted(pilot).count("Note by") == 1


async def test_the_help_names_every_key_of_the_stage_and_no_other(review_of: ReviewOf) -> None:
    review = review_of(1)
    async with app_for(review).run_test(size=WIDE) as pilot:
        await pilot.press("question_mark")
        here = pilot.app.screen
        assert isinstance(here, TextPage)
        helped = here.text.plain
        bound = {binding.key for _, group in screen(pilot).KEYS for binding in group}
        assert all(f"  {KEY_NAMES.get(key.split(',')[0], key.split(',')[0])} " in helped for key in bound)
        assert "Ongoing" not in helped
        await pilot.press("j", "escape", "q")
        assert not pilot.app.is_running


async def test_nobody_is_told_that_a_text_was_retrieved_because_another_has_voted_on_it(review_of: ReviewOf) -> None:
    review = review_of(1)
    for stage in Stage:
        ScreeningSession(review, stage, "Ben").decide(Verdict.INCLUDE)
    async with app_for(review, Stage.FULL_TEXT).run_test(size=NARROW) as pilot:
        await pilot.press("h")
        assert line(pilot, "standing").endswith("full text: not yet (p)")
        await pilot.press("i", "h")
        assert line(pilot, "standing").endswith("full text: not recorded (p)")


async def test_full_text_asks_for_a_reason_and_has_verdicts_of_its_own(review_of: ReviewOf) -> None:
    review = review_of(4)
    titles = ScreeningSession(review, TITLES, "Anna")
    for _ in range(4):
        titles.decide(Verdict.INCLUDE)
    async with app_for(review, Stage.FULL_TEXT).run_test(size=NARROW) as pilot:
        assert line(pilot, "standing") == "Record 1 of 4 · to decide · full text: not yet (p)"
        await pilot.press("e", "enter", "escape")
        assert votes(review, Stage.FULL_TEXT) == ["-", "-", "-", "-"]
        await pilot.press("e", "down", "down", "enter", "1")
        assert "✗ excluded (Wrong intervention), stored" in painted(pilot)
        await pilot.press("O", "W")
        assert votes(review, Stage.FULL_TEXT) == ["exclude wrong-intervention", "ongoing", "awaiting", "-"]
        await pilot.press("p")
        assert "Attach a PDF" in painted(pilot)
        await pilot.press("enter", "up", "enter")
        await pilot.pause()
        assert "Attach a PDF" not in painted(pilot), "its key is a letter of the note now"
        await pilot.press("x", "enter")
        assert line(pilot, "said") == "last answer: not retrieved, stored"
        await pilot.press("h")
        assert "press p once you have it · not retrieved, 3 Feb 2025 (x)" in painted(pilot)
        for verdict in ("i", "e"):
            await pilot.press(verdict)
            assert "This report is marked as not retrieved. Press p if you have it now." in painted(pilot)
            await pilot.press("escape")
        await pilot.press("p", "2", "up", "enter", "i")
        assert votes(review, Stage.FULL_TEXT)[3] == "include"


@pytest.mark.parametrize("stage", Stage)
async def test_help_and_quit_stand_in_the_footer_of_the_narrowest_screen(review_of: ReviewOf, stage: Stage) -> None:
    async with app_for(review_of(1), stage).run_test(size=NARROW) as pilot:
        await pilot.pause()
        assert painted(pilot).splitlines()[-1].rstrip().endswith("? Help q Quit")


async def test_skipping_past_the_last_record_says_that_it_begins_again(review_of: ReviewOf) -> None:
    async with app_for(review_of(2)).run_test(size=NARROW) as pilot:
        await pilot.press("full_stop")
        assert line(pilot, "said") == ""
        await pilot.press("full_stop")
        assert line(pilot, "said") == "back at the first that waits"


async def test_a_long_text_says_that_more_lies_below_and_scrolls_to_its_end(review_of: ReviewOf) -> None:
    async with app_for(review_of(1), Stage.FULL_TEXT).run_test(size=NARROW) as pilot:
        await pilot.press("question_mark")

        async def after(*keys: str) -> tuple[bool, bool, bool]:
            await pilot.press(*keys)
            await pilot.pause()
            text = painted(pilot)
            return "Include" in text, "Leave; every decision" in text, "more below" in text

        beginning, end = (True, False, True), (False, True, False)
        assert [await after(key) for key in ("home", "end", "home")] == [beginning, end, beginning]
        pages = [await after("space") for _ in range(6)]
        assert pages[0] != beginning
        assert pages[-1] == end
        assert await after(*["pageup"] * 6) == beginning


async def test_on_a_narrow_screen_nothing_of_the_record_shows_beside_a_box(review_of: ReviewOf) -> None:
    async with app_for(review_of(1)).run_test(size=NARROW) as pilot:
        for key in ("n", "question_mark"):
            await pilot.press(key)
            await pilot.pause()
            framed = [row for row in painted(pilot).splitlines() if "│" in row]
            assert framed
            assert all(row[0] == row[-1] == "│" for row in framed)
            await pilot.press("escape")


async def test_a_database_that_goes_away_is_a_sentence_and_nothing_can_be_decided_blindly(review_of: ReviewOf) -> None:
    review = review_of(3)
    async with app_for(review).run_test(size=NARROW) as pilot:
        database = review.folder / "review.db"
        for name in ("review.db-wal", "review.db-shm"):
            (review.folder / name).unlink(missing_ok=True)
        kept = database.read_bytes()
        database.write_bytes(b"no database" * 1000)
        await pilot.press("i")
        assert "This file is no database" in " ".join(painted(pilot).split())
        await pilot.press("escape")
        assert "Plain report 1" in painted(pilot)
        await pilot.press("l", "escape")
        assert "This report could not be read." in painted(pilot)
        await screen(pilot).run_action("decide('include')")
        database.write_bytes(kept)
        await pilot.press("h")
        assert "Plain report 1" in painted(pilot)
    assert votes(review) == ["-", "-", "-"]


async def test_work_of_another_reviewer_is_counted_but_not_told(review_of: ReviewOf) -> None:
    review = review_of(2)
    with review.store.read() as transaction:
        first = read_queue(transaction, TITLES, "Ben").keys[0]
    decide(review, [Decision(first, TITLES, "Ben", Verdict.EXCLUDE)])
    async with app_for(review).run_test(size=WIDE) as pilot:
        assert line(pilot, "standing") == "Record 2 of 2 · to decide"
        await pilot.press("h")
        assert line(pilot, "standing") == "Record 1 of 2 · settled by others; you may still decide"
        await pilot.pause()
        assert "1  = Settled by others" in painted(pilot)


async def test_an_empty_review_says_how_records_come(review_of: ReviewOf) -> None:
    async with app_for(review_of()).run_test(size=NARROW) as pilot:
        await pilot.press("i", "u", "n", "h", "full_stop")
        assert "There is nothing to screen yet." in painted(pilot)


async def test_without_colour_highlights_still_differ(review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with app_for(review_of(1)).run_test(size=NARROW) as pilot:
        segments = [segment for strip in pilot.app.screen._compositor.render_strips() for segment in strip if segment.style]
        styles = {segment.text: segment.style for segment in segments}
        include, exclude = styles["CAR T"], styles["mice"]
        assert include is not None
        assert exclude is not None
        assert include.underline
        assert exclude.italic
        assert not exclude.underline
        assert pilot.app.no_color


def test_without_a_terminal_the_other_ways_are_named(review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(UsageError, match="decide --from CSV"):
        run(review_of(1), TITLES, "Anna")


async def test_where_the_protocol_keeps_no_reasons_at_title_and_abstract_none_is_asked_or_taken(review_of: ReviewOf) -> None:
    review = review_of(2, '[screening]\ntitle_abstract_reasons = "off"\n')
    async with app_for(review).run_test(size=NARROW) as pilot:
        await pilot.press("E")
        assert "keeps no reasons at title/abstract" in line(pilot, "said")
        await pilot.press("C", "p")
    assert votes(review) == ["exclude", "-"]
    with review.store.read() as transaction:
        key = read_queue(transaction, TITLES, "Anna").keys[1]
    with pytest.raises(DecisionError, match="title_abstract_reasons"):
        decide(review, [Decision(key, TITLES, "Anna", Verdict.EXCLUDE, "Wrong outcome")])
