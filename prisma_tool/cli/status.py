"""`status`: where the review stands."""

from __future__ import annotations

from dataclasses import asdict

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say


@click.command("status")
@json_option
@pass_caller
def status_command(caller: Caller, as_json: bool) -> None:
    """Show where the review stands, per stage and reviewer."""
    from prisma_tool.screening.status import status

    with caller.review() as review, review.store.read() as transaction:
        found = status(transaction)
    if as_json:
        print_json(asdict(found))
        return
    say(f"records identified: {found.identified}, distinct reports: {found.unique}")
    for name, stage in found.stages.items():
        parts = [f"{label.replace('_', ' ')} {n}" for label, n in asdict(stage).items() if label != "total" and n]
        say(f"{name}: {stage.total}" + (f" ({', '.join(parts)})" if parts else ""))
    for reviewer, counted in found.reviewers.items():
        say(f"{reviewer}: " + ", ".join(f"{n} voted at {stage}" for stage, n in counted.items()))
