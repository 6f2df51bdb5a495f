"""Moments as text."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

_encode = msgspec.json.encode
_WHOLE = len('"2025-02-03T09:00:00.000001Z"')


def utc_text(moment: datetime) -> str:
    """An aware moment as it is stored and exported: `2025-02-03T09:00:00.000000+00:00`, of fixed width, so that it sorts as text."""
    # Most are in UTC already, and a log has hundreds of thousands.
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    quickly = _encode(moment)
    # A fraction of zero is left out there.
    if len(quickly) == _WHOLE:
        return quickly[1:-2].decode() + "+00:00"
    return moment.isoformat(timespec="microseconds")
