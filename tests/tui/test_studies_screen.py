"""The studies screen through its keys, on a real review."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from prisma_tool.cli import main
from prisma_tool.errors import ExitCode, UsageError
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.review.open_review import Review
from prisma_tool.studies.links import keys_by_study
from prisma_tool.tui.app import ReviewApp, run
from prisma_tool.tui.frame.key_help import help_text
from prisma_tool.tui.studies.keys import ALL
from prisma_tool.tui.studies.screen import StudiesScreen

ReviewOf = Callable[..., Review]
NARROW, WIDE = (80, 24), (200, 60)
NUMBERS = ("NCT99000001", "NCT99000002")


@pytest.fixture
def review(review_of: ReviewOf, deliver: Callable[..., None]) -> Review:
    made = review_of()
    papers = (
        Citation(
            title=f"[b]Paper[/b] {pmid}",
            authors=(Author("Moreau"),),
            year=2021,
            pmid=str(pmid),
            registry_numbers=(NUMBERS[pmid % 2],),
        )
        for pmid in range(1, 5)
    )
    deliver(made, "PubMed", SourceKind.DATABASE, *papers)
    return made


def app_for(review: Review) -> ReviewApp:
    return ReviewApp(review, "Anna", "studies")


def line(pilot: Pilot[None], name: str) -> str:
    screen = next(one for one in pilot.app.screen_stack if isinstance(one, StudiesScreen))
    return str(screen.query_one(f"#{name}", Static).content)


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


async def opened(pilot: Pilot[None]) -> None:
    """Until the place has read, in a thread, what it shows beside the suggestion."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_reports_are_linked_under_the_proposed_label_or_another_and_unlinked_again(review: Review) -> None:
    async with app_for(review).run_test(size=NARROW) as pilot:
        assert "[x] [b]Paper[/b] 2" in painted(pilot)
        await pilot.press("s", "enter")
        assert keys_by_study(review) == {"Moreau 2021 (NCT99000001)": ["pubmed:2", "pubmed:4"]}
        await pilot.press("down", "space", "s")
        pilot.app.screen.query_one(Input).value = "Mine"
        await pilot.press("enter")
        assert keys_by_study(review)["Mine"] == ["pubmed:1"]
        assert "All suggestions are answered." in painted(pilot)
        await pilot.press("u", "u")
        assert keys_by_study(review) == {}
        assert line(pilot, "standing") == "Suggestion 1 of 2: reports of one study?"


async def test_a_narrow_screen_shows_one_list_at_a_time_and_links_only_what_it_shows(review: Review) -> None:
    async with app_for(review).run_test(size=NARROW) as pilot:
        await pilot.press("s", "enter", "tab")
        text = painted(pilot)
        assert "Moreau 2021 (NCT99000001) · 2 reports" in text
        assert "reports chosen" not in text
        await pilot.press("s")
        assert "2 of 2 reports chosen" in painted(pilot)
        await pilot.press("tab", "down", "delete")
        assert keys_by_study(review) == {"Moreau 2021 (NCT99000001)": ["pubmed:4"]}
        assert line(pilot, "said") == "pubmed:2 taken out of Moreau 2021 (NCT99000001)"


async def test_a_wide_screen_shows_both_lists_and_x_leaves_a_suggestion_aside(review: Review) -> None:
    async with app_for(review).run_test(size=WIDE) as pilot:
        await opened(pilot)
        text = painted(pilot)
        assert "strong grounds" in text
        assert "No study has reports yet." in text
        await pilot.press("x", "x")
        assert "All suggestions are answered." in painted(pilot)
        assert keys_by_study(review) == {}


async def test_a_database_that_goes_away_is_a_sentence_and_no_link_is_lost(review: Review) -> None:
    async with app_for(review).run_test(size=NARROW) as pilot:
        await opened(pilot)
        database = review.folder / "review.db"
        for name in ("review.db-wal", "review.db-shm"):
            (review.folder / name).unlink(missing_ok=True)
        kept = database.read_bytes()
        database.write_bytes(b"no database" * 1000)
        await pilot.press("s", "enter")
        assert "The link was not stored" in painted(pilot)
        database.write_bytes(kept)
        await pilot.press("escape", "s", "enter")
    assert len(keys_by_study(review)) == 1


def test_the_help_names_the_keys_of_both_lists() -> None:
    helped = help_text(ALL, {}, 100).plain
    for part in ("Del or Backspace", "space", "link them to it", "Take the marked report out"):
        assert part in helped


def test_without_a_terminal_the_other_way_to_link_is_named(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(UsageError, match="study link"):
        run(review, "Anna", "studies")


def test_the_command_that_opens_the_studies_needs_a_terminal(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["-C", str(review.folder), "study", "review", "--reviewer", "Anna"]) == ExitCode.USAGE
    assert "`study review` needs a terminal" in capsys.readouterr().err
