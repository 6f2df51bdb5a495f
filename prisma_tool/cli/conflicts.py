"""`conflicts` and `adjudicate`: where reviewers disagree, and how that is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say
from prisma_tool.cli.screening import STAGES
from prisma_tool.errors import UsageError
from prisma_tool.model.vocabulary import Stage, Verdict

if TYPE_CHECKING:
    from prisma_tool.model.log.events import Event
    from prisma_tool.model.protocol.protocol import Protocol
    from prisma_tool.screening.adjudication import Conflict


@click.command("conflicts")
@click.option("--stage", type=STAGES, help="Only conflicts of this stage.")
@reviewer_option
@json_option
@pass_caller
def conflicts_command(caller: Caller, stage: str | None, reviewer: str | None, as_json: bool) -> None:
    """List the reports on which reviewers disagree, with their votes, reasons and notes. Settle them with `adjudicate`."""
    from prisma_tool.screening.adjudication import as_json as conflicts_json
    from prisma_tool.screening.adjudication import conflicts
    from prisma_tool.store.records.records import records_by_key

    with caller.review() as review:
        review.viewer(reviewer)
        with review.store.read() as transaction:
            listed = [conflict for conflict in conflicts(transaction) if stage in (None, conflict.stage.value)]
            records = records_by_key(transaction, [conflict.key for conflict in listed])
        titles = {key: record.citation.title for key, record in records.items()}
        if as_json:
            print_json(conflicts_json(listed, review.protocol))
            return
        for conflict in listed:
            _say_conflict(conflict, titles.get(conflict.key, ""), review.protocol)
        say(f"{len(listed)} {'conflict' if len(listed) == 1 else 'conflicts'}." if listed else "No conflicts.")


def _say_conflict(conflict: Conflict, title: str, protocol: Protocol) -> None:
    kind = "reasons differ" if conflict.reasons_only else "conflict"
    say(f"{conflict.key}  {conflict.stage}  {kind}: {title or '(no title)'}")
    for vote in conflict.votes:
        note = f" - {vote.text('note')}" if vote.text("note") else ""
        say(f"  {vote.reviewer}: {_words(vote, protocol)}{note}")
    if conflict.reasons_only:
        say(
            f"  proposed: {protocol.reason_label(conflict.proposed_reason)}, the earliest in the list (`prisma-tool adjudicate {conflict.key} exclude`)"
        )


def _words(vote: Event, protocol: Protocol) -> str:
    reason = vote.text("reason")
    return f"{vote.text('verdict')} ({protocol.reason_label(reason)})" if reason else vote.text("verdict")


@click.command("adjudicate")
@click.argument("key")
@click.argument("verdict", required=False, metavar="VERDICT", type=click.Choice([verdict.value for verdict in Verdict]))
@click.option("--reason", default="", metavar="R", help="The exclusion reason; else the earliest that the votes name.")
@click.option("--stage", type=STAGES, help="The stage; else the one at which KEY is in conflict.")
@click.option("--note", default="", metavar="N", help="A remark to keep with the adjudication.")
@click.option("--undo", is_flag=True, help="Take the adjudication back; the votes count again.")
@reviewer_option
@json_option
@pass_caller
def adjudicate_command(
    caller: Caller,
    key: str,
    verdict: str | None,
    reason: str,
    stage: str | None,
    note: str,
    undo: bool,
    reviewer: str | None,
    as_json: bool,
) -> None:
    """Settle the conflict about KEY: VERDICT overrides the votes, which are kept. Who may is said in review.toml."""
    from prisma_tool.screening.adjudication import Ruling, adjudicate, standing_ruling, take_back

    if (verdict is None) != undo:
        raise UsageError("Give either KEY and VERDICT, or KEY and --undo.")
    where = Stage(stage) if stage else None
    with caller.review() as review:
        who = review.reviewer(reviewer)
        if undo:
            event = take_back(review, key, where, who)
        else:
            event = adjudicate(review, Ruling(key, Verdict(str(verdict)), who, where, reason, note))
        result = {
            "key": event.subject,
            "stage": event.stage,
            "verdict": event.text("verdict"),
            "reason": review.protocol.reason_label(event.text("reason")) if event.text("reason") else "",
            "note": event.text("note"),
            "reviewer": event.reviewer,
        }
        if as_json:
            print_json({"undone": result} if undo else result)
            return
        action = "taken back" if undo else "settled"
        say(f"{event.subject}: {action}: {_words(event, review.protocol)}, {event.stage}, by {event.reviewer}.")
        earlier = standing_ruling(review, event.subject, Stage(event.stage)) if undo else None
        if earlier is not None:
            say(f"The adjudication before it stands again: {_words(earlier, review.protocol)}, by {earlier.reviewer}.")
