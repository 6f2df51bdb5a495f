"""`screen` and `decide`: how reviewers decide."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, pass_caller, reviewer_option, say, tell
from prisma_tool.cli.identity import Ask, acting_reviewer, in_application, in_lines
from prisma_tool.errors import UsageError
from prisma_tool.model.vocabulary import Stage, Verdict

if TYPE_CHECKING:
    from prisma_tool.model.log.events import Event
    from prisma_tool.review.open_review import Review
    from prisma_tool.screening.decisions import Decision

STAGES = click.Choice([stage.value for stage in Stage])


@click.command("screen")
@click.option("--stage", type=STAGES, default=Stage.TITLE_ABSTRACT.value, show_default=True, help="The queue to open.")
@click.option("--plain", is_flag=True, help="A dialogue of plain lines instead of the drawn application, for screen readers.")
@reviewer_option
@pass_caller
def screen_command(caller: Caller, stage: str, plain: bool, reviewer: str | None) -> None:
    """Screen by keyboard: one report at a time, each decision durable before the next report shows."""
    with caller.review() as review:
        if plain:
            _in_plain_lines(review, Stage(stage), working_reviewer(review, reviewer))
            return
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError("`screen` needs a terminal; from a script use `prisma-tool decide`.")
        from prisma_tool.tui.app import run

        name = working_reviewer(review, reviewer, in_application(caller.settings()))
        caller.recent().remember(review.folder, review.protocol.title, review.store.now())
        run(review, name, stage, caller.settings())


def _in_plain_lines(review: Review, stage: Stage, reviewer: str) -> None:
    from prisma_tool.model.log.events import Channel
    from prisma_tool.tui.plain_dialogue import PlainDialogue
    from prisma_tool.tui.sessions.screening_session import ScreeningSession

    def ask(prompt: str) -> str | None:
        """A line of the input, whoever gives it; the prompt is narration."""
        click.echo(prompt, err=True, nl=False)
        line = sys.stdin.readline()
        return line or None

    PlainDialogue(ScreeningSession(review.through(Channel.APPLICATION), stage, reviewer), ask, say).run()


def open_application(caller: Caller) -> None:
    """Open the application at its first place, for the reviewer that the surroundings name."""
    with caller.review() as review:
        from prisma_tool.tui.app import run

        name = working_reviewer(review, None, in_application(caller.settings()))
        caller.recent().remember(review.folder, review.protocol.title, review.store.now())
        run(review, name, settings=caller.settings())


def working_reviewer(review: Review, named: str | None, ask: Ask = in_lines) -> str:
    """Who works, after what the protocol plans has begun; of a review that may only be read, who looks."""
    if review.only_read:
        return review.viewer(named)
    name = acting_reviewer(review, named, ask)
    begin_planned(review, name)
    return name


def begin_planned(review: Review, reviewer: str) -> None:
    """Begin the pilot rounds that the protocol plans, where screening has not begun without them."""
    from prisma_tool.team.pilot import start_planned

    for stage in Stage:
        if review.protocol.screening.at(stage).pilot:
            begun = start_planned(review, stage, reviewer)
            if begun is not None:
                tell(f"A pilot round of {begun.payload['n']} records at {stage} has begun: everyone screens the same ones first.")


@click.command("decide")
@click.argument("key", required=False)
@click.argument("verdict", required=False, metavar="VERDICT", type=click.Choice([verdict.value for verdict in Verdict]))
@click.option("--reason", default="", metavar="R", help="The exclusion reason: its label or id in review.toml.")
@click.option("--stage", type=STAGES, default=Stage.TITLE_ABSTRACT.value, show_default=True, help="The stage decided at.")
@reviewer_option
@click.option("--note", default="", metavar="N", help="A remark to keep with the decision.")
@click.option("--from", "table", type=click.Path(path_type=Path), metavar="CSV", help="Apply a file of decisions, all or none.")
@pass_caller
def decide_command(
    caller: Caller,
    key: str | None,
    verdict: str | None,
    reason: str,
    stage: str,
    reviewer: str | None,
    note: str,
    table: Path | None,
) -> None:
    """Decide on the report of KEY: include, exclude, maybe; at full text also ongoing, awaiting.

    Or apply a CSV file with the columns key,stage,reviewer,verdict,reason,note,decided_at, all or none.
    """
    if (table is None) == (key is None) or (key is None) != (verdict is None):
        raise UsageError("Give either KEY and VERDICT, or --from CSV.")
    from prisma_tool.model.log.events import Channel
    from prisma_tool.screening.decision_csv import read_decisions
    from prisma_tool.screening.decisions import Decision, decide, replaced_newer

    with caller.review() as review:
        if table is not None:
            decisions = read_decisions(table, review, reviewer)
            replaced = replaced_newer(review, decisions)
            say(f"Stored {len(decide(review.through(Channel.FILE), decisions))} decisions.")
            _tell_replaced(replaced)
        else:
            choice = Decision(str(key), Stage(stage), review.reviewer(reviewer), Verdict(str(verdict)), reason, note)
            stored = decide(review, [choice])[0]
            say(_decision_text(review, stored))
            _tell_ruling(review, stored)


_LISTED = 5


def _tell_replaced(replaced: list[tuple[Decision, Event]]) -> None:
    """What is stored last stands, also where its date is older; nobody should learn of that by chance."""
    for decision, event in replaced[:_LISTED]:
        tell(
            f"{decision.where}{decision.key}: {decision.verdict} by {decision.reviewer} of {decision.at:%Y-%m-%d} replaces "
            f"{event.text('verdict')} of {event.at:%Y-%m-%d}."
        )
    if len(replaced) > _LISTED:
        tell(f"And {len(replaced) - _LISTED} more verdicts were replaced by older ones.")


def _tell_ruling(review: Review, vote: Event) -> None:
    """A vote on a report that was adjudicated is kept, and changes nothing."""
    from prisma_tool.screening.adjudication import standing_ruling

    ruling = standing_ruling(review, vote.subject, Stage(vote.stage))
    if ruling is not None:
        tell(
            f"The vote is kept, but {ruling.text('verdict')} stands, adjudicated by {ruling.reviewer}; "
            f"`prisma-tool adjudicate {ruling.subject} --undo` lets the votes count again."
        )


def _decision_text(review: Review, event: Event) -> str:
    reason = review.protocol.reason_label(event.text("reason"))
    verdict = f"{event.text('verdict')} ({reason})" if reason else event.text("verdict")
    return f"{event.subject}: {verdict}, {event.stage}, by {event.reviewer}."
