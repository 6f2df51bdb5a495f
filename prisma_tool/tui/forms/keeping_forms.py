"""The forms that take a snapshot and put one back, and the one that writes a deposit."""

from __future__ import annotations

import os
from functools import partial

from prisma_tool.errors import PrismaError, ReviewError, UsageError
from prisma_tool.manuscript.bundle.write import BundleRequest, summary_sentences, write_bundle
from prisma_tool.model.text import counted, one_line
from prisma_tool.review.copies.backup import back_up
from prisma_tool.review.copies.restore import LaterEvents, RestoreResult, restore
from prisma_tool.review.snapshots import FOLDER, Snapshot, snapshots
from prisma_tool.store.engine.snapshots import contents_of
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values, agreed_by_another
from prisma_tool.tui.forms.target_file import file_field, replaces, target, typed_path
from prisma_tool.tui.forms.version_forms import version_choices
from prisma_tool.tui.sessions.workspace import Workspace

_LATER = {"yes": "what was done since follows, from the journal", "no": "what was done since is left out"}
_LARGEST_SAMPLE = 1_000_000


def snapshot_form(workspace: Workspace) -> EntryForm:
    """The database as one file."""
    own = workspace.review.folder

    def perform(values: Values) -> str:
        to = typed_path(values["folder"], "the folder", own) if values["folder"].strip() else None
        path = back_up(workspace.review, to)
        return f"The snapshot is {path} ({path.stat().st_size / 1e6:.1f} MB, {counted(contents_of(path).events, 'event')})."

    fields = (FormField("folder", "Into", is_path=True, hint="the review's own folder backups", options=("to",)),)
    about = "A snapshot holds every record and every event; raw answers and documents stay where they are."
    return EntryForm("Take a snapshot of the review", fields, perform, "takes it", about, folder=own)


def restore_form(workspace: Workspace) -> EntryForm:
    """The review as a snapshot holds it."""
    kept = [
        one
        for one in snapshots(workspace.review.folder / FOLDER)
        if one.readable and one.review in ("", workspace.review.protocol.id)
    ]
    if not kept:
        raise ReviewError("There is no snapshot of this review to put back.")

    def perform(values: Values) -> str:
        notes = list[str]()

        def follows(_: LaterEvents) -> bool:
            return values["later"] == "yes"

        result = restore(workspace.review.folder, workspace.review.environment, values["snapshot"], notes.append, follows)
        return "\n".join([*_restored(result), *notes])

    fields = (
        FormField("snapshot", "Snapshot", kept[0].path.name, {one.path.name: _snapshot_words(one) for one in kept}),
        FormField("later", "Journal", "yes", _LATER, options=("replay",)),
    )
    about = "The review as it is now is kept beside the other snapshots before anything is changed. Close other windows first."
    question = partial(agreed_by_another, "Once more replaces the review by this snapshot.")
    return EntryForm("Put back a snapshot", fields, perform, "puts it back", about, question=question)


def _snapshot_words(snapshot: Snapshot) -> str:
    return one_line(f"{snapshot.taken:%Y-%m-%d %H:%M} UTC, {snapshot.kind}, {counted(snapshot.events, 'event')}")


def _restored(result: RestoreResult) -> list[str]:
    kept = f"The state before is kept as {result.kept}." if result.kept else ""
    now = f"The review holds {counted(result.records, 'record')} and {counted(result.events, 'event')} now."
    return list(filter(None, (f"Put back {result.snapshot}. {now}", kept, *result.journal_lines())))


def deposit_form(workspace: Workspace) -> EntryForm:
    """What a repository takes: all from which anybody can recompute the numbers."""
    folder = workspace.review.folder

    def perform(values: Values) -> str:
        path = target(values, folder)
        if path.suffix.lower() != ".zip":
            raise UsageError("A deposit is a .zip file; choose that suffix.")
        request = BundleRequest(values["version"], _sample(values["audit"]), values["seed"].strip())
        if request.seed and not request.audit:
            raise UsageError("A seed is for a sample; say how many decisions it shall have.")
        return "\n".join(summary_sentences(write_bundle(workspace.review, path, request, os.environ)))

    fields = (
        file_field("deposit.zip", ".zip"),
        FormField("version", "Of", "", version_choices(workspace.review)),
        FormField("audit", "A sample to repeat", hint="how many decisions, if any are to be repeated", options=("blind-audit",)),
        FormField("seed", "Drawn from", hint="a text; else the head of the log, which nobody can choose"),
    )
    about = (
        "Anybody can recompute the numbers from it: no names, no abstracts, no secrets. More may go in: [bundle] of review.toml."
    )
    return EntryForm("Write a deposit", fields, perform, "writes it", about, question=partial(replaces, folder), folder=folder)


def _sample(typed: str) -> int:
    """How many decisions a sample shall have.

    Raises:
        PrismaError: it is no such number.
    """
    text = typed.strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:10]) <= _LARGEST_SAMPLE):
        raise PrismaError(f"'{one_line(typed)}' is no number from 1 to {_LARGEST_SAMPLE:,}.")
    return int(text)
