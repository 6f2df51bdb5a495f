"""The versions of a living review as one flow: what each counted, and beside it the numbers of all together.

Pure. Invariant: nothing of a version is changed; a number of all versions is counted (or stated) on its own, or the sum of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from prisma_tool.flow.adjustments import SUM_OF
from prisma_tool.flow.flow import COUNT_KEYS, MA_KEYS, Count, Flow, Lines, Study, Template, VersionFlow, with_boxes
from prisma_tool.flow.template import OTHER_BOXES, PREVIOUS_BOXES, WITH_OTHER

LIVING = "living"
"""The name of the drawing among the templates; it is none of PRISMA 2020's."""
EARLIER = "Earlier versions"
"""What the first version that is known found already there."""
APART = 3
"""Updates that are drawn apart; where there are more, the older ones are drawn as one sum, so that a box fits a page."""
NEWEST_APART = 2
"""Updates that stay apart then."""
ADDED_UP = tuple(key for key in COUNT_KEYS if key not in PREVIOUS_BOXES)
"""The boxes of which every version has its part."""
ADDED_UP_LISTS = (
    *SUM_OF,
    "other_specific_results",
    "dbr_excluded",
    "other_excluded",
    "screening_reasons",
    "carried_over",
    "ongoing",
    "ongoing_reports",
    "awaiting",
    "awaiting_reports",
)


def only_included(studies: Count, reports: Count) -> Flow:
    """The flow of a version of which nothing but what it included is known."""
    unknown = frozenset((*ADDED_UP, *MA_KEYS)) - {"new_studies", "new_reports"}
    return Flow(Template.NEW_V1, new_studies=studies, new_reports=reports, not_given=unknown)


def with_earlier(versions: Iterable[VersionFlow]) -> tuple[VersionFlow, ...]:
    """`versions`, before them what the first one names as included by previous versions."""
    listed = tuple(versions)
    studies, reports = (getattr(listed[0].flow, f"previous_{members}") or Count() for members in ("studies", "reports"))
    earlier = VersionFlow(EARLIER, only_included(studies, reports))
    return (earlier, *listed) if studies.n or reports.n else listed


def name_at(place: int) -> str:
    """What the figure calls the version at `place`: the base version, then the updates by number."""
    return f"Update {place}" if place else "Base version"


def named(versions: Iterable[VersionFlow]) -> tuple[VersionFlow, ...]:
    """The versions under the short names that a figure has room for, whatever their labels are."""
    return tuple(
        version if version.label == EARLIER else replace(version, label=name_at(place)) for place, version in enumerate(versions)
    )


def drawn_apart(versions: tuple[VersionFlow, ...]) -> tuple[VersionFlow, ...]:
    """The versions as a figure shows them: the base, then the updates, of which the older ones are one sum where there are many."""
    base, *updates = named(versions)
    if len(updates) <= APART:
        return (base, *updates)
    older = updates[:-NEWEST_APART]
    return (base, VersionFlow(f"Updates 1 to {len(older)}", together(older)), *updates[-NEWEST_APART:])


def together(versions: Iterable[VersionFlow]) -> Flow:
    """The sum of versions, box by box; a box that none of them has is None, one that none gave a number for is not given."""
    flows = [version.flow for version in versions]
    boxes: dict[str, Any] = {key: _added(_given(flows, key)) for key in ADDED_UP}
    lists = {name: _lines_added([getattr(flow, name) for flow in flows]) for name in ADDED_UP_LISTS if _is_complete(flows, name)}
    template = Template.NEW_V2 if any(flow.template in WITH_OTHER for flow in flows) else Template.NEW_V1
    lacking = OTHER_BOXES if template not in WITH_OTHER else ()
    boxes |= dict.fromkeys(lacking)
    whole = with_boxes(Flow(template), {key: count for key, count in boxes.items() if count is not None or _may_be_none(key)})
    unknown = frozenset(key for key in ADDED_UP if key not in lacking and all(key in flow.not_given for flow in flows))
    newest = flows[-1]
    return replace(with_boxes(whole, lists), not_given=unknown, pending=newest.pending, unmerged=newest.unmerged)


def _may_be_none(key: str) -> bool:
    return getattr(Flow(Template.NEW_V1), key) is None


def _given(flows: Iterable[Flow], key: str) -> list[Count]:
    return [count for flow in flows if key not in flow.not_given and (count := _number(flow, key)) is not None]


def _number(flow: Flow, key: str) -> Count | None:
    """The part of a box that is a version's own; reports that it found for studies of earlier versions are among its reports."""
    counted: Count | None = getattr(flow, key)
    further = list(flow.new_reports_of_previous_studies.values()) if key == "new_reports" else []
    return _added([counted, *further]) if counted is not None and further else counted


def _is_complete(flows: Iterable[Flow], name: str) -> bool:
    """False for the sources of a kind that some version counts without naming them: a list of the others would be no sum."""
    box = SUM_OF.get(name)
    return box is None or all(getattr(flow, name) or not any(count.n for count in _given([flow], box)) for flow in flows)


def number_in(version: VersionFlow, key: str) -> Count | None:
    """A version's part of a box; None where it has no such box or its number is not known."""
    return next(iter(_given([version.flow], key)), None)


def _added(counts: list[Count]) -> Count | None:
    if not counts:
        return None
    studies: tuple[Study, ...] | None = None
    if all(count.studies is not None for count in counts):
        studies = tuple(study for count in counts for study in count.studies or ())
    return replace(Count.together(counts), studies=studies)


def _lines_added(lists: list[Lines]) -> dict[str, Count]:
    labels = dict.fromkeys(label for lines in lists for label in lines)
    return {label: _added([lines[label] for lines in lists if label in lines]) or Count() for label in labels}
