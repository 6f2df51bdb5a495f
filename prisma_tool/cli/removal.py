"""`remove`: taking records out before screening."""

from __future__ import annotations

from dataclasses import asdict

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say
from prisma_tool.cli.exporting import WHERE_HELP


@click.command("remove", epilog=WHERE_HELP)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--where", default="", metavar="CONDITION", help="All records that meet a condition, see below.")
@click.option(
    "--as", "removed_as", type=click.Choice(["automation", "other"]), help="The box: by automation tools, or other reasons."
)
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@click.option("--undo", is_flag=True, help="Put the records back.")
@click.option("--check", is_flag=True, help="Only say what would be removed.")
@reviewer_option
@json_option
@pass_caller
def remove_command(
    caller: Caller,
    keys: tuple[str, ...],
    where: str,
    removed_as: str | None,
    reason: str,
    undo: bool,
    check: bool,
    reviewer: str | None,
    as_json: bool,
) -> None:
    """Take records out before screening; refused once somebody voted on one of them. All or none."""
    from prisma_tool.screening.removal import RemovalRequest, RemovedAs, remove

    with caller.review() as review:
        kind = RemovedAs(removed_as) if removed_as else None
        removal = remove(review, RemovalRequest(review.reviewer(reviewer), keys, where, kind, reason, undo, check))
    if as_json:
        print_json({"undone" if undo else "removed": len(removal.reports), **asdict(removal), "stored": not check})
        return
    action = "put back" if undo else "removed"
    say(f"{_number(len(removal.reports), 'report')} ({_number(len(removal.records), 'record')}) {'would be ' * check}{action}.")
    if removal.already:
        say(f"{_number(removal.already, 'record')} had been removed like this before.")


def _number(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
