"""Studies that are ongoing or await classification (counting rule 15): what Cochrane asks for and PRISMA 2020 has no box for.

Invariant: each study has one state, included before awaiting before ongoing, over all its reports; a report without a link is a study
of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from prisma_tool.flow.adjustments import FIXED_LINES
from prisma_tool.flow.flow import Count, Flow, Study
from prisma_tool.flow.included import StudyKey, studies_of
from prisma_tool.flow.version_view import CountedReports
from prisma_tool.reports.state import Phase, Report

_LISTS = {Phase.AWAITING: "awaiting", Phase.ONGOING: "ongoing"}
_STATES = (Phase.INCLUDED, *_LISTS)
"""From the one that prevails."""


def studies_set_aside(flow: Flow, basis: CountedReports) -> Flow:
    """`flow` with the studies of its version that are ongoing or await classification."""
    state_of = _states(basis.all_reports)
    members: dict[Phase, dict[StudyKey, list[str]]] = {phase: {} for phase in _LISTS}
    for report in basis.reports:
        if report.phase in _LISTS:
            for study in studies_of(report):
                if state_of[study] in _LISTS:
                    members[state_of[study]].setdefault(study, []).append(report.key)
    awaiting, ongoing = (_line(_LISTS[phase], members[phase]) for phase in _LISTS)
    return replace(flow, awaiting=awaiting, ongoing=ongoing)


def _states(reports: Iterable[Report]) -> dict[StudyKey, Phase]:
    states: dict[StudyKey, Phase] = {}
    for report in reports:
        if report.phase in _STATES:
            for study in studies_of(report):
                states[study] = min(states.get(study, report.phase), report.phase, key=_STATES.index)
    return states


def _line(name: str, members: dict[StudyKey, list[str]]) -> dict[str, Count]:
    studies = tuple(Study(label, tuple(keys)) for (label, _), keys in sorted(members.items()))
    records = tuple(dict.fromkeys(key for study in studies for key in study.records))
    return {FIXED_LINES[name]: Count(records, studies=studies)} if studies else {}
