"""`report bundle` and `verify`: the deposit of a review, and checking one."""

from __future__ import annotations

from pathlib import Path

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import ExitCode, UsageError


@click.command("bundle")
@click.option("-o", "output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Write FILE (.zip).")
@click.option(
    "--version", "version", default="", metavar="LABEL", help="With the flow as it was when the version LABEL was closed."
)
@click.option(
    "--blind-audit",
    "audit",
    type=click.IntRange(min=1, max=1_000_000),
    metavar="N",
    help="Add N decisions drawn at random, without their verdicts, for somebody to repeat.",
)
@click.option(
    "--seed", default="", metavar="TEXT", help="What chance is drawn from; else the head of the log, which nobody can choose."
)
@json_option
@pass_caller
def bundle_command(caller: Caller, output: Path, version: str, audit: int | None, seed: str, as_json: bool) -> None:
    """Write a deposit of the review from which anybody can recompute its numbers: RO-Crate, no names, no abstracts, no secrets.

    What may go in beyond that stands in [bundle] of review.toml.
    """
    from prisma_tool.manuscript.bundle.write import BundleRequest, summary_sentences, write_bundle

    if output.suffix.lower() != ".zip":
        raise UsageError(f"{output}: a deposit is a .zip file; choose that suffix.")
    if seed and not audit:
        raise UsageError("--seed is for --blind-audit N; give both.")
    with caller.review() as review:
        report = write_bundle(review, output, BundleRequest(version, audit or 0, seed), caller.variables)
    if as_json:
        print_json(report)
        return
    for sentence in summary_sentences(report):
        tell(sentence)


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--head", default="", metavar="HASH", help="The head of the log as it was published elsewhere.")
@json_option
def verify_command(file: Path, head: str, as_json: bool) -> int:
    """Recompute the numbers and the figure of a deposit from its data; needs no review. Exit 4 names the first that differs."""
    from prisma_tool.manuscript.bundle.verify import verify

    result = verify(file, head)
    if as_json:
        print_json(result.as_json())
    else:
        for check in result.checks:
            say(f"{'ok  ' if check.holds else 'BAD '} {check.name}: {check.detail}")
        for sentence in result.sentences():
            say(sentence)
    return ExitCode.DONE if result.holds else ExitCode.CHECK_FAILED
