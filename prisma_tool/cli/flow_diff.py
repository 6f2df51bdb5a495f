"""`flow diff`: what moved between two flows of a review, or between two files of numbers."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say

if TYPE_CHECKING:
    from prisma_tool.flow.difference import ChangedNumber, Numbers


@click.command("diff")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--cumulative", is_flag=True, help="Compare figures over all versions.")
@json_option
@pass_caller
def diff_command(caller: Caller, a: str, b: str, cumulative: bool, as_json: bool) -> None:
    """Tell what moved from A to B: each a date, a closed version, the id of a run, `now`, or a file of `flow -o x.json`."""
    from prisma_tool.flow.diff_sides import changes_json
    from prisma_tool.flow.difference import difference

    changes = difference(*_both(caller, a, b, cumulative=cumulative))
    if as_json:
        print_json({"a": a, "b": b, "changes": changes_json(changes)})
        return
    for change in changes:
        _say(change)
    if not changes:
        say("Nothing moved.")


def _both(caller: Caller, a: str, b: str, *, cumulative: bool) -> tuple[Numbers, Numbers]:
    from prisma_tool.flow.diff_sides import from_file, from_review, is_file

    with nullcontext(None) if is_file(a) and is_file(b) else caller.review() as review:
        both = [
            from_file(Path(name)) if review is None or is_file(name) else from_review(review, name, cumulative=cumulative)
            for name in (a, b)
        ]
    return both[0], both[1]


SHOWN = 10
"""Keys of a line; --json has them all."""


def _say(change: ChangedNumber) -> None:
    before, after = ("no box" if n is None else str(n) for n in (change.before, change.after))
    say(f"{change.box}: {before} -> {after} ({change.by:+d})")
    for sign, keys in (("+", change.came), ("-", change.went)):
        if keys:
            more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
            say(f"  {sign} {', '.join(keys[:SHOWN])}{more}")
