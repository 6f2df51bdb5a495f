"""Forms about who does what and what belongs together: assigning what nobody screens yet, linking reports to a study."""

from __future__ import annotations

from functools import partial

from prisma_tool.errors import UsageError
from prisma_tool.model.protocol.rules import Split
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.studies.links import keys_by_study, link
from prisma_tool.team.assignment import AssignmentRequest, assign
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values, agreed_by_another
from prisma_tool.tui.sessions.workspace import Workspace


def assign_form(workspace: Workspace) -> EntryForm:
    """All that still wants somebody, evenly among the active reviewers."""

    def perform(values: Values) -> str:
        stage, review = Stage(values["stage"]), workspace.review
        given = assign(review, AssignmentRequest(stage, workspace.reviewer, evenly=True))
        lines = [f"{n:,} at {stage} assigned to {person}." for person, n in given.items()]
        if review.protocol.screening.at(stage).split is not Split.ASSIGNMENT:
            lines.append("The queues do not follow assignments as long as the rules share the records otherwise: 9, then Enter.")
        return "\n".join(lines)

    question = partial(agreed_by_another, "Once more assigns all that nobody screens yet.")
    fields = (FormField("stage", "At", Stage.TITLE_ABSTRACT, {stage.value: stage.value for stage in Stage}),)
    return EntryForm(
        "Assign evenly what nobody screens yet", fields, perform, "assigns", "Votes are never moved.", question=question
    )


def link_form(workspace: Workspace) -> EntryForm:
    """Adding reports to a study, whether or not anything suggests it."""

    def perform(values: Values) -> str:
        label, keys = one_line(values["label"]), tuple(values["keys"].split())
        if not label or not keys:
            raise UsageError("Give the study's label and the key of at least one report.")
        link(workspace.review, label, keys, workspace.reviewer)
        linked = keys_by_study(workspace.review)[label]
        return "\n".join([f"{label} has {counted(len(linked), 'report')} now:", *(f"  {key}" for key in linked)])

    fields = (
        FormField("label", "Study", hint="such as Moreau 2019 (NCT01234567)"),
        FormField("keys", "Keys of reports", hint="with blanks between, for example: pubmed:34531250 ctgov:NCT03971799"),
    )
    return EntryForm("Link reports to a study", fields, perform, "links them")
