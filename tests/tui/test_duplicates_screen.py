"""The duplicates screen through its keys, on a real review."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from prisma_tool.cli import main
from prisma_tool.dedupe.manual import uncertain_pairs
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.errors import ExitCode, UsageError
from prisma_tool.review.open_review import Review
from prisma_tool.tui.app import ReviewApp, run
from prisma_tool.tui.duplicates.clusters_dialog import ClustersScreen
from prisma_tool.tui.duplicates.screen import DUPLICATES, DuplicatesScreen, PairView
from prisma_tool.tui.frame.key_table import KEY_NAMES
from prisma_tool.tui.frame.text_page import TextPage

ReviewOf = Callable[..., Review]
NARROW, WIDE = (80, 24), (200, 60)
PAPER = (
    "TY  - JOUR\nTI  - Remission after [red]infusion[/red] in adults, paper {paper}\nAU  - Name{paper}, Anna\nJF  - Blood\nPY  - 2021\n"
    "VL  - {paper}\nSP  - {page}\nAB  - {words} patients took part.\nER  - \n"
)


@pytest.fixture
def review(review_of: ReviewOf) -> Review:
    """Three uncertain pairs: the same papers with other first pages."""
    both = (
        PAPER.format(paper=paper, page=page, words=words) for paper in (3, 5, 7) for page, words in ((11, "Ten"), (97, "Six"))
    )
    made = review_of("".join(both))
    deduplicate(made, lambda: 0.0)
    return made


def app_for(review: Review) -> ReviewApp:
    return ReviewApp(review, "Anna", "duplicates")


def screen(pilot: Pilot[None]) -> DuplicatesScreen:
    return next(one for one in pilot.app.screen_stack if isinstance(one, DuplicatesScreen))


def line(pilot: Pilot[None], name: str) -> str:
    return str(screen(pilot).query_one(f"#{name}", Static).content)


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


async def test_each_key_answers_and_the_answer_is_stored_before_the_next_pair_is_painted(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[int] = []
    show = PairView.show

    def watched(self: PairView, what: object) -> None:
        waiting.append(len(uncertain_pairs(review)))
        show(self, what)  # type: ignore[arg-type]

    monkeypatch.setattr(PairView, "show", watched)
    async with app_for(review).run_test(size=NARROW) as pilot:
        await pilot.press("s", "space", "d", "h", "s")
        assert waiting == [3, 2, 2, 1, 1, 0]
        text = painted(pilot)
        assert "All pairs are settled." in text
        assert "6 records are 4 reports: 2 duplicates in 2 clusters." in text
        assert "1 different, 2 same" in text
        assert line(pilot, "said") == "last answer: same, stored"


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_both_records_are_beside_or_below_each_other_with_the_differing_words_marked(
    review: Review, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with app_for(review).run_test(size=size) as pilot:
        text = painted(pilot)
        assert "same title and author, but the place of publication differs" in " ".join(text.split())
        both = [row for row in text.splitlines() if "[red]infusion[/red]" in row]
        assert [row.count("[red]infusion[/red]") for row in both] == ([2] if size == WIDE else [1])
        await pilot.press("pagedown")
        styles = {
            segment.text: segment.style
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
        }
        for word in ("Ten", "Six"):
            assert styles[word].underline
            assert styles[word].bold


async def test_a_digit_marks_a_record_of_the_clusters_and_does_nothing_to_it(review: Review) -> None:
    async with app_for(review).run_test(size=WIDE) as pilot:
        await pilot.press("D", "2")
        screen = pilot.app.screen
        assert isinstance(screen, ClustersScreen)
        marked = screen.query_one(OptionList).highlighted_option
        assert marked is not None
        assert marked.id == screen.members[1].record.key
        await pilot.press("9")
        assert screen.query_one(OptionList).highlighted_option is marked
        assert pilot.app.screen is screen


async def test_the_clusters_can_be_looked_at_and_a_lone_record_stays(review: Review) -> None:
    async with app_for(review).run_test(size=WIDE) as pilot:
        await pilot.press("D", "down", "delete")
        text = painted(pilot)
        assert "perhaps the same as" in text
        assert "there is nothing to take it out of" in text
        await pilot.press("escape")
        assert line(pilot, "standing").startswith("Pair 1 of 3")


async def test_a_record_taken_out_of_a_cluster_is_said_and_undone(review_of: ReviewOf) -> None:
    twice = PAPER.format(paper=3, page=97, words="Six") * 2 + PAPER.format(paper=3, page=11, words="Ten")
    review = review_of(twice)
    deduplicate(review, lambda: 0.0)
    async with app_for(review).run_test(size=WIDE) as pilot:
        assert "with embase:" in painted(pilot)
        await pilot.press("D")
        joined = next(place for place, one in enumerate(pilot.app.screen.members, 1) if not one.alone)  # type: ignore[attr-defined]
        await pilot.press(*["down"] * (joined - 1), "delete")
        assert " taken out; it was with embase:" in line(pilot, "said")
        await pilot.press("u")
        assert line(pilot, "said").startswith("taken back: different (embase:")


async def test_a_database_that_goes_away_is_a_sentence_and_the_pair_stays(review: Review) -> None:
    async with app_for(review).run_test(size=NARROW) as pilot:
        database = review.folder / "review.db"
        for name in ("review.db-wal", "review.db-shm"):
            (review.folder / name).unlink(missing_ok=True)
        kept = database.read_bytes()
        database.write_bytes(b"no database" * 1000)
        await pilot.press("s")
        assert "The answer was not stored" in painted(pilot)
        await pilot.press("escape", "l", "escape")
        assert "This pair could not be read." in painted(pilot)
        await screen(pilot).run_action("same")
        database.write_bytes(kept)
        await pilot.press("h")
        assert line(pilot, "standing").startswith("Pair 1 of 3")
        assert uncertain_pairs(review)[0].a in painted(pilot)
    assert len(uncertain_pairs(review)) == 3


async def test_the_help_names_every_key_and_q_leaves(review: Review) -> None:
    async with app_for(review).run_test(size=WIDE) as pilot:
        await pilot.press("question_mark")
        here = pilot.app.screen
        assert isinstance(here, TextPage)
        bound = [binding.key.split(",")[0] for _, group in DUPLICATES for binding in group]
        assert all(f"  {KEY_NAMES.get(key, key)} " in here.text.plain for key in bound)
        await pilot.press("escape", "q")
        assert not pilot.app.is_running


async def test_where_no_pair_waits_the_screen_says_what_comes_next(review_of: ReviewOf) -> None:
    review = review_of(2)
    async with app_for(review).run_test(size=NARROW) as pilot:
        await pilot.press("s", "u")
        assert "2 records have not been compared for duplicates yet: press R." in painted(pilot)
    deduplicate(review, lambda: 0.0)
    async with app_for(review).run_test(size=NARROW) as pilot:
        await pilot.press("s", "u")
        text = painted(pilot)
        assert "No pair waits for a person." in text
        assert "Next: 4 goes through titles and abstracts" in text
        assert line(pilot, "said") == "nothing to take back"


def test_without_a_terminal_the_other_ways_to_settle_pairs_are_named(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(UsageError, match="--not-duplicate"):
        run(review, "Anna", "duplicates")


def test_the_command_that_opens_the_screen_needs_a_terminal(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["-C", str(review.folder), "dedupe", "--review", "--reviewer", "Anna"]) == ExitCode.USAGE
    assert "`dedupe --review` needs a terminal" in capsys.readouterr().err
