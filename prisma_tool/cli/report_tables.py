"""`report excluded`, `included`, `not-retrieved` and `ongoing`: tables of reports and studies, with citations in any style."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell, viewer_option

if TYPE_CHECKING:
    from prisma_tool.manuscript.tables.review_table import ReviewTable

Command = Callable[..., None]

version_option = click.option(
    "--version", "version", default="", metavar="LABEL", help="As it was when the version LABEL was closed."
)
_style_option = click.option(
    "--style",
    default="vancouver",
    show_default=True,
    metavar="STYLE",
    help="How citations look: vancouver, apa, or a .csl file of zotero.org/styles.",
)
output_option = click.option(
    "-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Write FILE: .docx, .md, .csv."
)


def _table_options(command: Command) -> Command:
    for option in (json_option, viewer_option, version_option, _style_option, output_option):
        command = option(command)
    return command


def give_table(table: ReviewTable, outputs: tuple[Path, ...], what: str, *, as_json: bool) -> None:
    """Write a table to its files, or print it."""
    from prisma_tool.manuscript.write_team_reports import write

    write(table.writers, outputs, what)
    for path in outputs:
        tell(f"Wrote {path}.")
    for hint in table.hints:
        tell(hint)
    if as_json:
        print_json(table.data)
    elif not outputs:
        say((table.printed or table.markdown).rstrip("\n"))


@click.command("excluded")
@_table_options
@pass_caller
def excluded_command(
    caller: Caller, outputs: tuple[Path, ...], style: str, version: str, reviewer: str | None, as_json: bool
) -> None:
    """Every report excluded at full text, with citation, reason and note (PRISMA 2020 item 16b).

    Those labelled "near miss" come first. Markdown unless -o is given.
    """
    from prisma_tool.manuscript.tables.excluded import excluded_table

    with caller.review() as review:
        table = excluded_table(review, review.viewer(reviewer), version, style)
    give_table(table, outputs, "the table of excluded reports", as_json=as_json)


@click.command("included")
@_table_options
@pass_caller
def included_command(
    caller: Caller, outputs: tuple[Path, ...], style: str, version: str, reviewer: str | None, as_json: bool
) -> None:
    """The included studies one by one: reports, registry numbers, design, participants, funding, and cells for the team (item 17).

    Markdown unless -o is given.
    """
    from prisma_tool.manuscript.tables.study_tables import included_table

    with caller.review() as review:
        review.viewer(reviewer)
        table = included_table(review, version, style)
    give_table(table, outputs, "the table of included studies", as_json=as_json)


@click.command("not-retrieved")
@_table_options
@pass_caller
def not_retrieved_command(
    caller: Caller, outputs: tuple[Path, ...], style: str, version: str, reviewer: str | None, as_json: bool
) -> None:
    """The reports that were sought and not retrieved, with what was tried and when. Markdown unless -o is given."""
    from prisma_tool.manuscript.tables.not_retrieved import not_retrieved_table

    with caller.review() as review:
        review.viewer(reviewer)
        table = not_retrieved_table(review, version, style)
    give_table(table, outputs, "the table of reports not retrieved", as_json=as_json)


@click.command("ongoing")
@_table_options
@pass_caller
def ongoing_command(
    caller: Caller, outputs: tuple[Path, ...], style: str, version: str, reviewer: str | None, as_json: bool
) -> None:
    """The studies that are ongoing or await classification, one by one. Markdown unless -o is given."""
    from prisma_tool.manuscript.tables.study_tables import ongoing_table

    with caller.review() as review:
        review.viewer(reviewer)
        table = ongoing_table(review, version, style)
    give_table(table, outputs, "the table of ongoing studies", as_json=as_json)


TABLE_COMMANDS = (excluded_command, included_command, not_retrieved_command, ongoing_command)
