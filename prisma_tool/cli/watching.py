"""`watch`: a living review looked after by a timer."""

from __future__ import annotations

from pathlib import Path

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.cli.progress import progress


@click.command("watch")
@click.option(
    "-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Write the digest to FILE: .md, .docx."
)
@click.option("--quiet", is_flag=True, help="Print nothing where nothing is new.")
@json_option
@pass_caller
def watch_command(caller: Caller, outputs: tuple[Path, ...], quiet: bool, as_json: bool) -> int:
    """Rerun all searches of review.toml and all citation searches, ask PubMed and Crossref about retractions; say what is new since the last watch.

    Ends with 0 where nothing is new, 10 where something new waits to be screened, 11 where something has changed about what was decided
    (also when both), and with 3 or 1 where a search or check is incomplete or failed. A timer can go by that: docs/watching.md.
    """
    from prisma_tool.identify.run import services
    from prisma_tool.manuscript.watch_digest import digest, digest_json
    from prisma_tool.manuscript.write_team_reports import document_writers, write
    from prisma_tool.updates.watching.watch import watch

    with caller.review() as review:
        with progress(quiet=quiet or as_json) as listener:
            report = watch(review, services.services(review.environment), services.crossref_updates(review.environment), listener)
        writers = document_writers(digest(report, review.protocol.title))
    write(writers, outputs, "a digest")
    silent = quiet and not report.exit_code
    for path in () if silent else outputs:
        tell(f"Wrote {path}.")
    if as_json:
        print_json(digest_json(report))
    elif not silent:
        say(writers[".md"]().decode().rstrip("\n"))
    return report.exit_code
