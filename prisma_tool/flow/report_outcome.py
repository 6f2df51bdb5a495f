"""Why a record is behind a number: what has become of its report, in words.

Invariant: the words come from the same classification of reports that the numbers are counted from, as it stands now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.reports.state import Report, reports_of
from prisma_tool.review.open_review import Review


def outcome_texts(review: Review, keys: Collection[str], *, duplicates: bool = False) -> Mapping[str, str]:
    """What has become of the report of each record, with the reason of an exclusion.

    Args:
        review: the open review.
        keys: keys of records; unknown ones are left out.
        duplicates: for the box of removed duplicates: also which record each is counted under.
    """
    with review.store.read() as transaction:
        reports = reports_of(transaction, keys)
        return {key: _outcome_text(key, report, transaction.protocol, duplicates=duplicates) for key, report in reports.items()}


def _outcome_text(key: str, report: Report, protocol: Protocol, *, duplicates: bool) -> str:
    reason = f": {protocol.reason_label(report.reason)}" if report.reason else ""
    same = f"same report as {report.key}; " if duplicates and key != report.key else ""
    return f"{same}{report.phase}{reason}"
