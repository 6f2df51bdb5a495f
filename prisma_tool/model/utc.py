"""Moments as text."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """An aware moment as it is stored and exported: `2025-02-03T09:00:00.000000+00:00`, of fixed width, so that it sorts as text."""
    # Most are in UTC already, and a log has hundreds of thousands.
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat(timespec="microseconds")
