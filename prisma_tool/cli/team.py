"""`reviewer`, `assign` and `pilot`: who takes part, who screens what, and the round that everyone screens first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say, signed, tell
from prisma_tool.cli.exporting import WHERE_HELP
from prisma_tool.cli.screening import STAGES
from prisma_tool.model.vocabulary import Stage

if TYPE_CHECKING:
    from prisma_tool.team.pilot import PilotProgress
    from prisma_tool.team.reviewers import Person

_stage_option = click.option(
    "--stage", type=STAGES, default=Stage.TITLE_ABSTRACT.value, show_default=True, help="The stage that is meant."
)


@click.group("reviewer")
def reviewer_command() -> None:
    """Who takes part: add somebody, note who left or came back, list everyone with their work."""


@reviewer_command.command("list")
@json_option
@pass_caller
def list_command(caller: Caller, as_json: bool) -> None:
    """List who takes part, what each has done and what each still owes."""
    from prisma_tool.team.reviewers import people

    with caller.review() as review, review.store.read() as transaction:
        members, _ = people(transaction)
    if as_json:
        print_json({"reviewers": [_person_json(person) for person in members]})
        return
    for person in members:
        say(_line(person))


def _person_json(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "roles": list(person.roles),
        "active": person.active,
        "voted": dict(person.voted),
        "owes": dict(person.owes),
    }


def _line(person: Person) -> str:
    roles = ", ".join(person.roles) or "no longer in review.toml"
    left = "" if person.active else ", has left"
    counted = "; ".join(f"{stage}: {person.voted[stage]} voted, {person.owes[stage]} to do" for stage in person.voted)
    return f"{person.name} ({roles}{left}): {counted}"


@reviewer_command.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["reviewer", "adjudicator", "observer"]),
    default="reviewer",
    show_default=True,
    help="A reviewer votes, an adjudicator settles conflicts, an observer only looks on.",
)
@pass_caller
def add_command(caller: Caller, name: str, role: str) -> None:
    """Write NAME into review.toml. A late reviewer takes part of the open records at once; no vote is moved."""
    from prisma_tool.review.protocol.edit import add_person

    with caller.review() as review:
        review.store.require_writable()
    person = add_person(review.folder, role, name)
    with caller.review() as review:
        say(f"{person} is written into review.toml among the {role}s ({len(review.protocol.reviewers)} reviewers).")


@reviewer_command.command("retire")
@click.argument("name")
@reviewer_option
@pass_caller
def retire_command(caller: Caller, name: str, reviewer: str | None) -> None:
    """Note that NAME has left. Every vote stays; what waited for NAME waits for somebody else."""
    from prisma_tool.team.reviewers import people, retire

    with caller.review() as review:
        event = retire(review, name, signed(review, reviewer))
        with review.store.read() as transaction:
            _, work = people(transaction)
        say(f"{event.subject} has left the review; every vote stays.")
        for stage, load in work.items():
            if load.stranded:
                tell(f"{load.stranded} at {stage} now wait for a reviewer who is not there: `prisma-tool reviewer add NAME`.")


@reviewer_command.command("return")
@click.argument("name")
@reviewer_option
@pass_caller
def return_command(caller: Caller, name: str, reviewer: str | None) -> None:
    """Note that NAME, who had left, is back."""
    from prisma_tool.team.reviewers import take_again

    with caller.review() as review:
        say(f"{take_again(review, name, signed(review, reviewer)).subject} is back in the review.")


@click.command("assign", epilog=WHERE_HELP)
@click.argument("name", required=False)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--where", default="", metavar="CONDITION", help="All open reports that meet a condition, see below.")
@click.option(
    "-n", "--number", type=click.IntRange(min=1), metavar="N", help="N open reports that still want somebody, at random."
)
@click.option("--evenly", is_flag=True, help="All that still want somebody, evenly among the active reviewers.")
@click.option("--undo", is_flag=True, help="Take back what was assigned to NAME: these, or all that is open.")
@_stage_option
@reviewer_option
@json_option
@pass_caller
def assign_command(
    caller: Caller,
    name: str | None,
    keys: tuple[str, ...],
    where: str,
    number: int | None,
    evenly: bool,
    undo: bool,
    stage: str,
    reviewer: str | None,
    as_json: bool,
) -> None:
    """Say that NAME screens these reports (review.toml: split = "assignment"). Votes are never moved."""
    from prisma_tool.team.assignment import AssignmentRequest, assign

    with caller.review() as review:
        to = review.reviewer(name) if name else ""
        share = AssignmentRequest(Stage(stage), signed(review, reviewer), to, keys, where, number, evenly, undo)
        given = assign(review, share)
        planned = review.protocol.screening.at(Stage(stage)).split
    if as_json:
        print_json({"stage": stage, "returned" if undo else "assigned": given})
        return
    for person, n in given.items():
        say(f"{n} at {stage} {'taken back from' if undo else 'assigned to'} {person}.")
    if planned != "assignment":
        tell(
            f'review.toml has split = "{planned}", so the queues do not follow assignments; write split = "assignment" into [screening].'
        )


@click.group("pilot")
def pilot_command() -> None:
    """A pilot round: everyone screens the same random records before the rest opens."""


@pilot_command.command("start")
@click.option("-n", "--number", type=click.IntRange(min=1), metavar="N", help="How many; else as review.toml says (pilot = N).")
@click.option("--seed", default="1", show_default=True, metavar="S", help="Another seed draws other records.")
@_stage_option
@reviewer_option
@pass_caller
def start_command(caller: Caller, number: int | None, seed: str, stage: str, reviewer: str | None) -> None:
    """Draw the records of the round; until it is closed the queues show nothing else."""
    from prisma_tool.team.pilot import start

    with caller.review() as review:
        event = start(review, Stage(stage), signed(review, reviewer), number, seed)
        say(f"Pilot round at {stage}: {event.payload['n']} records for {', '.join(event.payload['reviewers'])}.")


@pilot_command.command("show")
@_stage_option
@json_option
@pass_caller
def show_command(caller: Caller, stage: str, as_json: bool) -> None:
    """Tell how the round stands, and on which records its reviewers disagree."""
    from prisma_tool.team.pilot import pilot_progress

    with caller.review() as review, review.store.read() as transaction:
        pilot = pilot_progress(transaction, Stage(stage))
    if as_json:
        progress = {"stage": stage, "n": len(pilot.keys), "done": pilot.done, "missing": pilot.missing} if pilot else None
        print_json({"pilot": {**progress, "conflicts": list(pilot.conflicts)} if progress and pilot else None})
    elif pilot is None:
        say(f"No pilot round at {stage} is under way.")
    else:
        _say_pilot(pilot, stage)


@pilot_command.command("close")
@click.option("--force", is_flag=True, help="Although somebody has not finished.")
@_stage_option
@reviewer_option
@pass_caller
def close_command(caller: Caller, force: bool, stage: str, reviewer: str | None) -> None:
    """End the round; the rest of the records opens."""
    from prisma_tool.team.pilot import close

    with caller.review() as review:
        _say_pilot(close(review, Stage(stage), signed(review, reviewer), force=force), stage)
        say("The pilot round is closed; the rest of the records is open.")


def _say_pilot(pilot: PilotProgress, stage: str) -> None:
    say(f"Pilot round at {stage}: {pilot.done} of {len(pilot.keys)} records screened by everyone.")
    for name, n in pilot.missing.items():
        if n:
            say(f"  {name} has {n} to do")
    if pilot.conflicts:
        say(f"  disagreements ({len(pilot.conflicts)}): {', '.join(pilot.conflicts)}")
        say("  `prisma-tool conflicts` shows the votes; `prisma-tool adjudicate KEY VERDICT` settles one.")
