"""Short phrases that several places say alike. Pure."""

from __future__ import annotations

from datetime import datetime


def moment(when: datetime) -> str:
    """A local day and minute: `3 Feb 2025 14:05`."""
    local = when.astimezone()
    return f"{local.day} {local:%b %Y %H:%M}"


_SPANS = ((365, "year"), (30, "month"), (7, "week"), (1, "day"))


def ago(when: datetime, now: datetime) -> str:
    """How long ago something was done, in the largest unit that fits: `3 months ago`, `today`."""
    days = (now - when).days
    for length, name in _SPANS:
        n = days // length
        if n:
            return f"{n} {name}{'s' * (n > 1)} ago"
    return "today"
