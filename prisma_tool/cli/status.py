"""`status`: where the review stands, and what changed about records after they were decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say
from prisma_tool.model.text import one_line

if TYPE_CHECKING:
    from prisma_tool.history.status import Status
    from prisma_tool.store.runs.reruns import SearchState
    from prisma_tool.updates.changes_since_decision import ChangeSinceDecision, OpenItems, SupersededCorrection


@click.command("status")
@click.option("--attention", "listing", is_flag=True, help="List what changed about decided records, and what else waits.")
@click.option("--acknowledge", multiple=True, metavar="KEY", help="You have seen what changed about KEY; your decision stands.")
@reviewer_option
@json_option
@pass_caller
def status_command(caller: Caller, listing: bool, acknowledge: tuple[str, ...], reviewer: str | None, as_json: bool) -> None:
    """Show where the review stands, per stage and reviewer, and what changed about records after they were decided."""
    from prisma_tool.history.status import status
    from prisma_tool.identify.files.declared_search import as_json as search_json
    from prisma_tool.identify.files.declared_search import reconciled, sentence_of
    from prisma_tool.review.identity import unlisted_people, unlisted_sentence
    from prisma_tool.screening.prioritised.stopping_lines import stopping_risk_lines
    from prisma_tool.screening.prioritised.stopping_risk import stopping_risk
    from prisma_tool.store.projections.log_head import log_head
    from prisma_tool.team.team_status import as_json as team_json
    from prisma_tool.team.team_status import lines, team_status
    from prisma_tool.updates.acknowledgement import acknowledge as acknowledge_changes
    from prisma_tool.updates.acknowledgement import open_items
    from prisma_tool.updates.changes_since_decision import as_json as changes_json

    with caller.review() as review:
        acknowledged = acknowledge_changes(review, acknowledge, review.reviewer(reviewer)) if acknowledge else []
        viewer = review.viewer(reviewer)
        with review.store.read() as transaction:
            counts, waiting = status(transaction), open_items(transaction)
            searches = reconciled(transaction, review.protocol)
            team = None if listing else team_status(transaction)
            now = stopping_risk(transaction, viewer)
            log = asdict(log_head(transaction)) if as_json else {}
        strangers = unlisted_people(review.store)
    if as_json:
        print_json(
            {
                **asdict(counts),
                "attention": changes_json(waiting),
                **({"declared_searches": [search_json(one) for one in searches]} if searches else {}),
                **(team_json(team) if team else {}),
                "stopping": now.as_json(),
                "unlisted": strangers,
                **log,
            }
        )
        return
    for change in acknowledged:
        say(f"acknowledged: {_change(change)}")
    if listing:
        _say_open_items(waiting)
    elif not acknowledged:
        _say_status(counts)
        for one in searches:
            say(f"search {sentence_of(one)}")
        for line in (*(lines(team) if team else ()), *(stopping_risk_lines(now) if now.screened or now.stopped else ())):
            say(line)
        _say_waiting(waiting)
        if strangers:
            say(unlisted_sentence(strangers))


def _say_status(counts: Status) -> None:
    say(f"records identified: {counts.identified}, distinct reports: {counts.unique}")
    for name, stage in counts.stages.items():
        parts = [f"{label.replace('_', ' ')} {n}" for label, n in asdict(stage).items() if label != "total" and n]
        say(f"{name}: {stage.total}" + (f" ({', '.join(parts)})" if parts else ""))
    for reviewer, counted in counts.reviewers.items():
        say(f"{reviewer}: " + ", ".join(f"{n} voted at {stage}" for stage, n in counted.items()))


def _say_waiting(waiting: OpenItems) -> None:
    """One line for each kind of thing that waits; nothing where nothing does."""
    from prisma_tool.updates.changes_since_decision import future_line, summary

    if waiting.changes:
        say(f"changed since decided: {summary(waiting.changes)}; `prisma-tool status --attention` lists them")
    for state in waiting.unfinished:
        say(_unfinished(state))
    if waiting.undelivered:
        say("not delivered: " + ", ".join(f"{len(search.undelivered)} of {search.search}" for search in waiting.undelivered))
    if waiting.late_duplicates:
        say(
            f"late duplicates to look at: {len(waiting.late_duplicates)}, joined to reports that were decided; all votes are kept"
        )
    if waiting.superseded_corrections:
        say(f"edited fields that the source has changed since: {len(waiting.superseded_corrections)}; your edits stand")
    if waiting.reopening:
        say(f"closed reports with a new record, perhaps to be reopened: {len(waiting.reopening)}")
    if waiting.future_events:
        say(f"clock: {future_line(waiting.future_events)}")


def _say_open_items(waiting: OpenItems) -> None:
    if not waiting:
        say("Nothing has changed about decided records, and every search is complete.")
    for line in _open_item_lines(waiting):
        say(line)


def _open_item_lines(waiting: OpenItems) -> Iterator[str]:
    from prisma_tool.updates.changes_since_decision import future_line

    for change in waiting.changes:
        asked = f"; waits for {', '.join(change.waiting)}" if change.waiting else ""
        yield f"{_change(change)}; {change.decided}{asked}"
    if waiting.changes:
        yield "Decide anew, or keep the decision: `prisma-tool status --acknowledge KEY`."
    yield from map(_overwritten_edit, waiting.superseded_corrections)
    yield from map(_unfinished, waiting.unfinished)
    for state in waiting.undelivered:
        yield f"{state.search}: {state.source} lists but did not deliver {', '.join(state.undelivered)}"
    for key, report in waiting.late_duplicates:
        yield f"{key}: late duplicate, in a report that was decided ({report}); `prisma-tool status --acknowledge KEY` puts it away"
    for key in waiting.reopening:
        yield f"{key}: closed with an earlier version, and a new record describes it; decide on it to reopen it, or acknowledge it"
    if waiting.future_events:
        yield future_line(waiting.future_events)


def _change(change: ChangeSinceDecision) -> str:
    shown = f" (shown as {change.report})" if change.report != change.key else ""
    return f"{change.key}{shown}: {change.kind} on {change.since:%Y-%m-%d}: {change.before} -> {change.after}"


_SHOWN = 100


def _overwritten_edit(edit: SupersededCorrection) -> str:
    now, stands = (one_line(text)[:_SHOWN] or "(nothing)" for text in (edit.now, edit.value))
    return (
        f"{edit.key}: the source now has {edit.field} “{now}”; the edit by {one_line(edit.by)}, “{stands}”, stands "
        f"(`prisma-tool edit {edit.key} {edit.field} --undo`, or `status --acknowledge {edit.key}`)"
    )


def _unfinished(state: SearchState) -> str:
    from prisma_tool.identify.citations.question import command_again

    what = f"search not finished: {state.search} ({state.status.value})"
    if state.dropped:
        return f"{what}; review.toml no longer has it, put it back there to finish it"
    command = command_again(state.search, state.service)
    if state.status.value in ("refused", "failed"):
        return f"{what}; `{command}` says why"
    return f"{what}; run `{command}` again"
