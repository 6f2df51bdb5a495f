"""What a new review needs stands on the first page, a line a step, until somebody has screened a title; and who one is is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest

from prisma_tool.cli import identity
from prisma_tool.errors import UsageError
from prisma_tool.history.overview import overview
from prisma_tool.history.pace import pace
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.last_reviewer import keep_last_reviewer, last_reviewer
from prisma_tool.review.open_review import Review
from prisma_tool.tui.home.first_steps import first_steps
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.start.who_app import WhoApp, WhoScreen

ReviewOf = Callable[..., Review]
BARE, WRITTEN = Protocol(), Protocol(reviewers=("Ada",), include=("adults",))


def steps(review: Review, protocol: Protocol) -> list[str]:
    with review.store.read() as transaction:
        lines = first_steps(overview(transaction, "Anna"), protocol).plain.splitlines()
    return [line[4:].partition("  ")[0] for line in lines[1:]]


def test_five_steps_go_as_they_are_done(review_of: ReviewOf) -> None:
    five = ["Say who reviews", "Write down the criteria", "Bring in records", "Join duplicates", "Screen the first title"]
    empty = review_of(0)
    assert steps(empty, BARE) == five
    assert steps(empty, WRITTEN) == five[2:]


def test_nothing_of_them_is_left_once_a_title_was_screened(review_of: ReviewOf) -> None:
    review = review_of(2)
    assert steps(review, WRITTEN) == ["Join duplicates", "Screen the first title"]
    session = ScreeningSession(review, Stage.TITLE_ABSTRACT, "Anna")
    session.decide(Verdict.EXCLUDE)
    assert steps(review, BARE) == []


@pytest.mark.parametrize(("to_screen", "is_begun"), [(9, False), (8, True)])
def test_what_was_removed_before_screening_was_not_screened(review_of: ReviewOf, to_screen: int, is_begun: bool) -> None:
    with review_of(0).store.read() as transaction:
        empty = overview(transaction, "Anna")
    standing = replace(empty, records=12, surplus=2, removed=1, to_screen=to_screen)
    assert (first_steps(standing, WRITTEN).plain == "") is is_begun


def test_one_vote_of_two_is_a_beginning_though_no_title_is_settled(review_of: ReviewOf) -> None:
    review = review_of(2, "[screening]\nreviewers_per_record = 2\n")
    ScreeningSession(review, Stage.TITLE_ABSTRACT, "Anna").decide(Verdict.EXCLUDE)
    with review.store.read() as transaction:
        standing = overview(transaction, "Anna")
        decided = bool(pace(transaction))
    assert (standing.to_screen, decided) == (2, True)
    assert not first_steps(standing, BARE, somebody_decided=decided).plain


def test_who_worked_here_last_is_proposed_as_long_as_they_are_listed(tmp_path: Path) -> None:
    assert last_reviewer(tmp_path, ["Ada"]) == ""
    keep_last_reviewer(tmp_path, "Ada")
    assert last_reviewer(tmp_path, ["Ben", "Ada"]) == "Ada"
    assert last_reviewer(tmp_path, ["Ben"]) == ""


def test_of_several_reviewers_one_says_who_they_are_and_is_proposed_next_time(
    review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = review_of(0)
    with pytest.raises(UsageError, match="Say who you are"):
        identity.acting_reviewer(review, None)
    proposals: list[object] = []

    def answer(*_: object, default: object, **__: object) -> int:
        proposals.append(default)
        return 2

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "prompt", answer)
    assert identity.acting_reviewer(review, None) == "Ben"
    assert identity.acting_reviewer(review, None) == "Ben"
    assert identity.acting_reviewer(review, "Anna") == "Anna"
    assert identity.acting_reviewer(replace(review, environment=Environment(reviewer="Anna")), None) == "Anna"
    assert proposals == [None, 2]


async def test_who_one_is_is_asked_in_the_application_and_whoever_was_here_last_is_proposed() -> None:
    names = ["Ada [bold]", "Ben\x1b[2J", "Cleo"]
    for keys, chosen in (
        (["2"], names[1]),
        (["enter"], "Cleo"),
        (["up", "up", "enter"], names[0]),
        (["escape"], None),
        (["q"], None),
    ):
        asking = WhoApp("A review", names, "Cleo")
        async with asking.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press(*keys)
        assert asking.chosen == chosen


async def test_enter_takes_nobody_where_nobody_is_proposed() -> None:
    asking = WhoApp("A review", ["Ada", "Ben"], "")
    async with asking.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("enter", "9", "x")
        assert isinstance(asking.screen, WhoScreen)
        await pilot.press("1")
    assert asking.chosen == "Ada"


def test_whoever_leaves_the_question_opens_nothing(review_of: ReviewOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with pytest.raises(click.exceptions.Exit):
        identity.acting_reviewer(review_of(0), None, lambda *_: "")
