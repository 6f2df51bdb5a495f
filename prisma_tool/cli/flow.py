"""`status`, `flow` and `export`: what the review amounts to."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import ExitCode

if TYPE_CHECKING:
    from prisma_tool.flow.flow import Flow


@click.command("status")
@json_option
@pass_caller
def status_command(caller: Caller, as_json: bool) -> None:
    """Show where the review stands, per stage and reviewer."""
    from prisma_tool.screening.status import status

    with caller.review() as review, review.store.read() as transaction:
        found = status(transaction)
    if as_json:
        print_json(asdict(found))
        return
    say(f"records identified: {found.identified}, distinct reports: {found.unique}")
    for name, stage in found.stages.items():
        parts = [f"{label.replace('_', ' ')} {n}" for label, n in asdict(stage).items() if label != "total" and n]
        say(f"{name}: {stage.total}" + (f" ({', '.join(parts)})" if parts else ""))
    for reviewer, counted in found.reviewers.items():
        say(f"{reviewer}: " + ", ".join(f"{n} voted at {stage}" for stage, n in counted.items()))


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


@click.command("export")
@click.option(
    "-o", "output", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The file to write: .csv or .ris."
)
@click.option(
    "--set",
    "name",
    default="all",
    show_default=True,
    metavar="SET",
    help="all, unique, included, excluded, undecided, conflicts, not-retrieved, ongoing, awaiting.",
)
@pass_caller
def export_command(caller: Caller, output: Path, name: str) -> None:
    """Write records with what has become of them; the format follows the suffix of FILE."""
    from prisma_tool.screening.exporting import export

    with caller.review() as review:
        written = export(review, output, name)
    say(f"Wrote {written} {'record' if written == 1 else 'records'} to {output}.")
