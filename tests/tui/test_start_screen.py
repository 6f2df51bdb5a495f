"""Outside a review the application starts one, opens one, or shows the demo; what it remembers of them is never needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from prisma_tool.cli import main, start
from prisma_tool.cli.context import Caller
from prisma_tool.errors import PrismaError, ReviewError
from prisma_tool.review.last_reviewer import last_reviewer
from prisma_tool.review.open_review import create_review
from prisma_tool.review.protocol.file import protocol_text
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.review.recent_reviews import RecentReviews
from prisma_tool.tui.dialogs.form_dialog import FormDialog
from prisma_tool.tui.start.broken_protocol import BrokenProtocolApp, broken_protocol
from prisma_tool.tui.start.start_app import StartApp
from prisma_tool.tui.start.start_forms import new_review_form

DAY = datetime(2026, 11, 3, tzinfo=UTC)


def no_demo(folder: Path, tell: Callable[[str], None]) -> None:
    tell("one record [of one]")
    create_review(folder, title="Demo", reviewers=("Ada",))


def painted(pilot: Pilot[None]) -> str:
    lines = ("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())
    return " ".join("\n".join(lines).replace("│", " ").split())


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(2):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


@pytest.fixture
def recent(tmp_path: Path) -> RecentReviews:
    return RecentReviews(tmp_path / "state")


def test_the_review_opened_last_is_listed_first_and_once(tmp_path: Path, recent: RecentReviews) -> None:
    for name in ("a", "b", "a"):
        recent.remember(tmp_path / name, f"Review {name}", DAY)
    assert [(one.title, one.folder, one.opened, one.is_there) for one in recent.listed()] == [
        ("Review a", str(tmp_path / "a"), "2026-11-03", False),
        ("Review b", str(tmp_path / "b"), "2026-11-03", False),
    ]
    recent.forget(str(tmp_path / "a"))
    assert [one.title for one in recent.listed()] == ["Review b"]


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"[1, {}, null]", b'{"folder": "x"}', b'[{"folder": 1, "title": "", "opened": ""}]', b"\xff", b"[" * 100_000],
)
def test_a_broken_list_is_an_empty_one_and_mended_by_the_next_review(
    tmp_path: Path, recent: RecentReviews, broken: bytes
) -> None:
    file = tmp_path / "state" / "recent-reviews.json"
    file.parent.mkdir()
    file.write_bytes(broken)
    assert recent.listed() == []
    recent.remember(tmp_path, "A", DAY)
    assert [one.title for one in recent.listed()] == ["A"]


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    recent = RecentReviews(tmp_path / "file" / "state")
    recent.remember(tmp_path, "A", DAY)
    recent.forget(str(tmp_path))
    assert recent.listed() == []


async def test_a_new_review_is_made_from_what_the_form_says(tmp_path: Path, recent: RecentReviews) -> None:
    app = StartApp(tmp_path, recent, no_demo, reviewer="Nora")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n", "enter")
        await settled(pilot)
        assert "A review needs a title" in painted(pilot)
        for place, value in ((0, "A [b] c"), (2, "Ivo; Nora"), (5, "Embase;Scopus")):
            list(app.screen.query(Input))[place].value = value
        await pilot.press("enter")
        await settled(pilot)
    assert app.chosen == tmp_path / "a-b-c"
    assert last_reviewer(tmp_path / "a-b-c", ["Ivo", "Nora"]) == app.made_by == "Nora"
    protocol = parse_protocol(protocol_text(tmp_path / "a-b-c"))
    assert (protocol.title, protocol.reviewers) == ("A [b] c", ("Nora", "Ivo"))
    assert (protocol.screening.reviewers_per_record, protocol.screening.blind) == (2, True)
    assert [(search.name, search.source) for search in protocol.declared] == [("embase", "Embase"), ("scopus", "Scopus")]


@pytest.mark.parametrize(("others", "each", "n"), [("", "2", 1), ("Ivo", "2", 2), ("Nora", "2", 1), ("Ivo", "1", 1)])
def test_two_who_are_named_decide_both_unless_the_form_says_otherwise(tmp_path: Path, others: str, each: str, n: int) -> None:
    made: list[str] = []
    form = new_review_form(tmp_path, "Nora", made.append)
    values = {field.name: field.value for field in form.fields} | {"title": "A", "others": others, "each": each}
    protocol = parse_protocol(protocol_text(Path(form.perform(values))))
    assert protocol.screening.reviewers_per_record == n
    assert made == ["Nora"]


async def test_a_recent_review_opens_by_its_digit_and_one_that_is_gone_can_be_forgotten(
    tmp_path: Path, recent: RecentReviews
) -> None:
    create_review(tmp_path / "there", title="There")
    recent.remember(tmp_path / "there", "There", DAY)
    recent.remember(tmp_path / "gone", "Gone [bold]", DAY)
    app = StartApp(tmp_path, recent, no_demo, trouble="review.toml is broken")
    async with app.run_test(size=(120, 36)) as pilot:
        text = painted(pilot)
        assert "review.toml is broken" in text
        assert "1 Gone [bold] not there any more, x forgets it: /" in text
        assert "2 There /" in text
        await pilot.press("1")
        assert app.chosen is None
        await pilot.press("x")
        assert [one.title for one in recent.listed()] == ["There"]
        await pilot.press("1")
    assert app.chosen == tmp_path / "there"


async def test_a_folder_is_opened_wherever_in_the_review_it_lies_and_one_without_is_refused(
    tmp_path: Path, recent: RecentReviews
) -> None:
    create_review(tmp_path / "there", title="There")
    app = StartApp(tmp_path, recent, no_demo)
    async with app.run_test(size=(80, 24)) as pilot:
        for folder, stays in ((str(tmp_path), True), ("there/raw", False)):
            if not stays:
                assert "There is no review in" in painted(pilot)
            await pilot.press(*([] if isinstance(app.screen, FormDialog) else ["o"]))
            app.screen.query_one(Input).value = folder
            await pilot.press("enter")
            await settled(pilot)
    assert app.chosen == tmp_path / "there"


async def test_the_demo_is_built_and_opened(tmp_path: Path, recent: RecentReviews) -> None:
    app = StartApp(tmp_path, recent, no_demo)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d", "enter")
        await settled(pilot)
    assert app.chosen == tmp_path / "prisma-demo"


def test_without_a_terminal_the_help_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["-C", str(tmp_path)]) == 2
    assert "Commands:" in capsys.readouterr().err


def test_a_review_that_cannot_be_opened_is_told_where_one_chooses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    troubles: list[str] = []

    def choose(app: StartApp) -> None:
        troubles.append(app.trouble)
        app.chosen, app.made_by = (tmp_path, "Nora") if len(troubles) == 1 else (None, "")

    def refuse(caller: Caller) -> None:
        assert caller.environment().reviewer == "Nora", "nobody is asked for a name just given"
        raise PrismaError("line 3 is no TOML")

    monkeypatch.setattr(StartApp, "run", choose)
    monkeypatch.setattr("prisma_tool.cli.screening.open_application", refuse)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    caller = Caller(tmp_path, {})
    start.start_application(caller)
    assert troubles == ["", "line 3 is no TOML"]


async def test_a_review_whose_protocol_is_broken_shows_the_line_and_is_tried_again(tmp_path: Path) -> None:
    create_review(tmp_path / "there", title="There")
    assert broken_protocol(tmp_path / "there") is None
    file = tmp_path / "there" / "review.toml"
    file.write_text("title = There\n", encoding="utf-8")
    broken = broken_protocol(tmp_path / "there")
    assert broken
    for key, tries_again in (("r", True), ("escape", False)):
        app = BrokenProtocolApp(tmp_path / "there", *broken)
        async with app.run_test(size=(80, 24)) as pilot:
            await app.at_rest()
            assert "▸ 1 title = There" in painted(pilot)
            assert "nothing in it was changed" in painted(pilot)
            await pilot.press(key)
        assert app.tries_again is tries_again


def test_what_is_wrong_elsewhere_is_told_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_review(tmp_path / "there", title="There")

    def refuse(_: object) -> None:
        raise ReviewError("the database is gone")

    monkeypatch.setattr("prisma_tool.cli.screening.open_application", refuse)
    with pytest.raises(ReviewError, match="the database is gone"):
        start.open_here(Caller(tmp_path / "there", {}))
