"""The form that takes a snapshot."""

from __future__ import annotations

from prisma_tool.model.text import counted
from prisma_tool.review.copies.backup import back_up
from prisma_tool.store.engine.snapshots import contents_of
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values
from prisma_tool.tui.forms.target_file import typed_path
from prisma_tool.tui.sessions.workspace import Workspace


def snapshot_form(workspace: Workspace) -> EntryForm:
    """The database as one file."""

    def perform(values: Values) -> str:
        to = typed_path(values["folder"], "the folder") if values["folder"].strip() else None
        path = back_up(workspace.review, to)
        return f"The snapshot is {path} ({path.stat().st_size / 1e6:.1f} MB, {counted(contents_of(path).events, 'event')})."

    fields = (FormField("folder", "Into", is_path=True, hint="the review's own folder backups"),)
    about = "A snapshot holds every record and every event; raw answers and documents stay where they are."
    return EntryForm("Take a snapshot of the review", fields, perform, "takes it", about)
