"""`log` and `doctor`: what was done, and whether all is well."""

from __future__ import annotations

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, viewer_option
from prisma_tool.errors import ExitCode, PrismaError, StoreError, UsageError
from prisma_tool.model.text import one_line


@click.command("log")
@click.option("--key", metavar="KEY", help="Only what was said about this record.")
@click.option(
    "--limit", type=click.IntRange(min=1, max=1_000_000), default=50, show_default=True, metavar="N", help="The newest N events."
)
@viewer_option
@json_option
@pass_caller
def log_command(caller: Caller, key: str | None, limit: int, reviewer: str | None, as_json: bool) -> None:
    """Show the newest events, oldest of them first: what was done, when and by whom."""
    from prisma_tool.history.health_check import recent_events

    with caller.review() as review:
        events = recent_events(review, key, limit, review.viewer(reviewer))
    if as_json:
        print_json({"events": events})
        return
    for event in events:
        details = ", ".join(f"{name}={_short(value)}" for name, value in event["payload"].items() if value not in ("", None, {}))
        parts = (
            event["at"][:19] + "Z",
            event["reviewer"] or "-",
            event["kind"],
            event["stage"],
            event["subject"],
            event["blinding"],
            details,
        )
        say("  ".join(part for part in parts if part))


_SHOWN = 120
"""Characters of a value in the log's lines; --json has them whole."""


def _short(value: object) -> str:
    text = one_line(str(value))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@click.command("doctor")
@click.option(
    "--rebuild", is_flag=True, help="Mend what can be mended: make anew what follows from the log, complete index and journal."
)
@click.option(
    "--head", metavar="HASH", help="Say whether the state of the log that was published by this head is contained in it."
)
@click.option("--upgrade", is_flag=True, help="Bring a shared database up to date; everybody who uses it must update too.")
@json_option
@pass_caller
def doctor_command(caller: Caller, rebuild: bool, head: str | None, upgrade: bool, as_json: bool) -> int:
    """Check the database, the log and its hashes, what is kept beside it, and the files; exit 4 if something is wrong."""
    from prisma_tool.history.health_check import examine, unreachable

    if head is not None:
        return _compare(caller, head, rebuild=rebuild, as_json=as_json)
    try:
        with caller.review(upgrade=upgrade) as review:
            if rebuild and review.only_read:
                raise PrismaError(review.store.only_read)
            findings = examine(review, anew=rebuild)
    except StoreError as error:
        findings = [unreachable(error)]
    holds = all(finding["holds"] for finding in findings)
    if as_json:
        print_json({"checks": findings, "holds": holds})
    else:
        for finding in findings:
            say(f"{'ok  ' if finding['holds'] else 'BAD '} {finding['name']}: {finding['detail']}")
    return ExitCode.DONE if holds else ExitCode.CHECK_FAILED


def _compare(caller: Caller, head: str, *, rebuild: bool, as_json: bool) -> int:
    """Whether a published state of the log is contained in this one."""
    from prisma_tool.history.log_containment import containment

    if rebuild:
        raise UsageError("--head compares and --rebuild mends; give one of them.")
    with caller.review() as review:
        result = containment(review, head)
    if as_json:
        print_json(result.as_json())
    else:
        say(result.sentence())
    return ExitCode.DONE if result.contained else ExitCode.CHECK_FAILED
