"""The boxes at the foot of the figure: studies and reports of earlier versions, of this one, and in total (counting rules 19-22).

Invariant: every included report of the review is in exactly one of new reports, further reports of previous studies, and reports
that the previous version included; every included study is new or previous.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from prisma_tool.flow.flow import Adjustment, Count, Flow, Study
from prisma_tool.flow.version_view import CountedReports
from prisma_tool.model.log.versions import Closing, EnteredNumber
from prisma_tool.reports.state import Phase, Report

DROPPED_STUDIES = "Studies no longer included"
DROPPED_REPORTS = "Reports no longer included"

StudyKey = tuple[str, bool]
"""A study's label, and whether it is a link; a report without a link is a study of its own, under its key."""


def included(flow: Flow, basis: CountedReports) -> Flow:
    """`flow` with its included studies and reports; the boxes of an update are filled where a version was closed."""
    reports = [report for report in basis.all_reports if report.phase is Phase.INCLUDED]
    studies = _studies(reports)
    previous = basis.era.previous
    if previous is None:
        return replace(flow, new_studies=_count_studies(studies), new_reports=Count(tuple(report.key for report in reports)))
    return _updated(flow, basis, previous, studies, reports)


def _studies(reports: Iterable[Report]) -> dict[StudyKey, list[str]]:
    members: dict[StudyKey, list[str]] = {}
    for report in reports:
        for study in studies_of(report):
            members.setdefault(study, []).append(report.key)
    return dict(sorted(members.items()))


def studies_of(report: Report) -> tuple[StudyKey, ...]:
    """The studies that a report belongs to."""
    return tuple((label, True) for label in report.studies) or ((report.key, False),)


def _count_studies(studies: Mapping[StudyKey, list[str]], adjustments: tuple[Adjustment, ...] = ()) -> Count:
    members = tuple(Study(label, tuple(keys)) for (label, _), keys in studies.items())
    return Count(_records(members), adjustments, studies=members)


def _records(studies: Iterable[Study]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for study in studies for key in study.records))


@dataclass(frozen=True, slots=True)
class _PreviousStudies:
    """What of the previous version is found again among today's studies."""

    old: frozenset[StudyKey]
    dropped: tuple[Study, ...]


def _previous_studies(basis: CountedReports, previous: Closing, studies: Mapping[StudyKey, list[str]]) -> _PreviousStudies:
    """A study of today is an old one if it has a report that the previous version included, or a link's label of then."""
    of_record = _study_of_record(basis, studies)
    old: set[StudyKey] = {study for study, keys in studies.items() if not basis.previously_included.isdisjoint(keys)}
    dropped = []
    for frozen in previous.studies:
        today = {study for key in frozen.records for study in of_record.get(key, ())}
        today |= {(frozen.label, True)} & studies.keys()
        old |= {study for study in today if study == (frozen.label, True)}
        if not today:
            dropped.append(Study(frozen.label, frozen.records))
    return _PreviousStudies(frozenset(old), tuple(dropped))


def _study_of_record(basis: CountedReports, studies: Mapping[StudyKey, list[str]]) -> dict[str, set[StudyKey]]:
    """The studies of today by any record of their reports: a representative of then may be a further record now."""
    of_report: dict[str, set[StudyKey]] = {}
    for study, keys in studies.items():
        for key in keys:
            of_report.setdefault(key, set()).add(study)
    return {
        record.key: of_report[report.key] for report in basis.all_reports if report.key in of_report for record in report.records
    }


def _updated(
    flow: Flow, basis: CountedReports, previous: Closing, studies: Mapping[StudyKey, list[str]], reports: list[Report]
) -> Flow:
    past = _previous_studies(basis, previous, studies)
    further = {
        study: [key for key in keys if key not in basis.previously_included]
        for study, keys in studies.items()
        if study in past.old
    }
    new_studies = {study: keys for study, keys in studies.items() if study not in past.old}
    in_new = {key for keys in new_studies.values() for key in keys}
    included_keys = {record.key for report in reports for record in report.records}
    dropped_reports = [key for key in previous.reports if key not in included_keys]
    return replace(
        flow,
        new_studies=_count_studies(new_studies),
        new_reports=Count(
            tuple(report.key for report in reports if report.key in in_new and report.key not in basis.previously_included)
        ),
        previous_studies=_frozen_studies(previous),
        previous_reports=Count(previous.reports, _as_adjustments(previous.typed_reports, "previous_reports")),
        total_studies=_count_studies(studies),
        total_reports=Count(tuple(report.key for report in reports)),
        new_reports_of_previous_studies={
            label: Count(tuple(left)) for (label, _), left in _each_report_once(further, in_new).items()
        },
        dropped=_dropped(past, dropped_reports),
    )


def _each_report_once(further: Mapping[StudyKey, list[str]], in_new: set[str]) -> dict[StudyKey, list[str]]:
    """Further reports by previous study, each under the first of its studies; one that also has a new study counts there."""
    counted: set[str] = set(in_new)
    by_study: dict[StudyKey, list[str]] = {}
    for study, keys in further.items():
        new_keys = [key for key in keys if key not in counted]
        counted.update(new_keys)
        if new_keys:
            by_study[study] = new_keys
    return by_study


def _dropped(past: _PreviousStudies, dropped_reports: list[str]) -> dict[str, Count]:
    studies = {DROPPED_STUDIES: Count(_records(past.dropped), studies=past.dropped)} if past.dropped else {}
    return studies | ({DROPPED_REPORTS: Count(tuple(dropped_reports))} if dropped_reports else {})


def _frozen_studies(previous: Closing) -> Count:
    studies = tuple(Study(study.label, study.records) for study in previous.studies)
    return Count(_records(studies), _as_adjustments(previous.typed_studies, "previous_studies"), studies=studies)


def _as_adjustments(numbers: Iterable[EnteredNumber], box: str) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(number.n, number.note, box) for number in numbers)
