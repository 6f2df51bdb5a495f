"""The results section of a ClinicalTrials.gov study as text for reading: who took part, what was measured, what went wrong.

Module and field names: API v2 data structure, `resultsSection`. Invariant: values are given as the register gives them, each with its group
and unit; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prisma_tool.formats.text import json_tree as tree

_UNREAD = "not reported"


def results_parts(study: Any) -> list[tuple[str, str]]:
    """The parts of a study's posted results: the name of each, and its text; none where the study holds none."""
    results = tree.find(study, "resultsSection")
    parts = (
        ("participant flow", "\n".join(_flow(tree.find(results, "participantFlowModule")))),
        ("baseline", "\n".join(_baseline(tree.find(results, "baselineCharacteristicsModule")))),
        *_outcomes(tree.nodes(results, "outcomeMeasuresModule", "outcomeMeasures")),
        ("adverse events", "\n".join(_adverse(tree.find(results, "adverseEventsModule")))),
        ("limitations", tree.long_text(results, "moreInfoModule", "limitationsAndCaveats", "description")),
    )
    return [(name, text) for name, text in parts if text]


def _groups(groups: tuple[dict[str, Any], ...]) -> dict[str, str]:
    return {tree.text(group, "id"): tree.text(group, "title") for group in groups}


def _described(groups: tuple[dict[str, Any], ...]) -> Iterator[str]:
    for group in groups:
        yield ": ".join(filter(None, (tree.text(group, "title"), tree.text(group, "description"))))


def _flow(flow: Any) -> Iterator[str]:
    groups = tree.nodes(flow, "groups")
    yield from filter(None, (tree.long_text(flow, "preAssignmentDetails"), tree.long_text(flow, "recruitmentDetails")))
    yield from _described(groups)
    names = _groups(groups)
    for period in tree.nodes(flow, "periods"):
        yield f"\n{tree.text(period, 'title')}"
        for milestone in tree.nodes(period, "milestones"):
            yield _row(tree.text(milestone, "type"), tree.nodes(milestone, "achievements"), names, "numSubjects")
        for reason in tree.nodes(period, "dropWithdraws"):
            yield _row(f"Left: {tree.text(reason, 'type')}", tree.nodes(reason, "reasons"), names, "numSubjects")


def _row(name: str, values: tuple[dict[str, Any], ...], groups: dict[str, str], field: str) -> str:
    """One line: what was counted, then each group with its number."""
    shown = (f"{groups.get(tree.text(one, 'groupId'), '')}: {tree.text(one, field) or _UNREAD}" for one in values)
    return f"  {name}  {' · '.join(shown)}"


def _baseline(baseline: Any) -> Iterator[str]:
    groups = tree.nodes(baseline, "groups")
    yield from _described(groups)
    for measure in tree.nodes(baseline, "measures"):
        yield ""
        yield from _measure(measure, _groups(groups))


def _measure(measure: dict[str, Any], groups: dict[str, str]) -> Iterator[str]:
    """A measure with its values by class, category and group."""
    codes = (tree.text(measure, name).replace("_", " ").lower() for name in ("paramType", "dispersionType"))
    how = ", ".join(filter(None, (*codes, tree.text(measure, "unitOfMeasure"))))
    yield f"{tree.text(measure, 'title')}{f' ({how})' if how else ''}"
    for one in tree.nodes(measure, "classes"):
        for category in tree.nodes(one, "categories"):
            name = " ".join(filter(None, (tree.text(one, "title"), tree.text(category, "title"))))
            values = (_value(value, groups) for value in tree.nodes(category, "measurements"))
            yield f"  {name}{'  ' * bool(name)}{' · '.join(values)}"


def _value(value: dict[str, Any], groups: dict[str, str]) -> str:
    spread, low, high = (tree.text(value, name) for name in ("spread", "lowerLimit", "upperLimit"))
    around = f" ± {spread}" if spread else f" ({low} to {high})" if low or high else ""
    return f"{groups.get(tree.text(value, 'groupId'), '')}: {tree.text(value, 'value') or _UNREAD}{around}"


def _outcomes(measures: tuple[dict[str, Any], ...]) -> Iterator[tuple[str, str]]:
    for number, measure in enumerate(measures, 1):
        kind = tree.text(measure, "type").replace("_", " ").lower()
        yield f"outcome {number}{f', {kind}' if kind else ''}", "\n".join(_outcome(measure))


def _outcome(measure: dict[str, Any]) -> Iterator[str]:
    groups = tree.nodes(measure, "groups")
    values = list(_measure(measure, _groups(groups)))
    yield values[0]
    yield from filter(None, (tree.long_text(measure, "description"),))
    if frame := tree.text(measure, "timeFrame"):
        yield f"Time frame: {frame}"
    yield from _described(groups)
    yield from values[1:]
    if len(values) == 1:
        yield f"  {_UNREAD} ({tree.text(measure, 'reportingStatus').lower() or 'no status'})"
    for analysis in tree.nodes(measure, "analyses"):
        yield from filter(None, (_analysis(analysis),))


def _analysis(analysis: dict[str, Any]) -> str:
    low, high, percent = (tree.text(analysis, name) for name in ("ciLowerLimit", "ciUpperLimit", "ciPctValue"))
    effect = " ".join(filter(None, (tree.text(analysis, "paramType"), tree.text(analysis, "paramValue"))))
    parts = (
        tree.text(analysis, "statisticalMethod"),
        effect,
        f"{percent}% CI {low} to {high}".lstrip("% ") if low or high else "",
        f"p {tree.text(analysis, 'pValue')}" if tree.text(analysis, "pValue") else "",
    )
    return f"  Analysis: {', '.join(filter(None, parts))}" if any(parts) else ""


def _adverse(events: Any) -> Iterator[str]:
    if frame := tree.text(events, "timeFrame"):
        yield f"Time frame: {frame}"
    groups = tree.nodes(events, "eventGroups")
    for group in groups:
        for kind in ("serious", "deaths", "other"):
            affected = tree.text(group, f"{kind}NumAffected")
            if affected:
                yield f"{tree.text(group, 'title')}: {kind} {affected} of {tree.text(group, f'{kind}NumAtRisk') or 'unknown'}"
    names = _groups(groups)
    for event in tree.nodes(events, "seriousEvents"):
        yield _row(f"Serious: {tree.text(event, 'term')}", tree.nodes(event, "stats"), names, "numAffected")
