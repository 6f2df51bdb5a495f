"""`flow`: the PRISMA 2020 diagram and the numbers in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import ExitCode

if TYPE_CHECKING:
    from prisma_tool.flow.flow import Flow


@click.command("flow")
@click.option("-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Draw into FILE, by suffix.")
@click.option("--check", is_flag=True, help="Print the arithmetic; exit 4 if a strict relation fails.")
@click.option("--explain", metavar="BOX", help="List the records behind a number, such as records_screened.")
@click.option("--at", metavar="DATE", help="As it was at the end of DATE (UTC).")
@json_option
@pass_caller
def flow_command(
    caller: Caller, outputs: tuple[Path, ...], check: bool, explain: str | None, at: str | None, as_json: bool
) -> int:
    """Count and draw the PRISMA 2020 flow diagram. Every number lists its records: --explain KEY."""
    from prisma_tool.flow.drawing import draw
    from prisma_tool.flow.reading import moment, read_flow

    with caller.review() as review:
        flow = read_flow(review, moment(at) if at is not None else None)
    draw(flow, outputs)
    for path in outputs:
        tell(f"Wrote {path}.")
    _print_flow(flow, check=check, explain=explain, as_json=as_json, quiet=bool(outputs))
    failed = any(not one.holds and one.kind == "strict" for one in flow.checks)
    return ExitCode.CHECK_FAILED if check and failed else ExitCode.DONE


def _print_flow(flow: Flow, *, check: bool, explain: str | None, as_json: bool, quiet: bool) -> None:
    if explain is not None:
        _explain(flow, explain, as_json=as_json)
    elif as_json:
        from prisma_tool.flow.data import as_json as told

        print_json(told(flow))
    elif check:
        for one in flow.checks:
            say(f"{'ok   ' if one.holds else 'FAILS' if one.kind == 'strict' else 'look '} {one.kind}: {one.name}: {one.detail}")
    elif not quiet:
        from prisma_tool.flow.terminal import render_text

        say(render_text(flow, width=shutil.get_terminal_size((100, 24)).columns))


def _explain(flow: Flow, key: str, *, as_json: bool) -> None:
    from prisma_tool.flow.data import explanation

    told = explanation(flow, key)
    if as_json:
        print_json(told)
        return
    say(f"{key} (n = {told['n']})")
    for study in told.get("studies", []):
        say(f"{study['label']}: {', '.join(study['records'])}")
    for record in told["records"] if "studies" not in told else []:
        say(record)
    for one in told["adjustments"]:
        say(f"{one['n']:+d} by hand: {one['note']}")
