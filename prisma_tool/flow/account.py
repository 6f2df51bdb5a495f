"""What identification left open, for footnotes and warnings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """What identification left open: ids that a service listed but did not deliver, unreadable entries, unfinished searches."""

    undelivered: int = 0
    rejected: int = 0
    unfinished: tuple[str, ...] = ()
