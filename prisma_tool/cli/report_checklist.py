"""`report checklist` and `report protocol`: what registers and journals ask for, filled as far as the review's data reach."""

from __future__ import annotations

from pathlib import Path

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell, viewer_option
from prisma_tool.cli.report_tables import give_table, output_option, version_option
from prisma_tool.model.protocol.answers import ChecklistForm


@click.command("checklist")
@click.option(
    "--form",
    type=click.Choice([form.value for form in ChecklistForm]),
    default=ChecklistForm.PRISMA_2020.value,
    show_default=True,
    help="PRISMA 2020, its list for abstracts, PRISMA-S, PRISMA-ScR, or PRISMA-LSR.",
)
@output_option
@version_option
@viewer_option
@json_option
@pass_caller
def checklist_command(
    caller: Caller, form: str, outputs: tuple[Path, ...], version: str, reviewer: str | None, as_json: bool
) -> None:
    """A reporting checklist: what the data say of each item and by which command, what the authors answered, and what is open.

    Plain text unless -o is given.
    """
    from prisma_tool.manuscript.checklist.write_checklist import read_checklist

    with caller.review() as review:
        review.viewer(reviewer)
        table = read_checklist(review, ChecklistForm(form), version)
    give_table(table, outputs, "a checklist", as_json=as_json)


@click.command("protocol")
@click.option(
    "-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Write FILE: .docx, .md, .txt."
)
@version_option
@viewer_option
@json_option
@pass_caller
def protocol_command(caller: Caller, outputs: tuple[Path, ...], version: str, reviewer: str | None, as_json: bool) -> None:
    """The protocol in the order in which PROSPERO and OSF ask for it: from review.toml, kept answers and the log.

    Plain text unless -o is given.
    """
    from prisma_tool.manuscript.registration_form import read_registration_form
    from prisma_tool.manuscript.write_team_reports import write

    with caller.review() as review:
        review.viewer(reviewer)
        form = read_registration_form(review, version)
    write(form.writers, outputs, "the protocol")
    for path in outputs:
        tell(f"Wrote {path}.")
    if form.open:
        tell(f"Still open: {', '.join(form.open)}.")
    if as_json:
        print_json(form.as_json())
    elif not outputs:
        say(form.text.rstrip("\n"))
