"""`report`: what goes with a manuscript."""

from __future__ import annotations

from pathlib import Path

import click

from prisma_tool.cli.bundling import bundle_command
from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.cli.report_answer import answer_command
from prisma_tool.cli.report_checklist import checklist_command, protocol_command
from prisma_tool.cli.report_tables import TABLE_COMMANDS
from prisma_tool.cli.report_team import agreement_command, methods_command


@click.group("report")
def report_command() -> None:
    """Write the parts of a manuscript that the review's data can fill."""


report_command.add_command(methods_command)
report_command.add_command(agreement_command)
report_command.add_command(checklist_command)
report_command.add_command(protocol_command)
for table_command in TABLE_COMMANDS:
    report_command.add_command(table_command)
report_command.add_command(answer_command)
report_command.add_command(bundle_command)


@report_command.command("search")
@click.option(
    "-o",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write FILE: .md, .docx, or .csv (runs).",
)
@click.option("--version", default="", metavar="LABEL", help="Of the closed version LABEL, as its flow diagram counts.")
@json_option
@pass_caller
def search(caller: Caller, outputs: tuple[Path, ...], version: str, as_json: bool) -> None:
    """The search appendix by PRISMA-S: sources, strategies, runs, updates, deduplication, totals. Markdown unless -o is given."""
    from prisma_tool.manuscript.search_appendix.read import read_appendix
    from prisma_tool.manuscript.write_appendix import as_json as appendix_json
    from prisma_tool.manuscript.write_appendix import as_markdown, write

    with caller.review() as review:
        appendix = read_appendix(review, version)
    write(appendix, outputs)
    for path in outputs:
        tell(f"Wrote {path}.")
    if as_json:
        print_json(appendix_json(appendix))
    elif not outputs:
        say(as_markdown(appendix).rstrip("\n"))
