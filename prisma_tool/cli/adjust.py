"""`adjust`: numbers from before this tool, entered by hand with a note."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say, signed, tell
from prisma_tool.errors import UsageError

if TYPE_CHECKING:
    from prisma_tool.flow.enter_adjustment import EnteredAdjustment
    from prisma_tool.flow.flow import Check


@click.command("adjust", context_settings={"ignore_unknown_options": True})
@click.argument("box", default="", metavar="[BOX]")
@click.argument("number", default="", metavar="[+N|-N]")
@click.option("--note", default="", metavar="TEXT", help="Where the number comes from; the figure's footnote shows it.")
@click.option("--source", default="", metavar="NAME", help="With database_results and register_results: which one it was.")
@click.option("--undo", is_flag=True, help="Take back the newest number (of BOX).")
@click.option("--list", "listing", is_flag=True, help="List the numbers that stand.")
@reviewer_option
@json_option
@pass_caller
def adjust_command(
    caller: Caller, box: str, number: str, note: str, source: str, undo: bool, listing: bool, reviewer: str | None, as_json: bool
) -> None:
    """Add +N to a BOX of the figure or take -N away, for work that was done before this tool.

    BOX is a key of `flow --json`, such as duplicates, or a line such as "database_specific_results:Scopus".
    """
    if listing:
        _list(caller, as_json=as_json)
    elif undo:
        _undo(caller, box, number, reviewer, as_json=as_json)
    else:
        _enter(caller, (box, number, note, source), reviewer, as_json=as_json)


def _enter(caller: Caller, words: tuple[str, str, str, str], reviewer: str | None, *, as_json: bool) -> None:
    from prisma_tool.flow import enter_adjustment

    box, number, note, source = words
    if not box or not number:
        raise UsageError("Give BOX and +N or -N, with --note TEXT.")
    with caller.review() as review:
        n = enter_adjustment.number(number)
        entry, broken = enter_adjustment.enter(review, box, n, note, signed(review, reviewer), source)
    _tell_entry(entry, broken, as_json=as_json)


def _tell_entry(entry: EnteredAdjustment, broken: list[Check], *, as_json: bool) -> None:
    if as_json:
        print_json({**asdict(entry), "checks": [{"name": check.name, "detail": check.detail} for check in broken]})
    else:
        say(f"Entered {entry.box} {entry.n:+d}: {entry.note}")
    for check in broken:
        tell(f"Does not hold yet: {check.sentence}")


def _undo(caller: Caller, box: str, number: str, reviewer: str | None, *, as_json: bool) -> None:
    from prisma_tool.flow import enter_adjustment

    if number:
        raise UsageError("`adjust --undo` takes a BOX at most; it takes back the newest number.")
    with caller.review() as review:
        entry = enter_adjustment.take_back(review, box, signed(review, reviewer))
    if as_json:
        print_json({"undone": asdict(entry)})
    else:
        say(f"Took back {entry.box} {entry.n:+d}: {entry.note}")


def _list(caller: Caller, *, as_json: bool) -> None:
    from prisma_tool.flow import enter_adjustment

    with caller.review() as review:
        entries = enter_adjustment.entries(review)
    if as_json:
        print_json({"adjustments": [asdict(entry) for entry in entries]})
        return
    for entry in entries:
        say(f"{entry.at[:10]}  {entry.box}  {entry.n:+d}  {entry.note}")
    if not entries:
        tell("No number was entered by hand.")
