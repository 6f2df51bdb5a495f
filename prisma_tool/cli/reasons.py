"""`reasons`: the exclusion reasons, in their order."""

from __future__ import annotations

from dataclasses import asdict

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say
from prisma_tool.errors import UsageError


@click.group("reasons", invoke_without_command=True)
@json_option
@click.pass_context
def reasons_command(context: click.Context, as_json: bool) -> None:
    """The exclusion reasons in their order: the first that applies is the reason. These commands edit review.toml."""
    if context.invoked_subcommand is None:
        context.invoke(list_command, as_json=as_json)


@reasons_command.command("list")
@json_option
@pass_caller
def list_command(caller: Caller, as_json: bool = False) -> None:
    """List the reasons, the reports excluded for each, and which were merged."""
    from prisma_tool.screening.exclusion_reasons import reason_uses

    with caller.review() as review:
        usage = reason_uses(review)
    if as_json:
        print_json(asdict(usage))
        return
    for reason in usage.listed:
        say(
            f"{reason.place}. {reason.label} [{reason.id}]: {reason.title_abstract} at title/abstract, {reason.full_text} at full text"
        )
    for reason in usage.unlisted:
        say(f"-  {reason.id} is not in review.toml: {reason.title_abstract} at title/abstract, {reason.full_text} at full text")
    if usage.unlisted:
        say("   Count them under a listed reason: prisma-tool reasons merge ID REASON")
    for merged in usage.merged:
        say(
            f"-  {merged.label} [{merged.id}] counts under {merged.into}; `prisma-tool reasons merge {merged.id} --undo` parts them"
        )


@reasons_command.command("rename")
@click.argument("old")
@click.argument("new")
@json_option
@pass_caller
def rename_command(caller: Caller, old: str, new: str, as_json: bool) -> None:
    """Give the reason OLD (its label or id) the label NEW; votes stay with it."""
    from prisma_tool.screening.exclusion_reasons import rename

    with caller.review() as review:
        reason = rename(review, old, new)
    if as_json:
        print_json(asdict(reason))
        return
    say(f"{reason.id} is now called {reason.label}.")


@reasons_command.command("move")
@click.argument("reason")
@click.argument("place", type=int)
@json_option
@pass_caller
def move_command(caller: Caller, reason: str, place: int, as_json: bool) -> None:
    """Move REASON to PLACE in the list, counted from 1."""
    from prisma_tool.screening.exclusion_reasons import move

    with caller.review() as review:
        moved = move(review, reason, place)
    if as_json:
        print_json({**asdict(moved), "place": place})
        return
    say(f"{moved.label} is now number {place}.")


@reasons_command.command("add")
@click.argument("label")
@click.option("--at", "place", type=int, metavar="N", help="At this place of the list; else at its end.")
@json_option
@pass_caller
def add_command(caller: Caller, label: str, place: int | None, as_json: bool) -> None:
    """Add a reason called LABEL."""
    from prisma_tool.screening.exclusion_reasons import add

    with caller.review() as review:
        reason = add(review, label, place)
    if as_json:
        print_json(asdict(reason))
        return
    say(f"Added {reason.label} [{reason.id}].")


@reasons_command.command("merge")
@click.argument("reason")
@click.argument("into", required=False)
@click.option("--undo", is_flag=True, help="Part REASON from the one that it was merged into.")
@reviewer_option
@json_option
@pass_caller
def merge_command(caller: Caller, reason: str, into: str | None, undo: bool, reviewer: str | None, as_json: bool) -> None:
    """Let the votes for REASON count under INTO from now on. The votes stay as they are, and --undo parts the two again."""
    from prisma_tool.screening.exclusion_reasons import merge, unmerge

    if undo == (into is not None):
        raise UsageError("Say `reasons merge REASON INTO`, or `reasons merge REASON --undo`.")
    with caller.review() as review:
        name = review.reviewer(reviewer)
        if into is None:
            parted, target = unmerge(review, reason, name), None
        else:
            parted, target = merge(review, reason, into, name)
    if as_json:
        print_json({"reason": parted.id, "into": target.id if target else None})
        return
    effect = f"counts under {target.label} from now on" if target else "counts by itself again"
    say(f"{parted.label or parted.id} {effect}.")
