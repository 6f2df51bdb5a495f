"""Who works at the application: named, known from the surroundings, or asked, in lines or in the application."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from prisma_tool.model.text import one_line

if TYPE_CHECKING:
    from prisma_tool.review.open_review import Review
    from prisma_tool.review.user_settings import Settings

Ask = Callable[[str, Sequence[str], str], str]
"""Asks which of some people somebody is, given the review's title and who worked there last; empty where they leave."""


def in_lines(_: str, listed: Sequence[str], last: str) -> str:
    """Ask with lines at the terminal."""
    click.echo("Who are you?", err=True)
    for number, name in enumerate(listed, 1):
        click.echo(f"  {number}  {one_line(name)}", err=True)
    proposed = listed.index(last) + 1 if last else None
    number = click.prompt("Your number", default=proposed, type=click.IntRange(1, len(listed)), err=True)
    return listed[number - 1]


def in_application(settings: Settings) -> Ask:
    """Ask in the application, for those who are about to work in it."""

    def ask(title: str, listed: Sequence[str], last: str) -> str:
        from prisma_tool.tui.start.who_app import WhoApp

        question = WhoApp(title, listed, last, settings)
        question.run()
        return question.chosen or ""

    return ask


def acting_reviewer(review: Review, named: str | None, ask: Ask = in_lines) -> str:
    """The reviewer who is named or known; where several are listed, the one who answers the question who they are.

    Raises:
        UsageError: nobody is known, and there is no terminal to ask at; or somebody whom review.toml does not list.
        Exit: whoever was asked left.
    """
    listed = [name for name in review.protocol.reviewers if name not in review.protocol.observers]
    is_known = named or review.environment.reviewer or len(listed) < 2  # noqa: PLR2004 - of one there is nothing to ask
    if is_known or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return review.reviewer(named)
    return review.reviewer(_answer(review, listed, ask))


def _answer(review: Review, listed: list[str], ask: Ask) -> str:
    from prisma_tool.review.last_reviewer import keep_last_reviewer, last_reviewer

    name = ask(review.protocol.title, listed, last_reviewer(review.folder, listed))
    if not name:
        raise click.exceptions.Exit
    keep_last_reviewer(review.folder, name)
    return name
