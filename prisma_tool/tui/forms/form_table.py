"""The forms of the application: what there is, and what makes each.

A further form is one line here; the menu and the command palette follow. Invariant: no two have one title.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from prisma_tool.tui.dialogs.form import EntryForm
from prisma_tool.tui.sessions.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """One form. `what` says what comes of it; `made_by` is "module:function" in this package, imported when it is first opened.

    `changes` is true where it changes the review, so that one which may only be read does not offer it; `renews` where all that was read
    of the review before may be wrong then.
    """

    title: str
    what: str
    made_by: str
    changes: bool = True
    renews: bool = False

    def make(self, workspace: Workspace) -> EntryForm:
        """The form for this review."""
        module, _, name = self.made_by.partition(":")
        maker: Callable[[Workspace], EntryForm] = getattr(import_module(f"prisma_tool.tui.forms.{module}"), name)
        return maker(workspace)


FORMS = (
    ReviewForm("Export records", "to a file: ris, csv, xlsx, ...", "record_forms:export_form", changes=False),
    ReviewForm("Draw the figure", "the diagram with its options", "figure_form:figure_form", changes=False),
    ReviewForm("Write a report", "methods, appendix, tables, manuscript", "report_form:report_form", changes=False),
    ReviewForm("Write a deposit", "what a repository takes, to recompute", "keeping_forms:deposit_form", changes=False),
    ReviewForm("Take a snapshot", "the database as one file", "keeping_forms:snapshot_form"),
    ReviewForm("Close a version", "what is included now becomes previous", "version_forms:close_form"),
    ReviewForm("Bring in a version", "an earlier one, done elsewhere", "version_forms:import_form"),
    ReviewForm("Reopen the newest version", "take its closing back", "version_forms:reopen_form"),
    ReviewForm("Remove records", "before screening", "record_forms:remove_form"),
    ReviewForm("Put removed records back", "what was removed before screening", "record_forms:put_back_form"),
    ReviewForm("Enter a number", "for work from before this tool", "number_forms:enter_form"),
    ReviewForm("Take back a number", "the newest one entered by hand", "number_forms:take_back_form"),
    ReviewForm("Assign evenly", "reports that nobody screens yet", "team_forms:assign_form"),
    ReviewForm("Link reports to a study", "by the keys of the reports", "team_forms:link_form"),
    ReviewForm("Put back a snapshot", "the review as it was then", "keeping_forms:restore_form", renews=True),
)
"""In the order in which they are usually wanted."""
