"""`report agreement` and `report methods`: how far reviewers agree, and how screening was done."""

from __future__ import annotations

from pathlib import Path

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell, viewer_option


@click.command("agreement")
@click.option(
    "-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Write FILE: .md, .docx, .csv."
)
@click.option(
    "--part",
    type=click.Choice(["all", "pilot", "main"]),
    default="all",
    show_default=True,
    help="All reports, those of pilot rounds, or the rest.",
)
@viewer_option
@json_option
@pass_caller
def agreement_command(caller: Caller, outputs: tuple[Path, ...], part: str, reviewer: str | None, as_json: bool) -> None:
    """Tell how far each pair of reviewers agrees: percent, Cohen's kappa with its 95% interval, PABAK and Gwet's AC1.

    Per stage, on the reports that both screened (n) while neither could read the other's vote; how many do not count, and why, is told.
    """
    from prisma_tool.manuscript.write_team_reports import agreement_writers, read_agreement, write
    from prisma_tool.team.agreement import ReportSubset, sentence
    from prisma_tool.team.agreement import as_json as agreement_json

    with caller.review() as review:
        review.viewer(reviewer)
        by_part = read_agreement(review)
    write(agreement_writers(by_part), outputs, "the agreement")
    for path in outputs:
        tell(f"Wrote {path}.")
    if as_json:
        print_json(agreement_json(by_part.get(ReportSubset(part), [])))
    elif not outputs:
        # Without a pilot round there are no parts; with one, all are shown unless one is asked for.
        by_part = by_part if part == ReportSubset.ALL else {ReportSubset(part): by_part.get(ReportSubset(part), [])}
        for name, pairs in by_part.items():
            for pair in pairs:
                which = {ReportSubset.PILOT: " in the pilot round", ReportSubset.MAIN: " after the pilot round"}.get(name, "")
                say(f"{pair.stage}{which}: {pair.a} and {pair.b}: {sentence(pair)}")
        if not any(by_part.values()):
            say("No two reviewers have voted at the same stage yet.")


@click.command("methods")
@click.option(
    "-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Write FILE: .md, .docx, .txt."
)
@viewer_option
@json_option
@pass_caller
def methods_command(caller: Caller, outputs: tuple[Path, ...], reviewer: str | None, as_json: bool) -> None:
    """The methods section's sentences about screening, from the votes alone: who screened what, alone or in pairs, and how conflicts ended."""
    from prisma_tool.manuscript.write_team_reports import methods_json, methods_sentences, methods_writers, read_methods, write

    with caller.review() as review:
        review.viewer(reviewer)
        methods = read_methods(review)
    write(methods_writers(*methods), outputs, "the methods section")
    for path in outputs:
        tell(f"Wrote {path}.")
    if as_json:
        print_json(methods_json(*methods))
    elif not outputs:
        for sentence in methods_sentences(*methods):
            say(sentence)
        if not methods[0]:
            tell("Nobody has voted yet, so there is nothing to say about screening.")
