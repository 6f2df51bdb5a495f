"""Counting: from what has become of each report to the numbers of the diagram (counting.md, rules 1-20).

Pure. Invariant: every number is a tuple of record keys or studies; nothing is added up that cannot be listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from prisma_tool.flow.account import Account
from prisma_tool.flow.checks import check
from prisma_tool.flow.flow import Count, Flow, Pending, Study, Template
from prisma_tool.flow.footnotes import footnotes
from prisma_tool.model.protocol import Protocol
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.screening.reports import (
    ASSESSED,
    PENDING_ASSESSMENT,
    PENDING_SCREENING,
    SOUGHT,
    Phase,
    Report,
    Standing,
)

ONGOING_LABEL = "Ongoing studies"
AWAITING_LABEL = "Studies awaiting classification"


def count(standing: Standing, protocol: Protocol, account: Account) -> Flow:
    """The flow of a review as it stands."""
    left = [report for report in standing.reports if report.left]
    other = [report for report in standing.reports if not report.left]
    by_kind = _records_by_kind(standing)
    has_other = any(by_kind[kind] for kind in SourceKind if not kind.in_left_column)
    flow = Flow(
        template=Template.NEW_V2 if has_other else Template.NEW_V1,
        database_results=_count(by_kind[SourceKind.DATABASE]),
        register_results=_count(by_kind[SourceKind.REGISTER]),
        duplicates=_count(_surplus(standing, left)),
        excluded_automatic=_in_phase(left, {Phase.REMOVED_AUTOMATIC}),
        excluded_other=_in_phase(left, {Phase.REMOVED_OTHER}),
        records_screened=_in_phase(left, {Phase.SCREENED_OUT} | SOUGHT),
        records_excluded=_in_phase(left, {Phase.SCREENED_OUT}),
        dbr_sought_reports=_in_phase(left, SOUGHT),
        dbr_notretrieved_reports=_in_phase(left, {Phase.NOT_RETRIEVED}),
        dbr_assessed=_in_phase(left, ASSESSED),
        dbr_excluded=_by_reason(left, protocol),
        new_studies=_studies(standing.reports),
        new_reports=_in_phase(standing.reports, {Phase.INCLUDED}),
        database_specific_results=_per_source(standing, SourceKind.DATABASE),
        register_specific_results=_per_source(standing, SourceKind.REGISTER),
        ongoing=_line(ONGOING_LABEL, _in_phase(standing.reports, {Phase.ONGOING})),
        awaiting=_line(AWAITING_LABEL, _in_phase(standing.reports, {Phase.AWAITING})),
        pending=_pending(standing.reports),
        unmerged=len(standing.waiting),
    )
    flow = _with_other_methods(flow, standing, other, by_kind, protocol) if has_other else flow
    flow = replace(flow, footnotes=footnotes(flow, standing, protocol, account))
    return replace(flow, checks=check(flow, standing, account))


def _count(keys: Iterable[str]) -> Count:
    return Count(tuple(keys))


def _in_phase(reports: Iterable[Report], phases: Iterable[Phase]) -> Count:
    wanted = frozenset(phases)
    return _count(report.key for report in reports if report.phase in wanted)


def _records_by_kind(standing: Standing) -> dict[SourceKind, list[str]]:
    found: dict[SourceKind, list[str]] = {kind: [] for kind in SourceKind}
    for report in standing.reports:
        for record in report.records:
            found[standing.sources[record.source].kind].append(record.key)
    return found


def _surplus(standing: Standing, left: Iterable[Report]) -> Iterable[str]:
    """Database and register records beyond the one that stands for its report (rule 7)."""
    return (
        record.key
        for report in left
        for record in report.records
        if record.key != report.key and standing.sources[record.source].kind.in_left_column
    )


def _per_source(standing: Standing, kind: SourceKind) -> dict[str, Count]:
    keys: dict[str, list[str]] = {source.slug: [] for source in standing.sources.values() if source.kind is kind}
    for report in standing.reports:
        for record in report.records:
            if record.source in keys:
                keys[record.source].append(record.key)
    return {standing.sources[slug].name: _count(found) for slug, found in keys.items() if found}


def _by_reason(reports: Iterable[Report], protocol: Protocol) -> dict[str, Count]:
    """Reports excluded at full text by reason, in the protocol's order; reasons that excluded nothing have no line."""
    keys: dict[str, list[str]] = {}
    for report in reports:
        if report.phase is Phase.EXCLUDED:
            keys.setdefault(report.reason, []).append(report.key)
    by_label: dict[str, list[str]] = {}
    for reason in sorted(keys, key=lambda reason: (protocol.reason_rank(reason), reason)):
        by_label.setdefault(protocol.reason_label(reason), []).extend(keys[reason])
    return {label: _count(found) for label, found in by_label.items()}


def _studies(reports: Iterable[Report]) -> Count:
    """Included studies: linked reports share theirs, a report without a link is a study of its own (rule 19)."""
    members: dict[tuple[str, bool], list[str]] = {}
    for report in reports:
        if report.phase is Phase.INCLUDED:
            for label in report.studies or (report.key,):
                members.setdefault((label, bool(report.studies)), []).append(report.key)
    studies = tuple(Study(label, tuple(keys)) for (label, _), keys in sorted(members.items()))
    return Count(tuple(dict.fromkeys(key for study in studies for key in study.records)), studies=studies)


def _line(label: str, counted: Count) -> dict[str, Count]:
    return {label: counted} if counted.n else {}


def _pending(reports: Iterable[Report]) -> Pending:
    listed = list(reports)
    conflicts = {Phase.SCREENING_CONFLICT, Phase.ASSESSMENT_CONFLICT}
    return Pending(
        title_abstract=_in_phase(listed, PENDING_SCREENING),
        retrieval=_in_phase(listed, {Phase.SEEKING}),
        full_text=_in_phase(listed, PENDING_ASSESSMENT),
        conflicts=_count(report.key for report in listed if report.phase in conflicts or report.reasons_differ),
    )


def _with_other_methods(
    flow: Flow, standing: Standing, other: list[Report], by_kind: Mapping[SourceKind, list[str]], protocol: Protocol
) -> Flow:
    return replace(
        flow,
        website_results=_count(by_kind[SourceKind.WEBSITE]),
        organisation_results=_count(by_kind[SourceKind.ORGANISATION]),
        citations_results=_count(by_kind[SourceKind.CITATION]),
        other_specific_results=_per_source(standing, SourceKind.OTHER),
        other_sought_reports=_in_phase(other, SOUGHT),
        other_notretrieved_reports=_in_phase(other, {Phase.NOT_RETRIEVED}),
        other_assessed=_in_phase(other, ASSESSED),
        other_excluded=_by_reason(other, protocol),
    )
