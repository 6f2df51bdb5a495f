"""Which reports belong to the version that is being made, and which to the versions closed before (counting rules 21, 22).

A report whose records were there when a version was closed is closed. It opens again when a person acts on it, when it waits for
somebody, or when it is included without having been before. Pure. Invariant: every report is in exactly one `VersionPart`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from prisma_tool.model.log.versions import BEGINNING, Era
from prisma_tool.reports.state import PENDING_ASSESSMENT, PENDING_SCREENING, Phase, Report, ReviewState
from prisma_tool.store.records.report_rows import CountedRecord


class VersionPart(StrEnum):
    """Where a report belongs in an update."""

    NEW = "new"
    """None of its records was there when a version was closed."""
    CLOSED = "closed"
    """It was settled in a closed version, and nobody has acted on it since."""
    REOPENED = "reopened"
    """It was there before, and belongs to the version that is being made all the same."""


UNSETTLED = PENDING_SCREENING | PENDING_ASSESSMENT | {Phase.SEEKING}
REOPENABLE = frozenset({Phase.NOT_RETRIEVED, Phase.ONGOING, Phase.AWAITING})
"""What a new hit may change: these reports were closed without an answer for good."""


class VersionSorter:
    """Sorts the reports of one moment by version."""

    def __init__(self, era: Era) -> None:
        self._closed_at, self._imported_at, self._new_keys, self._acted_at = era.cut, era.imported, era.fresh, era.acted
        self._included = frozenset(era.previous.reports) if era.previous else frozenset()
        last_closed_here = [closing for closing in era.closings if not closing.source][-1:]
        self._carried = frozenset(key for closing in last_closed_here for key in closing.pending)

    def known_since(self, record: CountedRecord) -> datetime | None:
        """When the record's version was closed; None for a record of this version."""
        imported = self._imported_at.get(record.source)
        if imported is not None:
            return max(imported, self._closed_at)
        here_before = record.key not in self._new_keys or record.key in self._included
        return self._closed_at if self._closed_at != BEGINNING and here_before else None

    def was_included(self, report: Report) -> bool:
        """True for a report that the previous version included."""
        return bool(self._included) and any(record.key in self._included for record in report.records)

    def part(self, report: Report) -> VersionPart:
        """Where a report belongs."""
        closed_since = {record.key: closed_at for record in report.records if (closed_at := self.known_since(record)) is not None}
        if not closed_since:
            return VersionPart.NEW
        if unsettled(report) or closed_since.keys() <= self._carried:
            return VersionPart.REOPENED
        if report.phase is Phase.INCLUDED:
            return VersionPart.CLOSED if self.was_included(report) else VersionPart.REOPENED
        closed_at = max(closed_since.values())
        is_acted_on = any(self._acted_at.get(record.key, BEGINNING) > closed_at for record in report.records)
        return VersionPart.REOPENED if is_acted_on else VersionPart.CLOSED


def unsettled(report: Report) -> bool:
    """True while a report waits for somebody."""
    return report.phase in UNSETTLED or report.reasons_differ


def reopening_candidates(review_state: ReviewState) -> tuple[str, ...]:
    """The keys of closed reports that were not retrieved, ongoing or awaiting, and that a new record describes (counting rule 22)."""
    return tuple(_reopening_candidates(review_state)) if review_state.era.closings else ()


def _reopening_candidates(review_state: ReviewState) -> Iterator[str]:
    sorter = VersionSorter(review_state.era)
    for report in review_state.reports:
        closed = report.phase in REOPENABLE and sorter.part(report) is VersionPart.CLOSED
        if closed and any(sorter.known_since(record) is None for record in report.records):
            yield report.key
