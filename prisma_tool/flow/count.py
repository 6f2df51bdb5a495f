"""Counting: from what has become of each report to the numbers of the diagram (counting rules 1-23, docs/counting.md).

Pure. Invariant: every number is a tuple of record keys or studies; nothing is added up that cannot be listed, save what a person
entered with a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from prisma_tool.flow.adjustments import FIXED_LINES, NO_REASON, adjusted
from prisma_tool.flow.checks import check
from prisma_tool.flow.counting_input import CountingInput
from prisma_tool.flow.extensions.participants import with_participants
from prisma_tool.flow.extensions.set_aside import studies_set_aside
from prisma_tool.flow.flow import Count, Flow, Pending, Template
from prisma_tool.flow.included import included
from prisma_tool.flow.notes.footnotes import footnotes
from prisma_tool.flow.template import fitting
from prisma_tool.flow.version_view import CARRIED_OVER, CountedReports, IdentifiedRecord, counted_reports
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.reports.state import ASSESSED, PENDING_ASSESSMENT, PENDING_SCREENING, SOUGHT, Phase, Report, ReviewState


def count(
    standing: ReviewState,
    protocol: Protocol,
    account: CountingInput,
    *,
    cumulative: bool = False,
    template: Template | None = None,
) -> Flow:
    """The flow of a review as it stands.

    An update since the newest closed version, unless `cumulative` asks for all versions as one. `template` is chosen from the data
    where it is not given.

    Raises:
        UsageError: the template has no boxes for some of the data.
    """
    seen = counted_reports(standing, protocol, cumulative=cumulative)
    flow = fitting(_counted(seen, standing, protocol, account), seen, account, template)
    flow = adjusted(flow, account, protocol, cumulative=cumulative)
    flow = replace(with_participants(flow, seen, account), words=protocol.figure, last_searched=account.last_searched)
    flow = replace(flow, footnotes=footnotes(flow, seen, protocol, account))
    return replace(flow, checks=check(flow, seen, standing, account))


def _counted(seen: CountedReports, standing: ReviewState, protocol: Protocol, account: CountingInput) -> Flow:
    """Everything that can be counted from records; boxes that the template may lack are filled too."""
    left = [report for report in seen.reports if report.left]
    by_kind = _records_by_kind(seen)
    flow = Flow(
        template=Template.NEW_V1,
        database_results=_of_searched(SourceKind.DATABASE, by_kind, account),
        register_results=_of_searched(SourceKind.REGISTER, by_kind, account),
        carried_over=_line(CARRIED_OVER, _count(record for record in seen.identified if _is_carried_over(record))),
        duplicates=seen.surplus(left=True),
        excluded_automatic=_in_phase(left, {Phase.REMOVED_AUTOMATIC}),
        excluded_other=_in_phase(left, {Phase.REMOVED_OTHER}),
        records_screened=_in_phase(left, {Phase.SCREENED_OUT} | SOUGHT),
        records_excluded=_in_phase(left, {Phase.SCREENED_OUT}),
        screening_reasons=_by_reason(left, Phase.SCREENED_OUT, protocol),
        dbr_sought_reports=_in_phase(left, SOUGHT),
        dbr_notretrieved_reports=_in_phase(left, {Phase.NOT_RETRIEVED}),
        dbr_assessed=_in_phase(left, ASSESSED),
        dbr_excluded=_by_reason(left, Phase.EXCLUDED, protocol),
        database_specific_results=_per_source(seen, standing, SourceKind.DATABASE),
        register_specific_results=_per_source(seen, standing, SourceKind.REGISTER),
        ongoing_reports=_line(FIXED_LINES["ongoing_reports"], _in_phase(seen.reports, {Phase.ONGOING})),
        awaiting_reports=_line(FIXED_LINES["awaiting_reports"], _in_phase(seen.reports, {Phase.AWAITING})),
        pending=_pending(seen.reports),
        unmerged=len(standing.waiting),
    )
    flow = studies_set_aside(_with_other_methods(flow, seen, standing, by_kind, account, protocol), seen)
    return included(_by_whom(flow, left, account), seen)


def _count(counted: Iterable[Report | IdentifiedRecord]) -> Count:
    """These reports or records: those that are listed, and how many are not."""
    members = list(counted)
    keys = tuple([member.key for member in members if member.key])
    return Count(keys, unlisted=sum([member.n for member in members]) - len(keys))


def _in_phase(reports: Iterable[Report], phases: Iterable[Phase]) -> Count:
    wanted = frozenset(phases)
    return _count(report for report in reports if report.phase in wanted)


def _records_by_kind(seen: CountedReports) -> dict[SourceKind, list[IdentifiedRecord]]:
    by_kind: dict[SourceKind, list[IdentifiedRecord]] = {kind: [] for kind in SourceKind}
    for record in seen.identified:
        if not _is_carried_over(record):
            by_kind[record.kind].append(record)
    return by_kind


def _is_carried_over(record: IdentifiedRecord) -> bool:
    """Such a record stands beside databases and registers; in the column of other methods it is one of its lines."""
    return record.line == CARRIED_OVER and record.kind.in_left_column


def _of_searched(kind: SourceKind, by_kind: Mapping[SourceKind, list[IdentifiedRecord]], account: CountingInput) -> Count | None:
    """The records of a kind of source; None where it was never searched, for a zero would claim a search (counting rule 18)."""
    return _count(by_kind[kind]) if by_kind[kind] or kind in account.searched else None


def _per_source(seen: CountedReports, standing: ReviewState, kind: SourceKind) -> dict[str, Count]:
    """The records of each source of a kind, in the order in which the sources joined; what was carried over comes last."""
    lines = [source.name for source in standing.sources.values() if source.kind is kind]
    members: dict[str, list[IdentifiedRecord]] = {line: [] for line in (*lines, CARRIED_OVER)}
    for record in seen.identified:
        if record.kind is kind and not _is_carried_over(record):
            members[record.line].append(record)
    return {line: _count(records) for line, records in members.items() if records}


def _by_reason(reports: Iterable[Report], phase: Phase, protocol: Protocol) -> dict[str, Count]:
    """Reports in a phase of exclusion by reason, in the protocol's order; reasons that excluded nothing have no line."""
    by_reason: dict[str, list[Report]] = {}
    for report in reports:
        if report.phase is phase:
            by_reason.setdefault(report.reason, []).append(report)
    by_label: dict[str, list[Report]] = {}
    for reason in sorted(by_reason, key=lambda reason: (not reason, protocol.reason_rank(reason), reason)):
        by_label.setdefault(protocol.reason_label(reason) or NO_REASON, []).extend(by_reason[reason])
    return {label: _count(excluded) for label, excluded in by_label.items()}


