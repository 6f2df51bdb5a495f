"""Where a reviewer was when the application ended, however it ended: one small file a reviewer and stage in the review's cache folder.

Invariant: nothing depends on it; a file that is missing, damaged or cannot be written costs nothing but the place.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from prisma_tool.model.vocabulary import Stage


class ResumePoint:
    """The last report that `reviewer` looked at, at each stage of the review whose cache folder this is."""

    def __init__(self, cache: Path, reviewer: str) -> None:
        self._folder = cache / "places"
        self._name = hashlib.sha256(reviewer.encode()).hexdigest()[:16]
        self.usable = True
        """False once a place could not be written; it is not tried again."""

    def _path(self, stage: Stage) -> Path:
        return self._folder / f"{self._name}-{stage}"

    def recall(self, stage: Stage) -> str:
        """The key of the report; empty where none is remembered."""
        try:
            return self._path(stage).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def keep(self, stage: Stage, key: str) -> None:
        """Remember a report. It survives the end of the program, not necessarily that of the machine."""
        if not self.usable:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._path(stage).write_text(key, encoding="utf-8")
        except OSError:
            self.usable = False
