"""Short phrases that several places say alike. Pure."""

from __future__ import annotations

from datetime import datetime


def counted(n: int, singular: str, plural: str = "") -> str:
    """`1 record`, `1,234 records`.

    Args:
        n: How many.
        singular: The noun for one.
        plural: The noun for others; empty for the singular with an s.
    """
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def moment(when: datetime) -> str:
    """A local day and minute: `3 Feb 2025 14:05`."""
    local = when.astimezone()
    return f"{local.day} {local:%b %Y %H:%M}"