def _line(label: str, counted: Count) -> dict[str, Count]:
    return {label: counted} if counted.n else {}


def _pending(reports: Iterable[Report]) -> Pending:
    listed = list(reports)
    conflicts = {Phase.SCREENING_CONFLICT, Phase.ASSESSMENT_CONFLICT}
    return Pending(
        title_abstract=_in_phase(listed, PENDING_SCREENING),
        retrieval=_in_phase(listed, {Phase.SEEKING}),
        full_text=_in_phase(listed, PENDING_ASSESSMENT),
        conflicts=_count(report for report in listed if report.phase in conflicts or report.reasons_differ),
    )


def _with_other_methods(
    flow: Flow,
    seen: CountedReports,
    standing: ReviewState,
    by_kind: Mapping[SourceKind, list[IdentifiedRecord]],
    account: CountingInput,
    protocol: Protocol,
) -> Flow:
    other = [report for report in seen.reports if not report.left]
    if protocol.screening.screen_other_methods:
        screened = _in_phase(other, {Phase.SCREENED_OUT} | SOUGHT)
        flow = replace(flow, other_screened_records=screened, other_excluded_records=_in_phase(other, {Phase.SCREENED_OUT}))
    return replace(
        flow,
        website_results=_of_searched(SourceKind.WEBSITE, by_kind, account),
        organisation_results=_of_searched(SourceKind.ORGANISATION, by_kind, account),
        citations_results=_of_searched(SourceKind.CITATION, by_kind, account),
        other_specific_results=_per_source(seen, standing, SourceKind.OTHER),
        other_sought_reports=_in_phase(other, SOUGHT),
        other_notretrieved_reports=_in_phase(other, {Phase.NOT_RETRIEVED}),
        other_assessed=_in_phase(other, ASSESSED),
        other_excluded=_by_reason(other, Phase.EXCLUDED, protocol),
    )


def _by_whom(flow: Flow, left: Iterable[Report], account: CountingInput) -> Flow:
    """Divide the excluded records by whether a person or only a tool voted on them, as the template's footnote ** asks."""
    if not account.tool_votes:
        return flow
    tool: list[Report] = []
    human: list[Report] = []
    for report in left:
        if report.phase is Phase.SCREENED_OUT:
            by_people = any(record.key in account.human_votes for record in report.records)
            (human if by_people else tool).append(report)
    return replace(flow, excluded_by_human=_count(human), excluded_by_tool=_count(tool))
