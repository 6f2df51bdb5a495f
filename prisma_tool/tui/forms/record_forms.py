"""Forms about records: writing them to a file, removing them before screening, putting them back."""

from __future__ import annotations

from functools import partial

from textual.content import Content

from prisma_tool.errors import UsageError
from prisma_tool.formats.writers import WRITERS
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.records.export import Selection, export, export_originals, first_selected
from prisma_tool.records.report_sets import SETS
from prisma_tool.screening.removal import RemovalRequest, RemovalResult, RemovedAs, remove
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values
from prisma_tool.tui.forms.target_file import file_field, replaces, target
from prisma_tool.tui.sessions.workspace import Workspace

_CONDITION_HINT = "all of them, or for example: year >= 2015 and label = pilot"
_WHAT = {"plain": "records and outcomes", "votes": "with each reviewer's votes", "original": "the untouched entries"}
_STAGES = {"": "over the whole review", **{stage.value: f"at {stage.value}" for stage in Stage}}
_BOXES = {RemovedAs.AUTOMATION.value: "automation tools", RemovedAs.OTHER.value: "other reasons"}
_SHOWN = 5


def export_form(workspace: Workspace) -> EntryForm:
    """Records to a file."""

    def selection(values: Values) -> Selection:
        stage = Stage(values["stage"]) if values["stage"] else None
        votes = values["what"] == "votes"
        return Selection(values["set"], stage, values["where"].strip(), votes, workspace.reviewer)

    def perform(values: Values) -> str:
        path = target(values, workspace.review.folder)
        if values["what"] == "original":
            n = export_originals(workspace.review, [path], selection(values))[path]
        else:
            n = export(workspace.review, [path], selection(values))
        return f"Wrote {counted(n, 'record')} to {path}."

    def preview(values: Values, _: int) -> Content:
        n, rows = first_selected(workspace.review, selection(values), _SHOWN)
        titles = [f"  {one_line(row.citation.title) or '(no title)'}" for row in rows]
        more = [f"  and {n - len(rows):,} more"] if n > len(rows) else []
        return Content("\n".join([f"{counted(n, 'record')} would be written", *titles, *more]))

    fields = (
        file_field("records.csv", " ".join(WRITERS)),
        FormField("set", "Records", "all", {name: name.replace("-", " ") for name in SETS}),
        FormField("stage", "Seen", "", _STAGES),
        FormField("where", "That meet", hint=_CONDITION_HINT, options=("run", "source")),
        FormField("what", "Written are", "plain", _WHAT, options=("original", "votes")),
    )
    about = f"The file's suffix says how: {' '.join(suffix.removeprefix('.') for suffix in WRITERS)}"
    return EntryForm(
        "Export records",
        fields,
        perform,
        "writes them",
        about,
        preview,
        partial(replaces, workspace.review.folder),
        workspace.review.folder,
    )


def _selected(values: Values) -> tuple[tuple[str, ...], str]:
    """The keys that were typed, or else the condition.

    Raises:
        UsageError: neither or both.
    """
    keys, where = tuple(values["keys"].split()), values["where"].strip()
    if bool(keys) == bool(where):
        raise UsageError("Say which records: by a condition, or by their keys.")
    return keys, where


def _removal_text(result: RemovalResult, done: str) -> str:
    text = f"{counted(len(result.reports), 'report')} ({counted(len(result.records), 'record')}) {done}"
    return f"{text}; {result.already:,} had been removed like this before." if result.already else f"{text}."


def _fields() -> tuple[FormField, ...]:
    return (
        FormField("where", "That meet", hint='for example: type = editorial, or title ~ "in mice"'),
        FormField("keys", "or the keys", hint="for example: pubmed:34531250 embase:L2012345"),
    )


def remove_form(workspace: Workspace) -> EntryForm:
    """Taking records out before screening."""

    def request(values: Values, *, check: bool) -> RemovalRequest:
        reason = values["reason"].strip() or ("not named yet" if check else "")
        if not reason:
            raise UsageError("Say why they are removed; the log keeps it.")
        return RemovalRequest(workspace.reviewer, *_selected(values), RemovedAs(values["as"]), reason, check=check)

    def perform(values: Values) -> str:
        return _removal_text(remove(workspace.review, request(values, check=False)), "removed before screening")

    def preview(values: Values, _: int) -> Content:
        result = remove(workspace.review, request(values, check=True))
        return Content("\n".join([_removal_text(result, "would be removed"), *(f"  {key}" for key in result.records[:_SHOWN])]))

    fields = (*_fields(), FormField("as", "Counted under", "other", _BOXES), FormField("reason", "Reason"))
    about = "All of them or none; refused once somebody has voted on one of them."
    return EntryForm("Remove records before screening", fields, perform, "removes them", about, preview)


def put_back_form(workspace: Workspace) -> EntryForm:
    """Putting back what was removed."""

    def request(values: Values, *, check: bool) -> RemovalRequest:
        return RemovalRequest(workspace.reviewer, *_selected(values), undo=True, check=check)

    def perform(values: Values) -> str:
        return _removal_text(remove(workspace.review, request(values, check=False)), "put back")

    def preview(values: Values, _: int) -> Content:
        return Content(_removal_text(remove(workspace.review, request(values, check=True)), "would be put back"))

    return EntryForm("Put removed records back", _fields(), perform, "puts them back", preview=preview)
