"""`backup`, `restore` and `rescue`: what to have before something breaks, and what to do afterwards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.model.text import counted

if TYPE_CHECKING:
    from prisma_tool.review.copies.restore import LaterEvents
    from prisma_tool.review.snapshots import Snapshot


@click.command("backup")
@click.option(
    "--to", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Into this folder instead of backups/."
)
@click.option("--list", "listing", is_flag=True, help="List the snapshots, and whether each can be read.")
@json_option
@pass_caller
def backup_command(caller: Caller, to: Path | None, listing: bool, as_json: bool) -> None:
    """Take a snapshot of the review's database: one SQLite file, also where the database is on a PostgreSQL server.

    Snapshots are also taken on the first deed of each day, when a version is closed, before an upgrade and before a restore. The daily
    ones are kept for 7 days and 4 weeks, all others until you remove them. A snapshot holds no raw answers and no documents.
    """
    if listing:
        _list(caller, to, as_json)
        return
    from prisma_tool.review.copies.backup import back_up
    from prisma_tool.store.engine.snapshots import contents_of

    with caller.review() as review:
        path = back_up(review, to)
    contents = contents_of(path)
    if as_json:
        print_json({"snapshot": str(path), "events": contents.events, "bytes": path.stat().st_size})
    else:
        say(f"The snapshot is {path} ({_size(path.stat().st_size)}, {counted(contents.events, 'event')}).")


def _list(caller: Caller, to: Path | None, as_json: bool) -> None:
    from prisma_tool.review.open_review import find_review
    from prisma_tool.review.snapshots import FOLDER, snapshots

    folder = to or find_review(caller.folder.absolute()) / FOLDER
    listed = snapshots(folder)
    if as_json:
        print_json({"folder": str(folder), "snapshots": [_as_json(each) for each in listed]})
        return
    for each in listed:
        state = counted(each.events, "event") if each.readable else f"NOT READABLE: {each.problem}"
        say(f"{each.path.name}  {each.taken:%Y-%m-%d %H:%M}Z  {each.kind}  {_size(each.size)}  {state}")
    if not listed:
        tell(f"There is no snapshot in {folder} yet.")


def _as_json(each: Snapshot) -> dict[str, Any]:
    return {
        "name": each.path.name,
        "taken": each.taken.isoformat(),
        "kind": each.kind,
        "bytes": each.size,
        "review": each.review,
        "events": each.events,
        "readable": each.readable,
        "problem": each.problem,
    }


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


@click.command("restore")
@click.argument("snapshot", metavar="SNAPSHOT")
@click.option(
    "--replay/--no-replay",
    default=None,
    help="Apply the later events of the journal, or leave them out. Without either it is asked on a terminal; elsewhere nothing is applied, and the "
    "same command with --replay can still follow.",
)
@json_option
@pass_caller
def restore_command(caller: Caller, snapshot: str, replay: bool | None, as_json: bool) -> None:
    """Put back the state of SNAPSHOT: a name that `backup --list` shows, or the path of one.

    The present state is kept first, as a snapshot before-restore. What was done since stands in the journal and is offered: the same
    events are stored again, as they were. Close the application in other windows before.
    """
    from prisma_tool.review.copies.restore import restore

    asks = replay is None and not as_json and sys.stdin.isatty() and sys.stderr.isatty()
    done = restore(caller.folder, caller.environment(), snapshot, tell, decide=_confirm if asks else lambda _: replay)
    if as_json:
        print_json(done.as_json())
        return
    kept = f" The state before is kept as {done.kept}." if done.kept else " There was no database before."
    say(
        f"Restored from {done.snapshot}: {counted(done.records, 'record')} and {counted(done.events, 'event')} are there now.{kept}"
    )
    for line in done.journal_lines():
        say(line)


def _confirm(later: LaterEvents) -> bool:
    tell(f"The journal holds {later.sentence}.")
    return click.confirm("Apply them?", default=True, err=True)


_ORIGINS = {"database": "the database", "snapshot": "the snapshot", "journal": "the journal", "raw": "the answers in raw/"}


@click.command("rescue")
@click.option(
    "--to", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="The new folder; else NAME-rescued beside."
)
@json_option
@pass_caller
def rescue_command(caller: Caller, to: Path | None, as_json: bool) -> int:
    """Build a new review from what can be read of a damaged one: its database, newest snapshot, journal and raw answers.

    The damaged folder is not changed. Exit code 3 where something is known to be missing, which is named; 0 where nothing is.
    """
    from prisma_tool.rescue.rescue import rescue

    done = rescue(caller.folder, to, caller.environment(), tell)
    if as_json:
        print_json(done.as_json())
        return done.exit_code
    say(f"Rescued into {done.folder}:")
    for name, counts in (("records", done.records), ("events", done.events)):
        origins = ", ".join(
            f"{number} from {_ORIGINS[origin]}" for origin, number in counts.items() if number and origin != "total"
        )
        say(f"  {counts['total']} {name}" + (f": {origins}" if origins else ""))
    for note in done.notes:
        tell(note)
    for missing in done.missing:
        say(f"  MISSING {missing}")
    say("Something is known to be missing." if done.missing else "Nothing is known to be missing.")
    return done.exit_code
