"""Who worked in a review folder last: one small file in its cache, proposed when somebody is asked who they are.

Invariant: nothing depends on it; it is proposed and never taken, for two people may use one folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_LONGEST = 1_000


def last_reviewer(folder: Path, listed: Sequence[str]) -> str:
    """Who of the listed worked here last; empty where that is not known."""
    try:
        with _path(folder).open(encoding="utf-8") as file:
            name = file.read(_LONGEST)
    except (OSError, ValueError):
        return ""
    return name if name in listed else ""


def keep_last_reviewer(folder: Path, name: str) -> None:
    """Remember who works here; a folder that cannot be written into forgets."""
    with suppress(OSError):
        _path(folder).parent.mkdir(parents=True, exist_ok=True)
        _path(folder).write_text(name, encoding="utf-8")


def _path(folder: Path) -> Path:
    return folder / "cache" / "places" / "last-reviewer"
