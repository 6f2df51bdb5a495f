"""Who works at the application: named, known from the surroundings, or asked at a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from prisma_tool.model.text import one_line

if TYPE_CHECKING:
    from prisma_tool.review.open_review import Review


def acting_reviewer(review: Review, named: str | None) -> str:
    """The reviewer who is named or known; where several are listed, the one who answers the question who they are.

    Raises:
        UsageError: nobody is known, and there is no terminal to ask at; or somebody whom review.toml does not list.
    """
    listed = [name for name in review.protocol.reviewers if name not in review.protocol.observers]
    is_known = named or review.environment.reviewer or len(listed) < 2  # noqa: PLR2004 - of one there is nothing to ask
    if is_known or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return review.reviewer(named)
    return review.reviewer(_ask(review, listed))


def _ask(review: Review, listed: list[str]) -> str:
    from prisma_tool.review.last_reviewer import keep_last_reviewer, last_reviewer

    click.echo("Who are you?", err=True)
    for number, name in enumerate(listed, 1):
        click.echo(f"  {number}  {one_line(name)}", err=True)
    last = last_reviewer(review.folder, listed)
    proposed = listed.index(last) + 1 if last else None
    number = click.prompt("Your number", default=proposed, type=click.IntRange(1, len(listed)), err=True)
    keep_last_reviewer(review.folder, listed[number - 1])
    return listed[number - 1]
