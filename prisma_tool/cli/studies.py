"""`study`: linking reports to their studies, and how many people a study had."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say
from prisma_tool.errors import UsageError


@click.group("study")
def study_command() -> None:
    """Link reports to their studies. A link never merges: each report stays a report."""


@study_command.command("link")
@click.argument("label")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@reviewer_option
@pass_caller
def link_command(caller: Caller, label: str, keys: tuple[str, ...], reviewer: str | None) -> None:
    """Add the reports of KEYs to the study LABEL."""
    from prisma_tool.studies.links import link

    with caller.review() as review:
        link(review, label, keys, review.reviewer(reviewer))
        say(f"Linked {len(keys)} {'report' if len(keys) == 1 else 'reports'} to {label}.")


@study_command.command("unlink")
@click.argument("key")
@reviewer_option
@pass_caller
def unlink_command(caller: Caller, key: str, reviewer: str | None) -> None:
    """Take the report of KEY out of its studies."""
    from prisma_tool.studies.links import unlink

    with caller.review() as review:
        labels = unlink(review, key, review.reviewer(reviewer))
        say(f"Unlinked {key} from {', '.join(labels)}.")


@study_command.command("participants")
@click.argument("label")
@click.argument("number", type=click.IntRange(min=1), required=False, metavar="[N]")
@click.option("--as", "counted_as", type=click.Choice(["randomised", "analysed"]), help="Which participants N counts.")
@click.option("--undo", is_flag=True, help="Take the number of this study back.")
@reviewer_option
@pass_caller
def participants_command(
    caller: Caller, label: str, number: int | None, counted_as: str | None, undo: bool, reviewer: str | None
) -> None:
    """Enter how many participants the study LABEL had; the figure sums them over the included studies.

    For a report that is linked to no study, LABEL is the key of its record.
    """
    from prisma_tool.model.vocabulary import CountedAs
    from prisma_tool.studies.participants import enter_participants, take_back_participants

    if undo is (number is not None):
        raise UsageError("Give the number of participants, or --undo to take it back.")
    with caller.review() as review:
        name = review.reviewer(reviewer)
        if number is None:
            event = take_back_participants(review, label, name)
            say(f"Took back {event.text('participants')} participants of {event.subject}.")
        else:
            study = enter_participants(review, label, number, CountedAs(counted_as) if counted_as else None, name)
            say(f"{study}: {number} participants{f' {counted_as}' if counted_as else ''}.")


@study_command.command("suggest")
@json_option
@pass_caller
def suggest_command(caller: Caller, as_json: bool) -> None:
    """Suggest reports that share a registry number, with the grounds."""
    from prisma_tool.studies.links import suggest

    with caller.review() as review:
        suggestions = suggest(review)
    if as_json:
        print_json({"suggestions": [asdict(suggestion) for suggestion in suggestions]})
        return
    for suggestion in suggestions:
        lines = [
            f"{suggestion.number} ({suggestion.strength})",
            *(f"    {key}  {title} ({ground})" for key, title, ground in suggestion.reports),
        ]
        say("\n".join([*lines, f"    prisma-tool study link '{suggestion.number}' {' '.join(suggestion.keys)}"]))
    if not suggestions:
        say("No reports share a registry number without being linked already.")


@study_command.command("list")
@json_option
@pass_caller
def list_command(caller: Caller, as_json: bool) -> None:
    """List the studies and their reports."""
    from prisma_tool.studies.links import keys_by_study

    with caller.review() as review:
        studies = keys_by_study(review)
    if as_json:
        print_json({"studies": [{"label": label, "records": keys} for label, keys in studies.items()]})
        return
    for label, keys in studies.items():
        say(f"{label}: {', '.join(keys)}")


@study_command.command("review")
@reviewer_option
@pass_caller
def review_command(caller: Caller, reviewer: str | None) -> None:
    """Go through the suggestions by keyboard, and see the studies that there are."""
    with caller.review() as review:
        name = review.reviewer(reviewer)
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError("`study review` needs a terminal; from a script use `prisma-tool study link LABEL KEY ...`.")
        from prisma_tool.tui.app import run

        run(review, name, "studies", caller.settings())
