"""Numbers entered by hand, put into the boxes they are for (counting rule 23).

Invariant: a box that is the sum of lines carries what was entered for its lines, and a number entered for such a box itself gets the
line `UNNAMED`; totals carry what was entered for their parts. So one entry never breaks a sum that the figure prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from prisma_tool.flow.counting_input import CountingInput, Entered
from prisma_tool.flow.flow import COUNT_KEYS, OPTIONAL_KEYS, Adjustment, Count, Flow, with_boxes
from prisma_tool.model.protocol.protocol import Protocol

UNNAMED = "Source not named"
NO_REASON = "No reason given"
"""Where records excluded at title/abstract without a reason stand, and those that were entered by hand."""
SUM_OF = {"database_specific_results": "database_results", "register_specific_results": "register_results"}
"""Lists whose lines add up to a box."""
LINES_OF = {box: lines for lines, box in SUM_OF.items()}
REASON_LISTS = ("dbr_excluded", "other_excluded")
PARTS = {
    "total_studies": ("previous_studies", "new_studies"),
    "total_reports": ("previous_reports", "new_reports"),
}
"""Totals and the boxes that they are made of."""
WITHOUT_VERSIONS = {
    "previous_studies": "new_studies",
    "total_studies": "new_studies",
    "previous_reports": "new_reports",
    "total_reports": "new_reports",
}
"""Where a figure over all versions shows what was entered for earlier ones."""


FIXED_LINES = {
    "ongoing": "Ongoing studies",
    "ongoing_reports": "Reports of ongoing studies",
    "awaiting": "Studies awaiting classification",
    "awaiting_reports": "Reports of studies awaiting classification",
}
"""Lists with a single line."""
ADJUSTABLE_LISTS = (*SUM_OF, "other_specific_results", *REASON_LISTS, *FIXED_LINES)
ADJUSTABLE = (*COUNT_KEYS, *OPTIONAL_KEYS)


@dataclass(frozen=True, slots=True)
class AdjustableBox:
    """A box, or a line of a list (`label`)."""

    name: str
    label: str = ""

    @classmethod
    def of(cls, box: str) -> AdjustableBox:
        """The place that "duplicates" or "dbr_excluded:wrong-population" names."""
        name, _, label = box.partition(":")
        return cls(name, label or FIXED_LINES.get(name, ""))

    @property
    def exists(self) -> bool:
        """True where a number can be entered."""
        return self.name in ADJUSTABLE_LISTS if self.label else self.name in ADJUSTABLE


def adjusted(flow: Flow, account: CountingInput, protocol: Protocol, *, cumulative: bool = False) -> Flow:
    """`flow` with the numbers entered for its version; over all versions, with all of them."""
    flow = replace(flow, adjustments=tuple(_of(flow, ("previous_studies", "previous_reports"))))
    for entered in account.entered:
        if AdjustableBox.of(entered.box).exists and (entered.of_this_version or cumulative):
            flow = _with_number(flow, entered, protocol)
    return _with_totals(flow)


def _with_number(flow: Flow, entered: Entered, protocol: Protocol) -> Flow:
    target = AdjustableBox.of(entered.box)
    name = target.name
    if flow.previous_studies is None:
        name = WITHOUT_VERSIONS.get(name, name)
    lines = LINES_OF.get(name, name if target.label else "")
    label = _label(name, target.label, protocol) if lines else ""
    number = Adjustment(entered.n, entered.note, f"{target.name}:{label}" if target.label else target.name)
    flow = replace(flow, adjustments=(*flow.adjustments, number))
    if name == "records_excluded":
        reasons = flow.screening_reasons
        flow = replace(flow, screening_reasons={**reasons, NO_REASON: plus(reasons.get(NO_REASON), number)})
    if lines:
        flow = with_boxes(flow, {lines: _with_line(getattr(flow, lines), lines, label, number, protocol)})
        name = SUM_OF.get(lines, "")
    return with_boxes(flow, {name: plus(getattr(flow, name), number)}) if name else flow


def plus(counted: Count | None, *numbers: Adjustment) -> Count:
    """A count with further numbers entered by hand."""
    counted = counted or Count()
    return replace(counted, adjustments=(*counted.adjustments, *numbers))


def _label(name: str, label: str, protocol: Protocol) -> str:
    if name in REASON_LISTS:
        return protocol.reason_label(label)
    return label or UNNAMED


def _with_line(lines: Mapping[str, Count], name: str, label: str, number: Adjustment, protocol: Protocol) -> dict[str, Count]:
    known = next((label_there for label_there in lines if label_there.casefold() == label.casefold()), label)
    updated = {**lines, known: plus(lines.get(known), number)}
    if name not in REASON_LISTS:
        return updated
    return dict(sorted(updated.items(), key=lambda item: _rank(item[0], protocol)))


def _rank(label: str, protocol: Protocol) -> tuple[int, str]:
    reason = protocol.reason(label)
    # An id that the protocol no longer lists is its own label and comes last, as in counting.
    return protocol.reason_rank(reason.id if reason else label), reason.id if reason else label


def _with_totals(flow: Flow) -> Flow:
    """Totals carry what was entered for their parts."""
    if flow.total_studies is None:
        return flow
    return with_boxes(flow, {total: plus(getattr(flow, total), *_of(flow, parts)) for total, parts in PARTS.items()})


def _of(flow: Flow, boxes: Iterable[str]) -> list[Adjustment]:
    return [number for box in boxes if (counted := getattr(flow, box)) is not None for number in counted.adjustments]
