"""`export`: records and decisions into files."""

from __future__ import annotations

from pathlib import Path

import click

from prisma_tool.cli.context import Caller, pass_caller, say


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
