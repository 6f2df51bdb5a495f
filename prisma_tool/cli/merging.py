"""`merge` and `move`: copies of a review that become one again, and a review that changes its database."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prisma_tool.review.copies.merge import MergeResult


@click.command("merge")
@click.argument("copy", metavar="COPY")
@click.option("--accept", is_flag=True, help="Although the protocols differ: this folder's holds.")
@click.option("--accept-unrelated", is_flag=True, help="Although COPY is of another review: make one of two.")
@click.option("--database", default="", metavar="URL", help="The server on which the copy in the folder COPY keeps its records.")
@json_option
@pass_caller
def merge_command(caller: Caller, copy: str, accept: bool, accept_unrelated: bool, database: str, as_json: bool) -> ExitCode:
    """Unite this review with COPY: the folder of a copy, its review.db, or a postgresql:// address.

    Records go by key, events by id, files by name and content. Nothing is overwritten, the copy is only read, and the order in which
    copies are merged, and how often, does not matter. Votes stay hidden until both of a pair have voted.

    A copy is not trusted: an event that was changed after it was stored refuses the merge, no link in the folder is followed, and no
    server is asked that you do not name here. Files that no run and no event names, and full texts that are no PDF, are left and
    listed (exit code 3).
    """
    from prisma_tool.review.copies.merge import Consent, merge
    from prisma_tool.review.identity import unlisted_people

    with caller.review() as review:
        done = merge(review, copy, database=database, consent=Consent(accept, accept_unrelated))
        strangers = unlisted_people(review.store)
    for difference in done.differences:
        tell(f"The protocols differ: {difference}.")
    for note in done.notes:
        tell(note)
    for name in done.kept_apart:
        tell(f"A file of the copy differs from the one here and is kept beside it: {name}")
    for sentence in _warnings(done, strangers):
        tell(sentence)
    for left in done.left:
        tell(f"Not taken: {left.file} {left.reason}.")
    if as_json:
        print_json(_merged_json(done))
    else:
        _say_merged(done)
    return ExitCode.INCOMPLETE if done.left else ExitCode.DONE


def _warnings(done: MergeResult, strangers: Mapping[str, int]) -> Iterator[str]:
    """What is to be known of what came: people whom nobody here lists, and events from the future."""
    from prisma_tool.review.identity import unlisted_sentence
    from prisma_tool.updates.changes_since_decision import future_line

    if strangers:
        yield unlisted_sentence(strangers)
    if done.future:
        yield f"{future_line(done.future)}. Correct the clock that is wrong; `prisma-tool status --attention` shows this again."


def _merged_json(done: MergeResult) -> dict[str, Any]:
    return {
        **asdict(done.united),
        "files": done.files,
        "kept_apart": done.kept_apart,
        "not_taken": [asdict(left) for left in done.left],
        "differences": done.differences,
        "notes": done.notes,
        "future_events": [event.id for event in done.future],
    }


def _say_merged(done: MergeResult) -> None:
    came = done.united
    left = f" {len(done.left)} files of the copy were not taken." if done.left else ""
    if not came and not done.files:
        say(f"Nothing came.{left}" if left else "Nothing new: everything in the copy is here already.")
        return
    say(
        f"Merged: {came.records} new records, {came.contents} records delivered again, {came.runs} searches and imports, "
        f"{came.events} events, {done.files} files.{left}"
    )
    if came.runs and not done.has_folder:
        tell("Only a database was named, so the copy's raw answers and documents are not here; merging its folder brings them.")
    if came.records:
        tell("Next: prisma-tool dedupe, which compares what came with what was here.")


@click.command("move")
@click.argument("address", metavar="URL")
@json_option
@pass_caller
def move_command(caller: Caller, address: str, as_json: bool) -> None:
    """Move the review to another database: postgresql://user@host/name, or a file for SQLite (`sqlite` is review.db).

    Everything is copied, counted and hashed on both sides; only then review.toml names the new database, without any password. The old
    one is kept.
    """
    from prisma_tool.review.copies.move import move

    with caller.review() as review:
        done = move(review, address, tell)
        overruled = bool(review.environment.database)
    tables = {name: {"rows": rows, "sha256": digest} for name, (rows, digest) in done.tables.items()}
    if as_json:
        print_json({"from": done.source, "to": done.target, "tables": tables, "kept": done.kept})
    else:
        counts = ", ".join(f"{name} {table['rows']}" for name, table in tables.items() if table["rows"])
        say(f"Moved from {done.source} to {done.target}; the same rows with the same hashes on both sides: {counts}.")
        say(f"The old file is kept as {done.kept}." if done.kept else "The old database was left as it is.")
    if done.needs_password:
        tell("review.toml holds no password: put the whole address into PRISMA_TOOL_DATABASE, or the password into ~/.pgpass.")
    if overruled:
        tell("PRISMA_TOOL_DATABASE still names a database and wins over review.toml; unset it, or let it name the new one.")
