"""`search`: how records come in from the two services, and how strategies are tested and replayed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import ExitCode, UsageError, worst
from prisma_tool.model.protocol.protocol import command_for_search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prisma_tool.identify.search.run import SearchOptions
    from prisma_tool.identify.search.run_report import RunReport
    from prisma_tool.model.protocol.protocol import SearchPlan
    from prisma_tool.review.open_review import Review


@click.command("search")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--count", "counting", is_flag=True, help="Count the hits of each line of the strategy; fetch nothing.")
@click.option(
    "--known",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Say which records of FILE (PMIDs, NCT numbers) the strategy finds and misses.",
)
@click.option(
    "--check",
    "checking",
    is_flag=True,
    help="Show the cleaned strategy, each line's hits today beside the published ones, and all findings; fetch nothing.",
)
@click.option(
    "--fix", is_flag=True, help="With --check: write the cleaned lines into review.toml, the original kept as a comment."
)
@click.option(
    "--translate",
    "platform",
    type=click.Choice(["ovid-medline", "embase", "central", "scopus", "wos", "cinahl"]),
    help="Write the PubMed strategies in another platform's syntax, untested, with what has no counterpart marked.",
)
@click.option(
    "--press",
    nargs=2,
    default=None,
    metavar="HEADING ANSWER",
    help="Keep what a colleague said about a strategy under a heading of PRESS (1 to 6, or its name), for the appendix; with --by.",
)
@click.option("--by", default="", metavar="NAME", help="With --press: who reviewed the strategy.")
@click.option("--replay", "replaying", is_flag=True, help="Read the kept answers of the last runs again, without the network.")
@click.option("--accept", is_flag=True, help="Run although the strategy guard objects; remembered for this strategy.")
@click.option("--whole", is_flag=True, help='Search everything, also where review.toml says update = "since-last".')
@click.option("--quiet", is_flag=True, help="Say nothing unless something is new, retracted, or not done.")
@json_option
@pass_caller
def search_command(
    caller: Caller,
    names: tuple[str, ...],
    counting: bool,
    known: Path | None,
    checking: bool,
    fix: bool,
    platform: str | None,
    press: tuple[str, str] | None,
    by: str,
    replaying: bool,
    accept: bool,
    whole: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run the searches of review.toml, or those of these names; run again, it resumes or updates."""
    from prisma_tool.identify.search.run import SearchOptions, selected_plans

    _only_one(
        counting=counting,
        known=known is not None and not checking,
        check=checking,
        replay=replaying,
        run=accept or whole or quiet,
    )
    if by and not press:
        raise UsageError("--by goes with --press HEADING ANSWER.")
    if fix and not checking:
        raise UsageError("--fix goes with --check: prisma-tool search --check --fix.")
    with caller.review() as review:
        plans = selected_plans(review.protocol, names)
        if press:
            from prisma_tool.cli.strategy_checking import keep_press_answer

            return keep_press_answer(review, plans, *press, by=by)
        if platform:
            from prisma_tool.cli.strategy_translation import translate_searches

            return translate_searches(plans, platform, as_json=as_json)
        if checking:
            from prisma_tool.cli.strategy_checking import check, fix_searches

            return fix_searches(review, plans) if fix else check(review, plans, known, as_json=as_json)
        if counting or known or replaying:
            from prisma_tool.cli.strategies import count, find_known, replay

            if counting:
                return count(review, plans, as_json=as_json)
            return find_known(review, plans, known, as_json=as_json) if known else replay(review, plans, as_json=as_json)
        return _run(review, plans, SearchOptions(accept, whole), quiet=quiet, as_json=as_json)


def _only_one(**groups: bool) -> None:
    """Testing and replaying run nothing, so they stand alone.

    Raises:
        UsageError: several are asked for.
    """
    options = {
        "counting": "--count",
        "known": "--known",
        "check": "--check",
        "replay": "--replay",
        "run": "--accept, --whole or --quiet",
    }
    asked = [options[name] for name, applies in groups.items() if applies]
    if len(asked) > 1:
        raise UsageError(f"{asked[0]} and {asked[1]} do not go together; give one of them.")


def _run(review: Review, plans: Sequence[SearchPlan], options: SearchOptions, *, quiet: bool, as_json: bool) -> int:
    from prisma_tool.cli.progress import progress
    from prisma_tool.identify.run.services import services
    from prisma_tool.identify.search.run import run_searches

    reports: list[RunReport] = []
    try:
        # The results wait for the end of the bars, which would draw over them.
        with progress(quiet=quiet) as listener:
            reports.extend(run_searches(review, plans, services(review.environment), listener, options))
    finally:
        _show(reports, quiet=quiet, as_json=as_json)
    return worst([report.exit_code for report in reports])


def _show(reports: Sequence[RunReport], *, quiet: bool, as_json: bool) -> None:
    if not as_json:
        say_lines(line for report in reports if report.is_news or not quiet for line in _report_lines(report))
        return
    for report in reports:
        if report.exit_code is not ExitCode.DONE:
            tell(f"{report.search}: {report.status}: {report.warnings[-1]}")
    print_json({"runs": [asdict(report) for report in reports]})


def say_lines(lines: Iterable[str]) -> None:
    """Lines of data, to stdout."""
    for line in lines:
        say(line)


def _report_lines(report: RunReport) -> Iterable[str]:
    """What became of one search, for people."""
    if report.status == "refused":
        yield f"{report.search} ({report.source}): refused, nothing was fetched"
        yield from (f"  {warning}" for warning in report.warnings)
        return
    reported = "unknown" if report.reported is None else report.reported
    since = f" since {report.since}" if report.since else ""
    yield (
        f"{report.search} ({report.source}): {report.status}; reported {reported}{since}, stored {report.stored} "
        f"(new {report.new}, seen {report.seen}, changed {report.changed}), undelivered {len(report.undelivered)}, "
        f"vanished {report.vanished}"
    )
    if report.exit_code is ExitCode.INCOMPLETE:
        yield f"  Not finished: run `{command_for_search(report.search)}` again; it goes on where it stopped."
    if report.is_empty:
        yield "  WARNING: this search found nothing at all. Check the strategy."
    if report.changes:
        yield f"  changed: {', '.join(f'{n} {kind}' for kind, n in report.changes.items())}"
    for gone in report.vanished_decided:
        yield f"  vanished though decided: {gone.key} ({gone.outcome} at {gone.stage})"
    for warning in report.warnings:
        yield f"  warning: {warning}"
