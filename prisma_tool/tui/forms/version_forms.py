"""Forms about versions of the review: closing one, bringing in one that was done elsewhere, reopening the newest."""

from __future__ import annotations

from functools import partial

from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.flow.close_with_counts import close
from prisma_tool.model.text import counted, one_line
from prisma_tool.review.copies.backup import back_up_version
from prisma_tool.review.open_review import Review
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values, agreed_by_another
from prisma_tool.tui.forms.target_file import typed_path
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.updates.close_version import list_versions, reopen
from prisma_tool.updates.import_version import VersionImport, import_version

_FORCE = {"": "refuse to close", "yes": "carry them over into the next version"}


def version_choices(review: Review) -> dict[str, str]:
    """The review as it stands, and its closed versions."""
    labels = [version.label for version in list_versions(review)]
    return {"": "the review as it stands", **{label: f"version {one_line(label)}" for label in labels}}


def _label(values: Values) -> str:
    if not values["label"].strip():
        raise UsageError("Give the version a label, such as 2025.")
    return values["label"].strip()


def close_form(workspace: Workspace) -> EntryForm:
    """Freezing what is included now."""

    def perform(values: Values) -> str:
        review, notes = workspace.review, list[str]()
        version = close(review, _label(values), workspace.reviewer, force=bool(values["force"]))
        back_up_version(review, version.label, notes.append)
        included = f"{counted(version.studies, 'study', 'studies')}, {counted(version.reports, 'report')} included"
        carried = f"{counted(version.carried_over, 'record')} of pending reports are carried over into the next version."
        lines = [
            f"Closed the version {version.label}: {included}.",
            carried if version.carried_over else "",
            f"The log's head before the close: {version.head}",
            *notes,
        ]
        return "\n".join(filter(None, lines))

    def question(values: Values) -> str:
        return f"Once more closes the version {one_line(_label(values))}; “Reopen the newest version” takes it back."

    fields = (FormField("label", "Label", hint="such as 2025"), FormField("force", "Pending reports", "", _FORCE))
    about = "What is included now is frozen, and the figure becomes that of an updated review."
    return EntryForm("Close a version of the review", fields, perform, "closes it", about, question=question)


def reopen_form(workspace: Workspace) -> EntryForm:
    """Taking back the newest close."""
    versions = list_versions(workspace.review)
    if not versions:
        raise DecisionError("No version of this review is closed; there is nothing to reopen.")
    newest = versions[-1]

    def perform(_: Values) -> str:
        return f"Reopened the version {reopen(workspace.review, newest.label, workspace.reviewer).label}."

    about = (
        f"The newest version is {one_line(newest.label)}, closed {newest.closed[:10]}. It will be as if it had not been closed."
    )
    question = partial(agreed_by_another, f"Once more reopens the version {one_line(newest.label)}.")
    return EntryForm("Reopen the newest version", (), perform, "reopens it", about, question=question)


def import_form(workspace: Workspace) -> EntryForm:
    """Bringing in a version that was done elsewhere."""
    folder = workspace.review.folder

    def perform(values: Values) -> str:
        excluded = typed_path(values["excluded"], "the file", folder) if values["excluded"].strip() else None
        column = values["column"].strip() or None
        included = typed_path(values["included"], "the file of the included reports", folder)
        brought = import_version(
            workspace.review, VersionImport(_label(values), included, excluded, column, values["source"].strip())
        )
        counts = f"{counted(brought.studies, 'study', 'studies')}, {counted(brought.reports, 'report')} included, {brought.excluded:,} excluded"
        done = f"Brought in the version {brought.label} as {brought.source}: {counts}. Next: 3, then R, joins duplicates."
        return "\n".join([done, *(f"Warning: {warning}" for warning in brought.warnings)])

    fields = (
        FormField("label", "Label", hint="such as 2023"),
        FormField("included", "Included reports", is_path=True, hint="a file: ris, csv, ..."),
        FormField("excluded", "Excluded records", is_path=True, hint="a file, if there is one: excluded at title/abstract"),
        FormField("column", "Column of studies", hint="of the included file, if it names each report's study"),
        FormField("source", "Source", hint="Version and its label, unless named here"),
    )
    about = "Its records count as previous, never as identified."
    return EntryForm("Bring in a version that was done elsewhere", fields, perform, "brings it in", about, folder=folder)
