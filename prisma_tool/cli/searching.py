"""`search`: how records come in from the two services."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import ExitCode, worst

if TYPE_CHECKING:
    from prisma_tool.identify.searching import RunReport


@click.command("search")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@json_option
@pass_caller
def search_command(caller: Caller, names: tuple[str, ...], as_json: bool) -> int:
    """Run the searches of review.toml, or those of these names; run again, it resumes or updates."""
    from prisma_tool.identify.searching import chosen_plans, run_searches
    from prisma_tool.identify.services import services

    with caller.review() as review:
        plans = chosen_plans(review.protocol.searches, names)
        reports = []
        for report in run_searches(review, plans, services(review.environment), tell):
            reports.append(report)
            if not as_json:
                _say_run(report)
            elif report.exit_code is not ExitCode.DONE:
                tell(f"{report.search}: {report.status}: {report.warnings[-1]}")
    if as_json:
        print_json({"runs": [asdict(report) for report in reports]})
    return worst([report.exit_code for report in reports])


def _say_run(report: RunReport) -> None:
    reported = "unknown" if report.reported is None else report.reported
    say(
        f"{report.search} ({report.source}): {report.status}; reported {reported}, stored {report.stored} "
        f"(new {report.new}, seen {report.seen}, changed {report.changed}), undelivered {len(report.undelivered)}, "
        f"vanished {report.vanished}"
    )
    if report.exit_code is ExitCode.INCOMPLETE:
        say(f"  Not finished: run `prisma-tool search {report.search}` again; it goes on where it stopped.")
    if report.reported == 0 and report.exit_code is ExitCode.DONE:
        say("  WARNING: this search found nothing at all. Check the strategy.")
    for warning in report.warnings:
        say(f"  warning: {warning}")
