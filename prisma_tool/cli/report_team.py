"""`report agreement` and `report methods`: how far reviewers agree, and how the review was done."""

from __future__ import annotations

from pathlib import Path

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell, viewer_option

_version_option = click.option(
    "--version",
    "version",
    default="",
    metavar="LABEL",
    help="As it was when the version LABEL was closed, like `flow --version`.",
)


@click.command("agreement")
@click.option(
    "-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Write FILE: .md, .docx, .txt, .csv."
)
@click.option(
    "--part",
    type=click.Choice(["all", "pilot", "main"]),
    default="all",
    show_default=True,
    help="All reports, those of pilot rounds, or the rest.",
)
@_version_option
@viewer_option
@json_option
@pass_caller
def agreement_command(
    caller: Caller, outputs: tuple[Path, ...], part: str, version: str, reviewer: str | None, as_json: bool
) -> None:
    """Tell how far each pair of reviewers agrees: percent, Cohen's kappa with its 95% interval, PABAK and Gwet's AC1.

    Per stage, on the reports that both screened (n) while neither could read the other's vote; how many do not count, and why, is told.
    Three or more reviewers have one figure over all besides: Krippendorff's alpha and AC1.
    """
    from prisma_tool.manuscript.agreement_table import lines
    from prisma_tool.manuscript.methods.read import read_agreement
    from prisma_tool.manuscript.write_team_reports import agreement_writers, write
    from prisma_tool.team.agreement import ReportSubset
    from prisma_tool.team.agreement import as_json as agreement_json

    with caller.review() as review:
        review.viewer(reviewer)
        by_part = read_agreement(review, version)
    write(agreement_writers(by_part), outputs, "the agreement")
    for path in outputs:
        tell(f"Wrote {path}.")
    if as_json:
        stages = by_part.get(ReportSubset(part), [])
        pairs = [pair for stage in stages for pair in stage.pairs]
        print_json(agreement_json(pairs, [stage.overall for stage in stages if stage.overall is not None]))
    elif not outputs:
        # Without a pilot round there are no parts; with one, all are shown unless one is asked for.
        by_part = by_part if part == ReportSubset.ALL else {ReportSubset(part): by_part.get(ReportSubset(part), [])}
        for line in lines(by_part):
            say(line)


@click.command("methods")
@click.option(
    "-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Write FILE: .md, .docx, .txt."
)
@_version_option
@viewer_option
@json_option
@pass_caller
def methods_command(caller: Caller, outputs: tuple[Path, ...], version: str, reviewer: str | None, as_json: bool) -> None:
    """The methods section's sentences on searching, duplicates, screening, retrieval and stopping, from what is recorded and nothing else.

    They speak of the version that `flow` shows; --version takes a closed one.
    """
    from prisma_tool.manuscript.methods.read import read_methods
    from prisma_tool.manuscript.methods.text import plain_text
    from prisma_tool.manuscript.write_team_reports import methods_json, methods_writers, write

    with caller.review() as review:
        review.viewer(reviewer)
        facts = read_methods(review, version)
    write(methods_writers(facts), outputs, "the methods section")
    for path in outputs:
        tell(f"Wrote {path}.")
    if as_json:
        print_json(methods_json(facts))
    elif not outputs:
        say(plain_text(facts))
        if not facts.stages:
            since = " since the last version was closed" if facts.version.previous and not facts.version.closed else ""
            tell(f"Nobody has voted{since or ' yet'}, so there is nothing to say about screening.")
