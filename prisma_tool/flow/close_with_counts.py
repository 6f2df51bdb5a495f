"""Closing a version with the numbers that were entered for it by hand (counting rules 21, 23), so that they become previous ones too."""

from __future__ import annotations

from typing import Any

from prisma_tool.flow.flow import Count, Flow
from prisma_tool.flow.read import read_flow
from prisma_tool.review.open_review import Review
from prisma_tool.updates import close_version
from prisma_tool.updates.close_version import ClosedVersion


def close(review: Review, label: str, reviewer: str, *, force: bool = False) -> ClosedVersion:
    """Freeze what is included as the version `label`.

    Args:
        review: the open review.
        label: the version's name, such as "2025".
        reviewer: who closes it; empty where nobody signs.
        force: whether pending reports are carried over into the next version instead of refused.

    Raises:
        DecisionError: the label is empty or in use, or (without `force`) something is pending or not deduplicated.
    """
    flow = read_flow(review)
    return close_version.close(review, label, reviewer, _typed(flow), force=force)


def _typed(flow: Flow) -> dict[str, list[dict[str, Any]]]:
    return {
        "studies": _numbers(flow.total_studies or flow.new_studies),
        "reports": _numbers(flow.total_reports or flow.new_reports),
    }


def _numbers(counted: Count) -> list[dict[str, Any]]:
    return [{"n": number.n, "note": number.note} for number in counted.adjustments]
