"""The protocol on the screen: all of it is there, and what is changed in the file comes into force, or is told."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from prisma_tool.errors import PrismaError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import Protocol, Reason, SearchPlan
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review, reread
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.external_editor import editor_command
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.protocol.error_dialog import ProtocolErrorScreen
from prisma_tool.tui.protocol.screen import ProtocolScreen
from prisma_tool.tui.protocol.text import protocol_text
from prisma_tool.tui.screening.screens import TitleAbstractScreen

ReviewOf = Callable[..., Review]
NARROW, WIDE = (80, 24), (200, 60)
HOSTILE = "[red]no[/red] \x1b[31mשלום 漢字"


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def rewrite(review: Review, old: str, new: str) -> None:
    path = review.folder / "review.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_everything_that_the_protocol_says_is_shown_as_it_is() -> None:
    protocol = Protocol(
        title=HOSTILE,
        question=HOSTILE,
        reviewers=("Ada", HOSTILE),
        tools=("Robot",),
        include=(HOSTILE,),
        exclude=(),
        reasons=(Reason("late", "Too late"), Reason("wrong-population", "Wrong people")),
        highlight_include=(HOSTILE,),
        searches=(SearchPlan("first", "PubMed", {"term": "line one\nline two [tiab]"}, since_last=True),),
        screening=ScreeningRules(reviewers_per_record=2, maybe="conflict", blind=False, screen_other_methods=True),
        database_url="postgresql://ada@host/secret",
    )
    shown = protocol_text(protocol, "/folder/review.toml").plain
    for words in (
        "[red]no[/red]",
        "automation tools: Robot",
        "1. Too late  (late)\n2. Wrong people  (wrong-population)",
        "Exclude when\nnone",
        "p  Population: no means Wrong people".replace("  ", " "),
        "line one\nline two [tiab]",
        "less 30 days",
        "two reviewers decide",
        "is a conflict",
        "seeing each other's votes",
        "are screened too",
        "a shared one",
        "/folder/review.toml",
    ):
        assert words in shown
    assert "\x1b" not in shown
    assert "secret" not in shown


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_was_changed_in_the_file_is_noticed_and_comes_into_force_everywhere(
    review_of: ReviewOf, size: tuple[int, int]
) -> None:
    review = review_of(2)
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test(size=size) as pilot:
        await pilot.press("9")
        await settled(pilot)
        assert "Adults [18+]" in painted(pilot)
        rewrite(review, "Adults [18+]", "Adults [21+]")
        app.place_screen("protocol").come_back()
        await settled(pilot)
        assert "says something else by now" in painted(pilot)
        assert "Adults [18+]" in painted(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert "Adults [21+]" in painted(pilot)
        assert app.workspace.review.protocol.include == ("Adults [21+]",)
        await pilot.press("4")
        await settled(pilot)
        assert isinstance(app.screen, TitleAbstractScreen)
        assert app.screen.session.protocol.include == ("Adults [21+]",)
        await pilot.press("i")
        await settled(pilot)
        await pilot.press("9", "r")
        await settled(pilot)
        assert "says what is shown here" in painted(pilot)
    with review.store.read() as transaction:
        texts = [event.text("text") for event in event_rows.events(transaction, kinds=[EventKind.PROTOCOL])]
        assert ["18+" in text for text in texts] == [True, False]
        assert len(list(event_rows.events(transaction, kinds=[EventKind.DECISION]))) == 1


async def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(review_of: ReviewOf) -> None:
    review = review_of(1)
    app = ReviewApp(review, "Anna", "protocol")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        rewrite(review, "[criteria]", "[criterai]")
        await pilot.press("r")
        await settled(pilot)
        assert isinstance(app.screen, ProtocolErrorScreen)
        assert "did you mean 'criteria'?" in painted(pilot)
        await pilot.press("escape")
        assert isinstance(app.screen, ProtocolScreen)
        assert "the protocol from before stays in force" in painted(pilot)
        assert app.workspace.review.protocol is review.protocol


async def test_a_file_that_leaves_its_reader_out_is_not_put_in_force_here(review_of: ReviewOf) -> None:
    review = review_of(1)
    app = ReviewApp(review, "Anna", "protocol")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        rewrite(review, '["Anna", "Ben"]', '["Ben"]')
        await pilot.press("r")
        await settled(pilot)
        assert isinstance(app.screen, TextPage)
        assert "'Anna' is not a reviewer of this review" in painted(pilot)
        assert app.workspace.review.protocol is review.protocol


async def test_a_terminal_that_cannot_be_given_away_is_told(review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "ed")
    app = ReviewApp(review_of(1), "Anna", "protocol")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        assert "cannot be given to an editor" in painted(pilot)


async def test_the_editor_gets_the_file_and_what_it_writes_comes_into_force(
    review_of: ReviewOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = review_of(1)
    editor = tmp_path / "my editor"
    editor.write_text('#!/bin/sh\nsed -i "s/18+/65+/" "$1"\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("VISUAL", f"'{editor}'")
    app = ReviewApp(review, "Anna", "protocol")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        # The driver of tests has no terminal to give away, and none to take back.
        for name in ("suspend_application_mode", "resume_application_mode"):
            monkeypatch.setattr(app._driver, name, lambda: None)
        monkeypatch.setattr(type(app._driver), "can_suspend", property(lambda _: True))
        await pilot.press("e")
        await settled(pilot)
        assert "Adults [65+]" in painted(pilot)
        with review.store.read() as transaction:
            changed = list(event_rows.events(transaction, kinds=[EventKind.PROTOCOL]))[-1]
        assert (changed.reviewer, changed.text("act")) == ("Anna", "changed")
        monkeypatch.setenv("VISUAL", "/no/such/editor")
        taken_back: list[str] = []
        monkeypatch.setattr(app._driver, "resume_application_mode", lambda: taken_back.append("terminal"))
        await pilot.press("e")
        await settled(pilot)
        assert "could not be started" in painted(pilot)
        assert taken_back == ["terminal"]


def test_the_editor_is_the_one_that_is_named_or_one_that_is_there() -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor_command({"VISUAL": " ", "EDITOR": "vi"}) == ["vi"]
    assert editor_command({}, lambda name: "/bin/vi" if name == "vi" else None) == ["vi"]
    with pytest.raises(PrismaError, match="export EDITOR=nano"):
        editor_command({}, lambda _: None)
    with pytest.raises(PrismaError, match="cannot be read"):
        editor_command({"EDITOR": "'vi"})


def test_another_database_is_refused_while_the_review_is_open(review_of: ReviewOf) -> None:
    review = review_of(1)
    rewrite(review, "[criteria]", '[database]\nurl = "sqlite:///other.db"\n[criteria]')
    with pytest.raises(PrismaError, match="another database"):
        reread(review)
