"""Forms for numbers from before this tool: entering one by hand, taking the newest back."""

from __future__ import annotations

from functools import partial

from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.flow import enter_adjustment
from prisma_tool.flow.adjustments import ADJUSTABLE, FIXED_LINES
from prisma_tool.model.text import one_line
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values, agreed_by_another
from prisma_tool.tui.sessions.workspace import Workspace

_BOXES = (*ADJUSTABLE, *enter_adjustment.LISTS_WITH_LABELS, *FIXED_LINES)


def _standing(workspace: Workspace) -> list[str]:
    entries = enter_adjustment.entries(workspace.review)
    return [one_line(f"{entry.at[:10]}  {entry.box}  {entry.n:+d}  {entry.note}") for entry in entries]


def enter_form(workspace: Workspace) -> EntryForm:
    """Adding to a box of the figure, or taking away."""

    def perform(values: Values) -> str:
        note = values["note"].strip()
        if not note:
            raise UsageError("Say where the number comes from; the figure's footnote shows it.")
        line = one_line(values["line"])
        box = f"{values['box']}:{line}" if line else values["box"]
        n = enter_adjustment.number(values["number"].strip())
        _, broken = enter_adjustment.enter(workspace.review, box, n, note, workspace.reviewer)
        open_checks = [f"Does not hold yet: {check.sentence}" for check in broken]
        return "\n".join(["Numbers that stand:", *_standing(workspace), *open_checks])

    fields = (
        FormField("box", "Box", "database_results", {name: name.replace("_", " ") for name in _BOXES}),
        FormField("line", "Line", hint="of a list: the source's name or the reason, for example Scopus", options=("source",)),
        FormField("number", "Number", hint="+12 adds twelve, -3 takes three away"),
        FormField("note", "Where it comes from", hint="shown as a footnote of the figure"),
    )
    about = (
        "For work that was done before this tool; the figure counts it and says so. A letter goes to the next box that begins so."
    )
    return EntryForm("Enter a number by hand", fields, perform, "enters it", about)


def take_back_form(workspace: Workspace) -> EntryForm:
    """Undoing the newest number."""
    standing = _standing(workspace)
    if not standing:
        raise DecisionError("No number entered by hand stands in this review.")

    def perform(_: Values) -> str:
        entry = enter_adjustment.take_back(workspace.review, "", workspace.reviewer)
        return "\n".join(
            [f"Took back {entry.box} {entry.n:+d}: {entry.note}", "Numbers that stand:", *(_standing(workspace) or ["none"])]
        )

    question = partial(agreed_by_another, "Once more takes it back.")
    about = f"The newest: {standing[-1]}"
    return EntryForm("Take back the newest number", (), perform, "takes it back", about, question=question)
