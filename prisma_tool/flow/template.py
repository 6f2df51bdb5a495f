"""Choosing one of PRISMA's four templates, and giving a flow exactly the boxes that it has.

Invariant: no template is used that would hide data.
"""

from __future__ import annotations

from collections.abc import Iterable

from prisma_tool.errors import UsageError
from prisma_tool.flow.counting_input import CountingInput, Entered
from prisma_tool.flow.flow import Count, Flow, Template, with_boxes
from prisma_tool.flow.version_view import CountedReports

OTHER_BOXES = (
    "website_results", "organisation_results", "citations_results", "other_sought_reports", "other_notretrieved_reports",
    "other_assessed", "other_screened_records", "other_excluded_records",
)  # fmt: skip
OTHER_LISTS = ("other_specific_results", "other_excluded")
PREVIOUS_BOXES = ("previous_studies", "previous_reports", "total_studies", "total_reports")
UPDATED = (Template.UPDATED_V1, Template.UPDATED_V2)
WITH_OTHER = (Template.NEW_V2, Template.UPDATED_V2)


def fitting(flow: Flow, basis: CountedReports, account: CountingInput, requested: Template | None) -> Flow:
    """The flow under the template that its data ask for, or under the requested one.

    Raises:
        UsageError: the requested template lacks boxes for data that are there.
    """
    in_scope = [entered for entered in account.entered if entered.of_this_version or basis.cumulative]
    other = any(not record.kind.in_left_column for record in basis.identified) or _entered(in_scope, (*OTHER_BOXES, *OTHER_LISTS))
    update = flow.previous_studies is not None or (not basis.cumulative and _entered(in_scope, PREVIOUS_BOXES))
    if requested is not None:
        _require_room(requested, other=other, update=update)
        other, update = requested in WITH_OTHER, requested in UPDATED
    return _with_template(flow, _template(other=other, update=update))


def _entered(numbers: Iterable[Entered], boxes: tuple[str, ...]) -> bool:
    return any(number.box.partition(":")[0] in boxes for number in numbers)


def _template(*, other: bool, update: bool) -> Template:
    if update:
        return Template.UPDATED_V2 if other else Template.UPDATED_V1
    return Template.NEW_V2 if other else Template.NEW_V1


def _require_room(requested: Template, *, other: bool, update: bool) -> None:
    if other and requested not in WITH_OTHER:
        raise UsageError(
            f"The template {requested} has no column for other methods, and this review has records from them; "
            f"use {_template(other=True, update=requested in UPDATED)}."
        )
    if update and requested not in UPDATED:
        raise UsageError(
            f"The template {requested} has no boxes for previous studies, and a version of this review was closed; use "
            f"{_template(other=requested in WITH_OTHER, update=True)}, or --cumulative for one figure over all versions."
        )


def _with_template(flow: Flow, template: Template) -> Flow:
    flow = with_boxes(flow, {"template": template})
    if template not in WITH_OTHER:
        flow = with_boxes(flow, {**dict.fromkeys(OTHER_BOXES), **{name: {} for name in OTHER_LISTS}})
    if template in UPDATED and flow.previous_studies is None:
        previous = {"previous_studies": Count(studies=()), "previous_reports": Count()}
        flow = with_boxes(flow, {**previous, "total_studies": flow.new_studies, "total_reports": flow.new_reports})
    return flow
