"""Which reports the figure's boxes of a stage count, for everything that is said about how they were screened.

Invariant: `settled` has as many reports as the boxes "records screened" and "reports assessed" have members, of databases and registers and
of other methods together; at title/abstract also those of citation indexes, which a footnote counts (counting rule 13).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prisma_tool.flow.flow import Count
from prisma_tool.flow.read import CountedVersion
from prisma_tool.model.vocabulary import Stage
from prisma_tool.reports.state import Phase, Report
from prisma_tool.reports.version_scope import VersionSorter
from prisma_tool.team.stage_reports import StageReports

_DISPUTED = {Stage.TITLE_ABSTRACT: Phase.SCREENING_CONFLICT, Stage.FULL_TEXT: Phase.ASSESSMENT_CONFLICT}
_WAITING = {Stage.TITLE_ABSTRACT: Phase.SCREENING, Stage.FULL_TEXT: Phase.ASSESSING}


def boxes(version: CountedVersion, stage: Stage) -> list[Count]:
    """The figure's counts of what went through a stage, those of its footnotes included."""
    flow = version.flow
    other = flow.other_screened_records or Count(tuple(report.key for report in version.reports.cited_screened))
    counts = (flow.records_screened, other) if stage is Stage.TITLE_ABSTRACT else (flow.dbr_assessed, flow.other_assessed)
    return [counted for counted in counts if counted is not None]


def _closed_before(version: CountedVersion, reports: list[Report]) -> Iterator[tuple[str, datetime]]:
    """The reports that an earlier version held, and when it was closed."""
    if not version.reports.era.closings:
        return
    sorter = VersionSorter(version.reports.era)
    for report in reports:
        moments = [moment for record in report.records if (moment := sorter.known_since(record)) is not None]
        if moments:
            yield report.key, max(moments)


def screened_reports(version: CountedVersion, stage: Stage) -> StageReports:
    """The reports of a stage in a version."""
    settled = frozenset(key for counted in boxes(version, stage) for key in counted.records)
    disputed = frozenset(report.key for report in version.reports.reports if report.phase is _DISPUTED[stage])
    begun = {report.key for report in version.reports.reports if report.phase is _WAITING[stage] and report.at(stage) is not None}
    names = settled | disputed | begun
    at_stage = [report for report in version.reports.reports if report.key in names]
    since = dict(_closed_before(version, at_stage))
    closed_here = [closing for closing in version.reports.era.closings if not closing.source]
    pending = closed_here[-1].pending if closed_here else frozenset()
    return StageReports(
        stage,
        {record.key: report.key for report in at_stage for record in report.records},
        settled,
        disputed,
        len(begun),
        since,
        frozenset(report.key for report in at_stage if pending and {record.key for record in report.records} <= pending),
        version.reports.era.cut,
        version.when.at,
    )
