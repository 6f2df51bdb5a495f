"""Short phrases that several places say alike. Pure."""

from __future__ import annotations

from datetime import datetime


def moment(when: datetime) -> str:
    """A local day and minute: `3 Feb 2025 14:05`."""
    local = when.astimezone()
    return f"{local.day} {local:%b %Y %H:%M}"
