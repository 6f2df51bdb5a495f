"""What is asked of services for full texts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FindRequest:
    """What is wanted: of which records (none: of all that wait), asked anew, with copies of any version."""

    keys: tuple[str, ...] = ()
    again: bool = False
    any_version: bool = False
